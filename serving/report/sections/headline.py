"""The top of the page: what the release holds, and what a planner should look at first."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from serving.release_reader import ReleaseReader
from serving.report.section import Release
from serving.wording import MINUS, amount, counted, share, shown

NUMBERS = """
select
    (select count(*) from feat_item_value) as items,
    (select count(distinct product_id) from feat_item_value) as products,
    (select count(distinct site_id) from feat_item_value) as sites,
    (select count(*) from golden_customer) as customers,
    (select count(*) from fct_order_line) as order_lines,
    (select cast(coalesce(sum(margin_12m_amount), 0) as double) from feat_item_value) as margin,
    (select cast(coalesce(sum(stock_value_amount), 0) as double) from fct_stock) as stock,
    (
        select cast(coalesce(sum(policy_stock_value_amount), 0) as double) from policy_reorder
    ) as policy_stock,
    (
        select count(distinct file_sha256 || ':' || record_number) from quarantine
    ) as quarantined,
    (select cast(coalesce(sum(record_count), 0) as bigint) from raw_extracts) as delivered,
    (select count(*) from dq_gates) as gates,
    (select count(*) from dq_gates where is_passed) as gates_passed,
    (select count(*) from policy_reorder where is_below_reorder_point) as below_reorder_point
"""
FAILED_GATES = "select gate_name from dq_gates where not is_passed order by gate_name"
STALE = """
select system || '.' || extract from source_freshness where is_stale order by system, extract
"""
NOT_LOADED = """
select distinct system || '.' || extract from raw_extracts
where status in ('refused', 'missing', 'waiting')
order by all
"""
PAST_DUE = """
select element from dq_stewardship
where is_escalated
group by element
order by min(due_date) nulls first, element
"""
NAMED = 3
Numbers = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Tile:
    """One key number: its name, value, context and change since the previous release."""

    name: str
    value: str
    context: str
    change: str = ""


@dataclass(frozen=True, kw_only=True)
class Attention:
    """One sentence that asks for a look, and the section that has the details."""

    text: str
    section_id: str


@dataclass(frozen=True, kw_only=True)
class Headline:
    """Title line, key numbers and what needs attention."""

    company: str
    as_of: str
    release_id: str
    previous_release_id: str | None
    tiles: tuple[Tile, ...]
    attention: tuple[Attention, ...]


def headline(release: Release) -> Headline:
    """Return the top of the page."""
    manifest = release.now.manifest
    now = _numbers(release.now)
    before = _numbers(release.before) if release.before else None
    return Headline(
        company=manifest.company,
        as_of=shown(manifest.as_of_date),
        release_id=manifest.release_id,
        previous_release_id=manifest.previous_release_id,
        tiles=_tiles(now, before, manifest.currency),
        attention=_attention(release.now, now),
    )


def _numbers(reader: ReleaseReader) -> Numbers:
    return reader.rows(NUMBERS)[0]


def _tiles(now: Numbers, before: Numbers | None, currency: str) -> tuple[Tile, ...]:
    sites = counted(now["sites"], "site")
    held_back = share(now["quarantined"] / now["delivered"]) if now["delivered"] else "none"
    counts = (
        ("Items", "items", f"{counted(now['products'], 'product')} at {sites}"),
        ("Customers", "customers", "golden records"),
        ("Order lines", "order_lines", f"12-month margin {amount(now['margin'], currency)}"),
        (f"Stock value, {currency}", "stock", f"policy asks for {amount(now['policy_stock'])}"),
        ("Quarantined records", "quarantined", f"{held_back} of {now['delivered']:,} delivered"),
    )
    gates = Tile(
        name="Gates passed",
        value=f"{now['gates_passed']:,} of {now['gates']:,}",
        context="no blocking gate failed",
    )
    tiles = (
        Tile(
            name=name,
            value=_number(now[key]),
            context=context,
            change=_change(now[key], before[key]) if before else "",
        )
        for name, key, context in counts
    )
    return (*tiles, gates)


def _number(value: float) -> str:
    return f"{value:,}" if isinstance(value, int) else amount(value)


def _change(now: float, before: float) -> str:
    difference = now - before
    if round(difference) == 0:
        return "unchanged"
    return f"{'+' if difference > 0 else MINUS}{_number(abs(difference))}"


def _attention(reader: ReleaseReader, now: Numbers) -> tuple[Attention, ...]:
    lists = (
        ("gates", FAILED_GATES, "Failed without blocking"),
        ("inputs", STALE, "Late or past the freshness limit"),
        ("inputs", NOT_LOADED, "Missing or refused"),
        ("cases", PAST_DUE, "Cases past due"),
    )
    named = [
        Attention(text=f"{what}: {_named(names)}.", section_id=section)
        for section, sql, what in lists
        if (names := reader.query(sql).to_series().to_list())
    ]
    below, quarantined = now["below_reorder_point"], now["quarantined"]
    counts = [
        Attention(
            text=f"Below the reorder point: {below:,} of {counted(now['items'], 'item')}.",
            section_id="stock",
        ),
        Attention(
            text=f"In quarantine, and so in no number here: {counted(quarantined, 'record')}.",
            section_id="quarantine",
        ),
    ]
    return (
        *named,
        *(point for point, count in zip(counts, (below, quarantined), strict=True) if count),
    )


def _named(names: list[str]) -> str:
    rest = len(names) - NAMED
    return ", ".join(names[:NAMED]) + (f" and {rest:,} more" if rest > 0 else "")
