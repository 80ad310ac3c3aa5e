"""What golden/hierarchies.yml must be true of: the systems there are, and the views it names."""

from __future__ import annotations

from workspace.config.hierarchy_file import CustomerTrees, ProductTrees
from workspace.config.strict import suggestion
from workspace.errors import TierwiseError
from workspace.folder import Workspace

Path = tuple[str | int, ...]


def check_hierarchies(workspace: Workspace) -> list[TierwiseError]:
    """Return every fault: systems that are none, voices nobody has, a reading without a tree."""
    file = workspace.hierarchies.file
    faults: list[TierwiseError] = []
    for name, trees in (("customers", file.customers), ("products", file.products)):
        views = _views(trees)
        for number, rule in enumerate(trees.rules):
            for voice in rule.order:
                known = sorted({*workspace.sources, *views})
                if voice not in known:
                    path: Path = (name, "rules", number, "order")
                    cause = f"`{voice}` is neither a system nor a view.{suggestion(voice, known)}"
                    faults.append(_fault(workspace, path, cause))
        for number, ruling in enumerate(trees.rulings):
            faults += _system(workspace, (name, "rulings", number, "system"), ruling.system)
    for number, region in enumerate(file.products.regions):
        faults += _system(workspace, ("products", "regions", number, "system"), region.system)
    if file.products.regions and file.products.view is None:
        cause = "Regions are read as nodes of one tree, and `view` does not say which."
        faults.append(_fault(workspace, ("products", "regions"), cause))
    return faults


def _views(trees: CustomerTrees | ProductTrees) -> set[str]:
    """Return the views that a file names; others may be delivered."""
    if isinstance(trees, ProductTrees):
        return {*(region.view for region in trees.regions), *([trees.view] if trees.view else [])}
    agreeing = {view for a in trees.agreements for view in (a.view, a.other_view)}
    return {*trees.views, *agreeing}


def _system(workspace: Workspace, path: Path, system: str) -> list[TierwiseError]:
    if system in workspace.sources:
        return []
    near = suggestion(system, sorted(workspace.sources))
    return [_fault(workspace, path, f"`{system}` is no system.{near}")]


def _fault(workspace: Workspace, path: Path, cause: str) -> TierwiseError:
    place = workspace.hierarchies.document.place(path)
    return TierwiseError("CONFIG_REFERENCE", place=place, cause=cause)
