"""What segmentation/taxonomy.yml must be true of: entities, roles, and one meaning for each day."""

from __future__ import annotations

from datetime import date

from workspace.config.entities import entities
from workspace.config.strict import suggestion
from workspace.config.taxonomy_file import LocalCode, LocalCodes, TaxonomyFile, Validity
from workspace.errors import TierwiseError
from workspace.folder import Workspace

# Entities whose rows are accounts of customers, and the column that names the account.
ACCOUNTS = ("customers", "customer_hierarchy")


def check_taxonomy(workspace: Workspace) -> list[TierwiseError]:
    """Return every fault of the vocabulary and of its crosswalks."""
    file = workspace.taxonomy.file
    if file is None:
        return []
    faults = _check_owners(workspace, file)
    seen: dict[tuple[str, str], int] = {}
    for number, entry in enumerate(file.crosswalks):
        faults += _check_element(workspace, number, entry)
        first = seen.setdefault((entry.function, entry.system), number)
        if first != number:
            cause = f"{entry.function} of {entry.system} has a crosswalk already."
            faults.append(_fault(workspace, "TAXONOMY_AMBIGUOUS", number, cause))
        faults += _check_codes(workspace, file, number, entry)
    return faults


def _fault(workspace: Workspace, code: str, number: int, cause: str) -> TierwiseError:
    place = workspace.taxonomy.document.place(("crosswalks", number))
    return TierwiseError(code, place=place, cause=cause)


def _check_owners(workspace: Workspace, file: TaxonomyFile) -> list[TierwiseError]:
    """Check that whoever answers for a definition is a role, where roles are kept."""
    stewards = workspace.quality.stewards
    if stewards is None:
        return []
    faults: list[TierwiseError] = []
    for code, segment in file.segments.items():
        if segment.owner not in stewards.file.roles:
            near = suggestion(segment.owner, sorted(stewards.file.roles))
            place = workspace.taxonomy.document.place(("segments", code, "owner"))
            cause = f"`{segment.owner}` is no role of quality/stewards.yml.{near}"
            faults.append(TierwiseError("CONFIG_REFERENCE", place=place, cause=cause))
    return faults


def _check_element(workspace: Workspace, number: int, entry: LocalCodes) -> list[TierwiseError]:
    """Check that the codes come from a text of an account's rows, and from a system there is."""
    entity, _, column = entry.element.partition(".")
    faults: list[TierwiseError] = []
    spec = entities()[entity].columns.get(column) if entity in ACCOUNTS else None
    if spec is None or spec.type != "text":
        known = [
            f"{name}.{c}" for name in ACCOUNTS for c, s in entities()[name].columns.items()
            if s.type == "text"
        ]  # fmt: skip
        cause = f"`{entry.element}` is no text of an account.{suggestion(entry.element, known)}"
        faults.append(_fault(workspace, "CONFIG_REFERENCE", number, cause))
    if (entity == "customer_hierarchy") != (entry.view is not None):
        cause = "A view belongs to a code of customer_hierarchy, and only to one."
        faults.append(_fault(workspace, "CONFIG_VALUE", number, cause))
    if entry.system not in workspace.sources:
        near = suggestion(entry.system, sorted(workspace.sources))
        cause = f"`{entry.system}` is no system.{near}"
        faults.append(_fault(workspace, "CONFIG_REFERENCE", number, cause))
    return faults


def _check_codes(
    workspace: Workspace, file: TaxonomyFile, number: int, entry: LocalCodes
) -> list[TierwiseError]:
    """Check that each code stands for a segment of its days, and for one at a time."""
    faults: list[TierwiseError] = []
    for at, code in enumerate(entry.codes):
        segment = file.segments.get(code.segment)
        if segment is None:
            near = suggestion(code.segment, sorted(file.segments))
            cause = f"`{code.segment}` is no segment of the vocabulary.{near}"
            faults.append(_fault(workspace, "CONFIG_REFERENCE", number, cause))
        elif not _within(code, segment):
            cause = f"`{code.code}` stands for {code.segment} on days on which there is none."
            faults.append(_fault(workspace, "CONFIG_REFERENCE", number, cause))
        faults += [
            _fault(
                workspace,
                "TAXONOMY_AMBIGUOUS",
                number,
                f"`{code.code}` stands for {other.segment} and {code.segment} at a time.",
            )
            for other in entry.codes[:at]
            if other.code == code.code and _overlap(code, other)
        ]
    return faults


def _within(code: LocalCode, segment: Validity) -> bool:
    """Compare the days that a code states; one that states none holds as long as its segment."""
    starts = code.valid_from is None or _first(segment) <= code.valid_from < _end(segment)
    return starts and (code.valid_to is None or _first(segment) < code.valid_to <= _end(segment))


def _overlap(one: Validity, other: Validity) -> bool:
    return _first(one) < _end(other) and _first(other) < _end(one)


def _first(entry: Validity) -> date:
    return entry.valid_from or date.min


def _end(entry: Validity) -> date:
    return entry.valid_to or date.max
