"""What the files below quality/ must be true of: the tables there are, and each other."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import duckdb

from workspace.config.outlier_file import Metric
from workspace.config.steward_file import Assignment
from workspace.config.strict import suggestion
from workspace.errors import TierwiseError
from workspace.folder import Workspace
from workspace.gated_elements import gated_elements, known_elements, screened_table
from workspace.ingest.expressions import checked
from workspace.stewards import Stewards
from workspace.table_contract import TableContract

Path = tuple[str | int, ...]
CONDITIONS = ("BOOLEAN",)
NUMBERS = ("DECIMAL", "DOUBLE", "FLOAT", "BIGINT", "INTEGER", "HUGEINT", "SMALLINT", "TINYINT")
WORDS = {CONDITIONS: "a condition", NUMBERS: "a number"}


def check_quality(workspace: Workspace, day: date) -> list[TierwiseError]:
    """Return every fault of quality/outliers.yml and quality/stewards.yml on a day."""
    faults: list[TierwiseError] = []
    for name, metric in workspace.quality.outliers.metrics.items():
        faults += _check_metric(workspace, name, metric)
    if workspace.quality.stewards is not None:
        faults += _check_names(workspace, workspace.quality.stewards)
        faults += _check_owners(workspace, workspace.quality.stewards)
        faults += _check_leavers(workspace, workspace.quality.stewards)
        faults += _check_cover(workspace, workspace.quality.stewards, day)
    return faults


def _check_metric(workspace: Workspace, name: str, metric: Metric) -> list[TierwiseError]:
    """Check a metric's table, its expressions and its groups."""
    document = workspace.quality.outliers_document
    contract = screened_table(metric)
    if contract is None:
        place = document.place(("metrics", name, "table"))
        cause = f"`{metric.table}` is no fact, feature or golden table with a key."
        return [TierwiseError("CONFIG_REFERENCE", place=place, cause=cause)]
    columns = {column.name for column in contract.columns}
    parts: list[tuple[Path, str]] = [(("where",), metric.where)] if metric.where else []
    parts += [(("values", value), text) for value, text in metric.values.items()]
    faults: list[TierwiseError] = []
    for path, text in parts:
        place = document.place(("metrics", name, *path))
        wanted = CONDITIONS if path == ("where",) else NUMBERS
        try:
            check_kind(contract, text, wanted, place)
        except TierwiseError as error:
            faults.append(error)
    for column in metric.within:
        if column not in columns:
            place = document.place(("metrics", name, "within"))
            cause = f"`{column}` is no column of {metric.table}.{_near(column, columns)}"
            faults.append(TierwiseError("CONFIG_UNKNOWN_COLUMN", place=place, cause=cause))
    return faults


def check_kind(contract: TableContract, text: str, wanted: tuple[str, ...], place: str) -> None:
    """Check an expression over a table, and that what it gives can be judged."""
    tree = checked(text, {"t": {c.name for c in contract.columns}}, default="t", place=place)
    columns = ", ".join(f"{column.name} {column.data_type}" for column in contract.columns)
    with duckdb.connect() as connection:
        connection.execute(f"create table t ({columns})")
        try:
            described = connection.execute(f"describe select {tree.sql(dialect='duckdb')} from t")
            ((_, kind, *_),) = described.fetchall()
        except duckdb.Error as error:
            cause = f"`{text}` cannot be computed: {str(error).splitlines()[0]}"
            raise TierwiseError("CONFIG_EXPRESSION", place=place, cause=cause) from error
    if not kind.startswith(wanted):
        cause = f"`{text}` gives {kind.lower()}, where {WORDS[wanted]} is needed."
        raise TierwiseError("CONFIG_VALUE", place=place, cause=cause)


def _check_names(workspace: Workspace, stewards: Stewards) -> list[TierwiseError]:
    """Check that elements and business units are there."""
    document = workspace.quality.stewards_document
    known = known_elements()
    faults: list[TierwiseError] = []
    for number, entry in enumerate(stewards.file.assignments):
        for pattern in entry.elements:
            table, _, column = pattern.partition(".")
            if pattern == "*" or (table in known and column in {"*", *known[table]}):
                continue
            words = known.get(table, known)
            near = suggestion(column if table in known else table, sorted(words))
            place = document.place(("assignments", number, "elements"))
            cause = f"`{pattern}` is no data element.{near}"
            faults.append(TierwiseError("CONFIG_REFERENCE", place=place, cause=cause))
    for number, entry in enumerate(stewards.file.assignments):
        if entry.business_unit not in {None, *stewards.units}:
            unit = str(entry.business_unit)
            place = document.place(("assignments", number, "business_unit"))
            cause = f"`{unit}` is no business unit.{suggestion(unit, list(stewards.units))}"
            faults.append(TierwiseError("CONFIG_REFERENCE", place=place, cause=cause))
    return faults


def _check_owners(workspace: Workspace, stewards: Stewards) -> list[TierwiseError]:
    """Refuse two assignments of the same elements, in the same unit, that hold on one day."""
    entries = stewards.file.assignments
    faults: list[TierwiseError] = []
    for number, entry in enumerate(entries):
        for other in entries[:number]:
            shared = sorted(set(entry.elements) & set(other.elements))
            if shared and entry.business_unit == other.business_unit and _overlap(entry, other):
                place = workspace.quality.stewards_document.place(("assignments", number))
                cause = (
                    f"{', '.join(shared)} has two stewards at a time: {other.steward} and "
                    f"{entry.steward}."
                )
                faults.append(TierwiseError("CONFIG_OWNER", place=place, cause=cause))
    return faults


def _overlap(one: Assignment, other: Assignment) -> bool:
    def starts_before_end(a: Assignment, b: Assignment) -> bool:
        return b.valid_to is None or (a.valid_from or date.min) < b.valid_to

    return starts_before_end(one, other) and starts_before_end(other, one)


def _check_leavers(workspace: Workspace, stewards: Stewards) -> list[TierwiseError]:
    """Refuse a steward that leaves while an assignment holds, with nobody to stand in."""
    faults: list[TierwiseError] = []
    for number, entry in enumerate(stewards.file.assignments):
        left = stewards.file.roles[entry.steward].left_date
        if left is None or (entry.valid_to is not None and entry.valid_to <= left):
            continue
        after = stewards.file.roles[entry.deputy].left_date if entry.deputy else left
        if after is None or (entry.valid_to is not None and entry.valid_to <= after):
            continue
        who = f"{entry.deputy} leaves on {after}" if entry.deputy else "there is no deputy"
        place = workspace.quality.stewards_document.place(("assignments", number))
        cause = f"{entry.steward} leaves {', '.join(entry.elements)} on {left}, and {who}."
        faults.append(TierwiseError("CONFIG_STEWARD", place=place, cause=cause))
    return faults


def _check_cover(workspace: Workspace, stewards: Stewards, day: date) -> list[TierwiseError]:
    """Refuse a gated column for which nobody is there on a day, in any business unit."""
    place = workspace.quality.stewards_document.place(("assignments",))
    faults: list[TierwiseError] = []
    for unit in stewards.units:
        for table, columns in gated_elements(workspace).items():
            bare = [c for c in columns if not stewards.is_answered(f"{table}.{c}", unit, day)]
            if bare:
                cause = (
                    f"On {day} nobody answers for {table}.{_listed(bare)} in {unit}, which a gate "
                    "looks at."
                )
                faults.append(TierwiseError("CONFIG_STEWARD", place=place, cause=cause))
    return faults


def _listed(columns: Sequence[str]) -> str:
    return columns[0] if len(columns) == 1 else f"({', '.join(columns)})"


def _near(word: str, known: set[str]) -> str:
    return suggestion(word, sorted(known))
