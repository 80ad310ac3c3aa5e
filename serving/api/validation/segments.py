"""Segments that callers state, against those that are published."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from serving.api.asked import Asked
from serving.api.validation.fields import text_of
from serving.api.validation.names import Names
from serving.api.validation.reasons import Found, found
from serving.api.validation.record import Record, StatedSegment
from serving.release_reader import ReleaseReader
from workspace.errors import TierwiseError

KNOWN = "select distinct scheme_id, segment_id from segment_matrix"
ASSIGNED = """
with asked as (
    select distinct product_id, site_id
    from (select unnest($products) as product_id, unnest($sites) as site_id)
)
select a.scheme_id, product_id, site_id, a.segment_id, a.valid_from
from segment_assignment as a
join asked using (product_id, site_id)
"""
BEFORE = """
select segment_id from segment_assignment
where scheme_id = ? and product_id = ? and site_id = ?
"""
Unit = tuple[str, str]


@dataclass(frozen=True, kw_only=True)
class Published:
    """Published segments of some units, and the segments that each scheme gives to anybody."""

    known: Mapping[str, frozenset[str]]
    assigned: Mapping[tuple[str, str, str], Mapping[str, Any]]


def unit_of(record: Record, names: Names) -> Unit | None:
    """Return the golden ids of an order line's product and site, where both are known."""
    product, site = names.of(record, "product_id"), names.of(record, "site_id")
    return (product, site) if product and site else None


def published_segments(reader: ReleaseReader, records: list[Record], names: Names) -> Published:
    """Look up the segments of all units for which any is stated."""
    units = sorted(
        {
            unit
            for record in records
            if record.segments and (unit := unit_of(record, names)) is not None
        }
    )
    stated = any(record.segments for record in records)
    known: dict[str, set[str]] = {}
    for row in reader.rows(KNOWN) if stated else ():
        known.setdefault(row["scheme_id"], set()).add(row["segment_id"])
    assigned: dict[tuple[str, str, str], Mapping[str, Any]] = {}
    if units:
        products, sites = (list(part) for part in zip(*units, strict=True))
        for row in reader.rows(ASSIGNED, {"products": products, "sites": sites}):
            assigned[row["scheme_id"], row["product_id"], row["site_id"]] = row
    return Published(
        known={scheme: frozenset(segments) for scheme, segments in known.items()},
        assigned=assigned,
    )


def segment_reasons(
    record: Record, names: Names, published: Published, asked: Asked, today: date
) -> Iterator[Found]:
    """Yield what is wrong with the segments that a record states."""
    unit = unit_of(record, names)
    for place, stated in enumerate(record.segments):
        field = f"segments.{place}"
        if stated.scheme_id not in published.known:
            yield found(
                "SCHEME_UNKNOWN", field, published=", ".join(sorted(published.known)) or None
            )
        elif unit is None:
            yield found("UNIT_UNCLASSIFIED", field)
        else:
            row = published.assigned.get((stated.scheme_id, *unit))
            reason = _judge(record, stated, unit, row, published, asked, today)
            if reason is not None:
                yield found(reason, field, published=row["segment_id"] if row else None)


def _judge(
    record: Record,
    stated: StatedSegment,
    unit: Unit,
    row: Mapping[str, Any] | None,
    published: Published,
    asked: Asked,
    today: date,
) -> str | None:
    """Return the code of what is wrong with one stated segment."""
    if row is None:
        return "UNIT_UNCLASSIFIED"
    if stated.valid_to is not None and stated.valid_to <= _order_day(record, today):
        return "SEGMENT_EXPIRED"
    if stated.segment_id == row["segment_id"]:
        return None
    if stated.as_of_date is not None and stated.as_of_date < row["valid_from"]:
        return "SEGMENT_EXPIRED"
    if _was_in(stated, unit, asked):
        return "SEGMENT_EXPIRED"
    is_given = stated.segment_id in published.known[stated.scheme_id]
    return "SEGMENT_MISMATCH" if is_given else "SEGMENT_UNKNOWN"


def _order_day(record: Record, today: date) -> date:
    """Return the day an order is placed on, today where the record does not say."""
    try:
        return datetime.fromisoformat(text_of(record, "order_date") or "").date()
    except ValueError:
        return today


def _was_in(stated: StatedSegment, unit: Unit, asked: Asked) -> bool:
    """Tell whether the release before had the unit in the segment; False where it is gone."""
    before = asked.release.previous_release_id
    if before is None:
        return False
    try:
        release = asked.following.named(before)
    except TierwiseError:
        return False
    with release.reader() as reader:
        return bool(reader.value(BEFORE, [stated.scheme_id, *unit]) == stated.segment_id)
