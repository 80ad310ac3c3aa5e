"""SQL for the value a mapping gives a column of an entity, and for what can be wrong with it."""

from __future__ import annotations

from dataclasses import dataclass, replace

from sqlglot import exp

from workspace.config.entities import SQL_TYPES, Entity, EntityColumn, entities
from workspace.ingest.contract import sql
from workspace.ingest.mapping_check import CheckedMapping
from workspace.ingest.parsing import literal, trimmed

# From here on a number does not fit the entity's type, or may be rounded to one that does not.
LARGEST = {
    "decimal": 99_999_999_999_999,
    "rate": 9_999_999_999,
    "integer": 9_223_372_036_854_775_000,
}
FEW = 8  # allowed words that are compared one by one


@dataclass(frozen=True, kw_only=True)
class Flaw:
    """A condition on the rows of an extract (alias t) under which a record cannot be used."""

    code: str
    column: str
    condition: str
    detail: str
    may_be_confirmed: bool = False


def entity_of(mapping: CheckedMapping) -> Entity:
    """Return the entity a mapping feeds."""
    return entities()[mapping.mapping.entity]


def given(mapping: CheckedMapping, column: str, spec: EntityColumn) -> str:
    """Return SQL for the value before it is cast to the entity's type."""
    tree = mapping.columns.get(column)
    value = f"({sql(tree)})" if tree is not None else "null"
    if spec.type == "text":
        return f"nullif(trim(cast({value} as varchar)), '')"
    return value


def value(mapping: CheckedMapping, column: str, spec: EntityColumn) -> str:
    """Return SQL for the value in the entity's type: null where it does not fit."""
    given_value = given(mapping, column, spec)
    return f"try_cast({given_value} as {SQL_TYPES[spec.type]})"


def looks_up(mapping: CheckedMapping, column: str) -> bool:
    """Tell whether a column's value comes from another extract, so that a part cannot know it.

    It knows none where another extract says whether the mapping takes a row at all.
    """
    return chooses_by_lookup(mapping) or _reads_others(mapping.columns.get(column))


def chooses_by_lookup(mapping: CheckedMapping) -> bool:
    """Tell whether it takes another extract to know which rows a mapping takes."""
    return _reads_others(mapping.where)


def _reads_others(tree: exp.Expression | None) -> bool:
    return tree is not None and any(found.table != "t" for found in tree.find_all(exp.Column))


def flaws(mapping: CheckedMapping, column: str, spec: EntityColumn) -> list[Flaw]:
    """Return all that can be wrong with one column, whatever the night."""
    raw, cast = given(mapping, column, spec), value(mapping, column, spec)
    shown = f"cast({cast} as varchar)"
    found: list[Flaw] = []

    def add(code: str, condition: str, detail: str, *, may_be_confirmed: bool = False) -> None:
        flaw = Flaw(code=code, column=column, condition=condition, detail=detail)
        found.append(replace(flaw, may_be_confirmed=may_be_confirmed))

    if spec.type != "text" and column in mapping.columns:
        unfit = f"{raw} is not null and {cast} is null"
        add("ROW_RANGE", unfit, literal(f"{column} does not fit {SQL_TYPES[spec.type]}"))
    if spec.required:
        add("ROW_NULL", f"{raw} is null", literal(f"{column} is absent"))
    if spec.minimum is not None:
        low = f"{spec.minimum:g}"
        below = f"{shown} || ' is below {low}'"
        add("ROW_RANGE", f"{cast} < {low}", below, may_be_confirmed=True)
    if spec.allowed is not None:
        listed = ", ".join(literal(word) for word in spec.allowed)
        add("ROW_RANGE", f"{cast} not in ({listed})", f"{shown} || ' is not an allowed value'")
    return found


def doubts(mapping: CheckedMapping, column: str, spec: EntityColumn) -> list[str]:
    """Return conditions of which one is true wherever a flaw is, and that cost little to tell.

    Columns taken as they are need no cast: blank texts are null, and a number's size tells whether
    it fits. A long list of allowed words is joined, as `in` compares them one by one.
    """
    tree = mapping.columns.get(column)
    if not isinstance(tree, exp.Column):
        return [f"({flaw.condition})" for flaw in flaws(mapping, column, spec)]
    field, kind = (
        sql(tree),
        mapping.source.extracts[mapping.mapping.extract].columns[tree.name].type,
    )
    found = [f"{field} is null"] if spec.required else []
    if spec.type == "text":
        if spec.allowed is not None:
            listed = ", ".join(literal(word) for word in spec.allowed)
            few = len(spec.allowed) <= FEW
            words = f"({listed})" if few else f"(select unnest([{listed}]))"
            text = trimmed(field) if kind == "text" else f"cast({field} as varchar)"
            found.append(f"{text} not in {words}")
    elif spec.type in LARGEST and kind in LARGEST:
        found.append(f"{field} not between -{LARGEST[spec.type]} and {LARGEST[spec.type]}")
        if spec.minimum is not None:
            found.append(f"{field} < {spec.minimum:g}")
    elif spec.type != kind or spec.minimum is not None:
        found += [flaw.condition for flaw in flaws(mapping, column, spec)]
    return found


def future_flaw(mapping: CheckedMapping, column: str, spec: EntityColumn) -> Flaw:
    """Return the flaw of a date after the business date, which tomorrow may be none."""
    cast = value(mapping, column, spec)
    return Flaw(
        code="ROW_DATE_FUTURE",
        column=column,
        condition=f"{cast} > (select business_date from night.parameters)",
        detail=f"cast({cast} as varchar) || ' lies after the business date'",
        may_be_confirmed=True,
    )
