"""Columns of a record against its entity's contract: types, minimum, codes, days ahead."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal, InvalidOperation

from serving.api.validation.reasons import Found, found
from serving.api.validation.record import ENTITY_OF_KIND, Record, Value
from workspace.config.entities import Entity, EntityColumn, entities
from workspace.config.strict import suggestion

# From here on a number does not fit decimal(18,4), decimal(18,8) or bigint.
LARGEST = {"decimal": Decimal(10) ** 14, "rate": Decimal(10) ** 10, "integer": Decimal(2) ** 63}
TRUE_WORDS = {"true", "false"}
CODES_SHOWN = 12


def entity_of(record: Record) -> Entity:
    """Return the entity whose columns a record has."""
    return entities()[ENTITY_OF_KIND[record.kind]]


def text_of(record: Record, column: str) -> str | None:
    """Return a field as trimmed text; None where it is absent or empty."""
    value = record.fields.get(column)
    return None if value is None else str(value).strip() or None


def field_reasons(record: Record, today: date) -> Iterator[Found]:
    """Yield what is wrong with single columns."""
    entity = entity_of(record)
    for name in record.fields:
        if name not in entity.columns:
            said = suggestion(name, list(entity.columns))
            yield found("FIELD_UNKNOWN", name, said=said.strip())
    for name, spec in entity.columns.items():
        if name not in record.fields:
            if spec.required:
                yield found("FIELD_ABSENT", name)
            continue
        value = record.fields[name]
        if value is None or (isinstance(value, str) and not value.strip()):
            if spec.required:
                yield found("FIELD_EMPTY", name)
            continue
        yield from _value_reasons(name, spec, value, today)


def _value_reasons(name: str, spec: EntityColumn, value: Value, today: date) -> Iterator[Found]:
    text = str(value).strip()
    if spec.type in LARGEST:
        yield from _number_reasons(name, spec, value)
    elif spec.type in ("date", "timestamp"):
        day = _day(text)
        if day is None or isinstance(value, bool | int | float):
            yield found("FIELD_TYPE", name, said="Write it as YYYY-MM-DD.")
        elif spec.not_future and day > today:
            yield found("DATE_FUTURE", name)
    elif spec.type == "boolean" and not (isinstance(value, bool) or text in TRUE_WORDS):
        yield found("FIELD_TYPE", name, said="Write true or false.")
    if spec.allowed is not None and text not in spec.allowed:
        few = ", ".join(spec.allowed) if len(spec.allowed) <= CODES_SHOWN else spec.code_list
        yield found("FIELD_DOMAIN", name, said=f"Allowed: {few}.")


def _number_reasons(name: str, spec: EntityColumn, value: Value) -> Iterator[Found]:
    try:
        number = None if isinstance(value, bool) else Decimal(str(value).strip())
    except InvalidOperation:
        number = None
    if number is None or not number.is_finite():
        yield found("FIELD_TYPE", name, said="Write it as digits with a decimal point.")
    elif spec.type == "integer" and number != number.to_integral_value():
        yield found("FIELD_TYPE", name, said="Write a whole number.")
    elif abs(number) >= LARGEST[spec.type]:
        yield found("FIELD_RANGE", name, said="It has too many digits.")
    elif spec.minimum is not None and number < Decimal(str(spec.minimum)):
        yield found("FIELD_RANGE", name, said=f"The least allowed is {spec.minimum:g}.")


def _day(text: str) -> date | None:
    try:
        return datetime.fromisoformat(text).date()
    except ValueError:
        return None
