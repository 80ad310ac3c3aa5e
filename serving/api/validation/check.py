"""The check of many records at once: a handful of queries, however many they are."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from serving.api.asked import Asked
from serving.api.validation.fields import field_reasons, text_of
from serving.api.validation.master_data import Holders, holders, master_reasons
from serving.api.validation.names import Names, name_reasons, resolve
from serving.api.validation.reasons import Found, decision_of, found
from serving.api.validation.record import Record, Result
from serving.api.validation.segments import (
    Published,
    published_segments,
    segment_reasons,
    unit_of,
)
from serving.release_reader import ReleaseReader

MEASURES = """
with asked as (
    select distinct namespace, source_key, unit_code
    from (
        select unnest($systems) as namespace, unnest($keys) as source_key,
            unnest($units) as unit_code
    )
)
select namespace, source_key, unit_code, u.status
from uom_conversion as u
join asked using (namespace, source_key, unit_code)
where u.valid_to is null and u.numerator is null
"""
Measure = tuple[str, str, str]


def check(asked: Asked, records: list[Record], today: date) -> list[Result]:
    """Return the verdict on each record."""
    with asked.reader() as reader:
        names = resolve(reader, records)
        published = published_segments(reader, records, names)
        taken = holders(reader, records)
        contradictions = _contradictions(reader, records)
        allowed = asked.sites(reader)
    results: list[Result] = []
    for record in records:
        if allowed is not None and not _may_see(record, names, allowed):
            reasons = [found("SITE_DENIED", "site_id")]
            results.append(Result(decision=decision_of(reasons), reasons=reasons))
            continue
        reasons = list(_reasons(record, names, published, taken, contradictions, asked, today))
        results.append(
            Result(
                decision=decision_of(reasons),
                reasons=reasons,
                product_id=names.of(record, "product_id"),
                customer_id=names.of(record, "customer_id"),
                site_id=names.of(record, "site_id"),
            )
        )
    return results


def _reasons(
    record: Record,
    names: Names,
    published: Published,
    taken: Holders,
    contradictions: dict[Measure, str],
    asked: Asked,
    today: date,
) -> Iterator[Found]:
    yield from field_reasons(record, today)
    yield from name_reasons(record, names)
    yield from master_reasons(record, names, taken)
    if record.kind != "order_line":
        return
    yield from segment_reasons(record, names, published, asked, today)
    status = contradictions.get(_measure(record) or ("", "", ""))
    if status is not None:
        yield found("UOM_CONTRADICTION", "unit_code", published=status)
    signal: dict[str, Any] = asked.provisional.by_unit.get(unit_of(record, names) or ("", ""), {})
    if signal.get("is_stock_out"):
        yield found("STOCK_OUT_PROVISIONAL", published=signal["available_units"])


def _may_see(record: Record, names: Names, allowed: list[str]) -> bool:
    """Tell whether a key for some sites may ask about a record; master data are of no site."""
    return record.kind != "order_line" or names.of(record, "site_id") in allowed


def _measure(record: Record) -> Measure | None:
    """Return system, product and unit of measure of an order line, where it states all three."""
    product, unit = text_of(record, "product_id"), text_of(record, "unit_code")
    if record.kind != "order_line" or record.namespace is None or not product or not unit:
        return None
    return record.namespace, product, unit.upper()


def _contradictions(reader: ReleaseReader, records: list[Record]) -> dict[Measure, str]:
    """Return why a unit of measure has no worth, for those that have none."""
    stated = sorted({measure for record in records if (measure := _measure(record)) is not None})
    if not stated:
        return {}
    systems, keys, units = (list(part) for part in zip(*stated, strict=True))
    rows = reader.rows(MEASURES, {"systems": systems, "keys": keys, "units": units})
    return {(row["namespace"], row["source_key"], row["unit_code"]): row["status"] for row in rows}
