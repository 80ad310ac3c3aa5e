"""Segments that callers state, against those that are published."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime
from typing import Any

from serving.api.validation.fields import text_of
from serving.api.validation.index import Index
from serving.api.validation.names import Named
from serving.api.validation.reasons import Found, found
from serving.api.validation.record import Record, StatedSegment
from workspace.units import UNIT_KINDS

# The segment a unit had in a scheme in the release before; None where that is not known.
Before = Callable[[str, str], str | None]


def unit_of(names: Mapping[str, Named], unit_type: str) -> str | None:
    """Return the id of the unit of a kind that a record is about, where all of it is known."""
    parts = [
        names[column].golden_id if column in names else None for column in UNIT_KINDS[unit_type].key
    ]
    known = [part for part in parts if part is not None]
    return "@".join(known) if parts and len(known) == len(parts) else None


def segment_reasons(
    record: Record, names: Mapping[str, Named], index: Index, before: Before, today: date
) -> Iterator[Found]:
    """Yield what is wrong with the segments that a record states."""
    for place, stated in enumerate(record.segments):
        field = f"segments.{place}"
        scheme = index.schemes.get(stated.scheme_id)
        if scheme is None:
            yield found("SCHEME_UNKNOWN", field, published=", ".join(index.schemes))
            continue
        unit = unit_of(names, scheme.unit_type)
        row = index.segments.row(stated.scheme_id, unit) if unit else None
        if unit is None or row is None:
            yield found("UNIT_UNCLASSIFIED", field)
            continue
        is_given = stated.segment_id in scheme.segments
        code = _judge(stated, row, _order_day(record, today))
        if code == "SEGMENT_MISMATCH" and before(stated.scheme_id, unit) == stated.segment_id:
            code = "SEGMENT_EXPIRED"
        if code is not None:
            code = "SEGMENT_UNKNOWN" if code == "SEGMENT_MISMATCH" and not is_given else code
            yield found(code, field, published=row["segment_id"])


def _judge(stated: StatedSegment, row: Mapping[str, Any], order_day: date) -> str | None:
    """Return the code of what is wrong with one stated segment, by its dates and its name."""
    if stated.valid_to is not None and stated.valid_to <= order_day:
        return "SEGMENT_EXPIRED"
    if stated.segment_id == row["segment_id"]:
        return None
    if stated.as_of_date is not None and stated.as_of_date < row["valid_from"]:
        return "SEGMENT_EXPIRED"
    return "SEGMENT_MISMATCH"


def _order_day(record: Record, today: date) -> date:
    """Return the day an order is placed on, today where the record does not say."""
    try:
        return datetime.fromisoformat(text_of(record, "order_date") or "").date()
    except ValueError:
        return today
