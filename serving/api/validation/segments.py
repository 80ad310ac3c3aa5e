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

Unit = tuple[str, str]
# The segment a unit had in a scheme in the release before; None where that is not known.
Before = Callable[[str, Unit], str | None]


def unit_of(names: Mapping[str, Named]) -> Unit | None:
    """Return the golden ids of an order line's product and site, where both are known."""
    product = names["product_id"].golden_id if "product_id" in names else None
    site = names["site_id"].golden_id if "site_id" in names else None
    return (product, site) if product and site else None


def segment_reasons(
    record: Record, names: Mapping[str, Named], index: Index, before: Before, today: date
) -> Iterator[Found]:
    """Yield what is wrong with the segments that a record states."""
    unit = unit_of(names)
    for place, stated in enumerate(record.segments):
        field = f"segments.{place}"
        if stated.scheme_id not in index.schemes:
            yield found("SCHEME_UNKNOWN", field, published=", ".join(sorted(index.schemes)))
            continue
        row = index.segments.row(stated.scheme_id, *unit) if unit else None
        if unit is None or row is None:
            yield found("UNIT_UNCLASSIFIED", field)
            continue
        is_given = stated.segment_id in index.schemes[stated.scheme_id]
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
