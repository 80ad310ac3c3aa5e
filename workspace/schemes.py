"""From a planner's scheme file to the scheme the mathematics knows."""

from __future__ import annotations

from decimal import Decimal
from graphlib import CycleError, TopologicalSorter

from models.segmentation.methods.matrix import Matrix
from models.segmentation.scheme import Rule, Scheme
from workspace.config.scheme_file import SchemeFile
from workspace.config.scheme_methods import MatrixMethod
from workspace.config.strict import suggestion
from workspace.errors import TierwiseError
from workspace.folder import Workspace
from workspace.units import UNIT_KINDS

UNCLASSIFIED = "unclassified"


def to_scheme(file: SchemeFile) -> Scheme:
    """Return the scheme that a file states."""
    return Scheme(
        scheme_id=file.scheme,
        title=file.title,
        unit=file.unit,
        keys=UNIT_KINDS[file.unit].key,
        first_rules=tuple(
            Rule(rule_id=rule.rule, segment_id=rule.segment, when=rule.when) for rule in file.first
        ),
        method=file.method.method(),
        fallback_segment_id=file.fallback or UNCLASSIFIED,
        value_column=file.value,
        band=file.stability.band if file.stability else Decimal(0),
    )


def in_order(workspace: Workspace) -> list[Scheme]:
    """Return the schemes so that a matrix comes after the schemes it joins.

    Raises CONFIG_REFERENCE for a matrix over an unknown scheme, one of other units, or itself.
    """
    schemes = {name: to_scheme(read.value) for name, read in workspace.schemes.items()}
    graph: dict[str, tuple[str, ...]] = {}
    for name, scheme in sorted(schemes.items()):
        method = scheme.method
        graph[name] = (
            (method.row_scheme, method.column_scheme) if isinstance(method, Matrix) else ()
        )
        for key, parent in zip(("rows", "columns"), graph[name], strict=False):
            if parent not in schemes:
                place = workspace.schemes[name].document.place(("method", key))
                cause = f"`{parent}` is no scheme.{suggestion(parent, list(schemes))}"
                raise TierwiseError("CONFIG_REFERENCE", place=place, cause=cause)
            if schemes[parent].unit != scheme.unit:
                place = workspace.schemes[name].document.place(("method", key))
                cause = f"`{parent}` classifies a {schemes[parent].unit}, not a {scheme.unit}."
                raise TierwiseError("CONFIG_REFERENCE", place=place, cause=cause)
    try:
        return [schemes[name] for name in TopologicalSorter(graph).static_order()]
    except CycleError as error:
        place = str(workspace.root / "segmentation")
        cause = f"Schemes are built on each other in a circle: {' → '.join(error.args[1])}."
        raise TierwiseError("CONFIG_REFERENCE", place=place, cause=cause) from error


def segments_of(workspace: Workspace, name: str) -> list[str]:
    """Return every segment that a scheme can give, in the order of its file.

    A unit that a parent's first rule caught passes through a matrix; `unclassified` and fallbacks
    that are classes of the method are not listed twice.
    """
    file = workspace.schemes[name].value
    first = [rule.segment for rule in file.first]
    if isinstance(file.method, MatrixMethod):
        found = _cells(workspace, file.method)
    else:
        found = list(file.method.method().segments)
    fallback = [file.fallback] if file.fallback else []
    return list(dict.fromkeys([*first, *found, *fallback]))


def _cells(workspace: Workspace, method: MatrixMethod) -> list[str]:
    """Return the cells of a matrix, and the segments that pass through it."""
    parents = [workspace.schemes[parent].value for parent in (method.rows, method.columns)]
    caught = [rule.segment for parent in parents for rule in parent.first]
    rows, columns = (
        [s for s in segments_of(workspace, parent.scheme) if s not in caught] for parent in parents
    )
    return [*(row + column for row in rows for column in columns), *caught]
