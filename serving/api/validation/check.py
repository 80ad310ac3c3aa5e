"""The check of records against the release that is served, and what events say beside it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date

from serving.api.asked import Asked
from serving.api.validation.fields import field_reasons, text_of
from serving.api.validation.index import Index
from serving.api.validation.master_data import master_reasons
from serving.api.validation.names import Named, name_reasons, names_of
from serving.api.validation.reasons import Found, decision_of, found
from serving.api.validation.record import Record, Result
from serving.api.validation.segments import segment_reasons, unit_of
from workspace.errors import TierwiseError

BEFORE = """
select segment_id from segment_assignment
where scheme_id = ? and unit_id = ?
"""


def check(asked: Asked, records: list[Record], today: date) -> list[Result]:
    """Return the verdict on each record."""
    index = asked.release.index()
    allowed: list[str] | None = None
    if asked.caller.sites:
        with asked.reader() as reader:
            allowed = asked.sites(reader)
    return [_judge(asked, record, index, allowed, today) for record in records]


def _judge(
    asked: Asked, record: Record, index: Index, allowed: list[str] | None, today: date
) -> Result:
    names = names_of(record, index)
    if allowed is not None and not _may_see(record, names, allowed):
        denied = [found("SITE_DENIED", "site_id")]
        return Result(decision=decision_of(denied), reasons=denied)
    reasons = [
        *field_reasons(record, today),
        *name_reasons(record, names, index),
        *master_reasons(record, names, index),
    ]
    reasons += segment_reasons(
        record, names, index, lambda scheme, unit: _segment_before(asked, scheme, unit), today
    )
    if record.kind == "order_line":
        reasons += _order_reasons(asked, record, names, index)
    golden = {column: named.golden_id for column, named in names.items()}
    return Result(decision=decision_of(reasons), reasons=reasons, **golden)


def _order_reasons(
    asked: Asked, record: Record, names: Mapping[str, Named], index: Index
) -> Iterator[Found]:
    product, unit_code = text_of(record, "product_id"), text_of(record, "unit_code")
    if record.namespace and product and unit_code:
        worthless = index.worthless.row(record.namespace, product, unit_code.upper())
        if worthless is not None:
            yield found("UOM_CONTRADICTION", "unit_code", published=worthless["status"])
    unit = unit_of(names, "product_site") or "@"
    signal = asked.provisional.by_unit.get(unit)
    if signal is not None and signal["is_stock_out"]:
        yield found("STOCK_OUT_PROVISIONAL", published=signal["available_units"])


def _segment_before(asked: Asked, scheme: str, unit: str) -> str | None:
    """Return the segment that the release before had; None where it is gone, or had none."""
    previous = asked.release.previous_release_id
    if previous is None:
        return None
    try:
        release = asked.following.named(previous)
    except TierwiseError:
        return None
    with release.reader() as reader:
        segment: str | None = reader.value(BEFORE, [scheme, unit])
        return segment


def _may_see(record: Record, names: Mapping[str, Named], allowed: list[str]) -> bool:
    """Tell whether a key for some sites may ask about a record; master data are of no site."""
    if record.kind != "order_line":
        return True
    return "site_id" in names and names["site_id"].golden_id in allowed
