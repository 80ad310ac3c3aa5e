"""What segmentation/fallbacks.yml must be true of: the features there are, and the extracts."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal, InvalidOperation

from models.segmentation.sql_values import is_portable, kind_of
from workspace.config.fallback_file import (
    AgeLimit,
    AttributeLadder,
    ColumnRung,
    InferRung,
    Rung,
    ValueRung,
)
from workspace.config.strict import suggestion
from workspace.edge_cases import FALLBACKS
from workspace.errors import TierwiseError
from workspace.folder import Workspace
from workspace.table_contract import feature_columns
from workspace.units import UNIT_KINDS

Path = tuple[str | int, ...]
Types = dict[str, str]
Fault = tuple[Path, str, str]  # path, code, cause
WORDS = {"true", "false"}


def check_fallbacks(workspace: Workspace) -> list[TierwiseError]:
    """Return every fault of segmentation/fallbacks.yml."""
    return [
        TierwiseError(code, place=workspace.edge_cases.place(FALLBACKS, path), cause=cause)
        for number, stated in enumerate(workspace.edge_cases.fallbacks.attributes)
        for path, code, cause in _faults(workspace, stated, ("attributes", number))
    ]


def _faults(workspace: Workspace, stated: AttributeLadder, path: Path) -> Iterator[Fault]:
    if stated.unit not in UNIT_KINDS:
        cause = f"`{stated.unit}` is no unit.{suggestion(stated.unit, list(UNIT_KINDS))}"
        yield (*path, "unit"), "CONFIG_REFERENCE", cause
        return
    key = UNIT_KINDS[stated.unit].key
    types = {c: kind for c, kind in feature_columns(key).items() if c not in key}
    if stated.column not in types:
        yield unknown((*path, "column"), stated.column, stated.unit, types)
        return
    if stated.age is not None:
        yield from _age(workspace, stated, stated.age, (*path, "age"), types)
    for number, rung in enumerate(stated.ladder):
        yield from _rung(stated, rung, (*path, "ladder", number), types)


def unknown(path: Path, column: str, unit: str, types: Types) -> Fault:
    """Return the fault of a feature that there is not."""
    cause = f"`{column}` is no feature of a {unit}.{suggestion(column, list(types))}"
    return path, "CONFIG_UNKNOWN_COLUMN", cause


def _age(
    workspace: Workspace, stated: AttributeLadder, age: AgeLimit, path: Path, types: Types
) -> Iterator[Fault]:
    """Check that the day of a value can be told."""
    if age.date is not None and age.date not in types:
        yield unknown((*path, "date"), age.date, stated.unit, types)
    elif age.date is not None and types[age.date] != "date":
        yield (*path, "date"), "CONFIG_VALUE", f"`{age.date}` is no date."
    if age.source is None:
        return
    dated = {
        f"{system}.{name}": extract.watermark is not None
        for system, read in workspace.sources.items()
        for name, extract in read.value.extracts.items()
    }
    if age.source not in dated:
        cause = f"`{age.source}` is no extract.{suggestion(age.source, list(dated))}"
        yield (*path, "source"), "CONFIG_REFERENCE", cause
    elif not dated[age.source]:
        cause = f"`{age.source}` has no `watermark`, so nothing says how old it is."
        yield (*path, "source"), "CONFIG_VALUE", cause


def _rung(stated: AttributeLadder, rung: Rung, path: Path, types: Types) -> Iterator[Fault]:
    """Check that a rung can give a value of the kind of the column."""
    kind = kind_of(types[stated.column])
    if isinstance(rung, ColumnRung):
        if rung.column not in types or rung.column == stated.column:
            yield unknown((*path, "column"), rung.column, stated.unit, types)
        elif kind_of(types[rung.column]) != kind:
            cause = f"`{rung.column}` is a {kind_of(types[rung.column])}, not a {kind}."
            yield (*path, "column"), "CONFIG_VALUE", cause
    if isinstance(rung, InferRung):
        yield from _peers(stated, rung, path, types)
    if isinstance(rung, ValueRung) and not is_value(rung.value, types[stated.column]):
        cause = f"`{rung.value}` is no {types[stated.column]}, as `{stated.column}` is."
        yield (*path, "value"), "CONFIG_VALUE", cause


def _peers(stated: AttributeLadder, rung: InferRung, path: Path, types: Types) -> Iterator[Fault]:
    """Check that peers can be told, and that they have a middle."""
    for column in rung.within:
        if column not in types and column not in UNIT_KINDS[stated.unit].key:
            yield unknown((*path, "within"), column, stated.unit, types)
    kind = kind_of(types[stated.column])
    if rung.by == "median" and kind not in ("number", "date"):
        cause = f"`{stated.column}` is a {kind}, which has no median: infer it by mode."
        yield (*path, "by"), "CONFIG_VALUE", cause


def is_value(text: str, data_type: str) -> bool:
    """Return whether a text is a value of a type, in the form that the night reads."""
    kind = kind_of(data_type)
    try:
        if kind == "number":
            number = Decimal(text)
            whole = "(" not in data_type and data_type not in ("double", "float")
            return number.is_finite() and (not whole or number == number.to_integral_value())
        if kind == "date":
            return date.fromisoformat(text).isoformat() == text
    except (InvalidOperation, ValueError):
        return False
    return text in WORDS if kind == "boolean" else is_portable(text)
