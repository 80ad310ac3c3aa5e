"""What moved between segments since the previous release."""

from __future__ import annotations

from typing import Any

import altair as alt

from serving.report.section import Chart, Column, Release, Section, Table
from serving.report.theme import heat_map, side_axis
from serving.schemes import Scheme, schemes
from serving.wording import amount, counted, share

LISTED = 15
CHURN = """
select from_segment_id, to_segment_id, unit_count,
    cast(value_at_stake_amount as double) as value_at_stake
from segment_churn
where scheme_id = ?
order by from_segment_id, to_segment_id
"""
MOVERS = """
with moved as (
    select product_id, site_id, max(abs(value_at_stake_amount)) as value_at_stake_amount
    from segment_assignment
    where valid_from = as_of_date
    group by product_id, site_id
)
select m.product_id, m.site_id, p.product_code, p.product_name, l.site_code,
    m.value_at_stake_amount
from moved as m
join golden_product as p on p.product_id = m.product_id
join golden_location as l on l.site_id = m.site_id
order by m.value_at_stake_amount desc nulls last, m.product_id, m.site_id
limit ?
"""
SEGMENTS = """
select product_id || ' ' || site_id as unit, scheme_id, segment_id,
    valid_from = as_of_date as is_new
from segment_assignment
where list_contains(?, product_id || ' ' || site_id)
order by unit, scheme_id
"""


def changes(release: Release) -> Section:
    """Return moves by scheme, and the moves with the most value."""
    previous = release.now.manifest.previous_release_id
    if previous is None:
        return Section(
            section_id="changes",
            title="What changed",
            lead="This is the first release: there is nothing to compare it with. "
            "The next one shows here which items moved between segments.",
        )
    # Matrix schemes last: they have the most segments, and so the tallest chart.
    ordered = sorted(schemes(release.now), key=lambda scheme: scheme.kind == "matrix")
    found = [_scheme_changes(release, scheme) for scheme in ordered]
    still = tuple(
        f"{scheme.title}: no {scheme.noun} moved." for scheme, chart in found if chart is None
    )
    return Section(
        section_id="changes",
        title="What changed",
        lead=f"Against release {previous}. A row is the segment an item left, a column the segment "
        "it entered; “(none)” stands for an item that is new or gone.",
        charts=tuple(chart for _, chart in found if chart is not None),
        charts_across=2,
        notes=still,
        tables=(_movers(release),),
    )


def _scheme_changes(release: Release, scheme: Scheme) -> tuple[Scheme, Chart | None]:
    rows = release.now.rows(CHURN, [scheme.scheme_id])
    moves = [row for row in rows if row["from_segment_id"] != row["to_segment_id"]]
    if not moves:
        return scheme, None
    moved = sum(row["unit_count"] for row in moves)
    every = sum(row["unit_count"] for row in rows)
    value = sum(row["value_at_stake"] for row in moves)
    currency = release.now.manifest.currency
    title = f"{scheme.title}: {moved:,} of {counted(every, scheme.noun)} moved "
    title += f"({share(moved / every)})"
    return scheme, Chart(
        chart_id=f"changes-{scheme.scheme_id}",
        title=title,
        description=f"{scheme.noun.capitalize()}s that moved, worth {amount(value, currency)} at "
        f"stake. {_largest(moves, scheme.noun)}",
        specification=moves_map(moves),
        table=Table(
            caption=title,
            columns=(
                Column(title="From"),
                Column(title="To"),
                Column(title=f"{scheme.noun.capitalize()}s", kind="count"),
                Column(title=f"Value at stake, {currency}", kind="amount"),
            ),
            rows=[tuple(row.values()) for row in moves],
        ),
    )


def _largest(moves: list[dict[str, Any]], noun: str) -> str:
    most = max(moves, key=lambda row: (row["unit_count"], row["value_at_stake"]))
    return (
        f"The most frequent move is {most['from_segment_id']} to {most['to_segment_id']}, "
        f"{counted(most['unit_count'], noun)}."
    )


def moves_map(moves: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the map of moves: from_segment_id, to_segment_id, unit_count and value_at_stake."""
    most = max(row["unit_count"] for row in moves)
    cells = [
        row | {"shade": row["unit_count"] / most, "label": f"{row['unit_count']:,}"}
        for row in moves
    ]
    return heat_map(
        cells,
        row=alt.Y("from_segment_id:N", title="from", axis=side_axis("left")),
        column=alt.X("to_segment_id:N", title="to", axis=side_axis("top")),
        tooltip=[
            alt.Tooltip("from_segment_id:N", title="From"),
            alt.Tooltip("to_segment_id:N", title="To"),
            alt.Tooltip("unit_count:Q", title="Items", format=","),
            alt.Tooltip("value_at_stake:Q", title="Value at stake", format=",.0f"),
        ],
        height=32 * len({row["from_segment_id"] for row in moves}),
    )


def _movers(release: Release) -> Table:
    rows = release.now.rows(MOVERS, [LISTED])
    moves = _moves(release, [f"{row['product_id']} {row['site_id']}" for row in rows])
    return Table(
        caption=f"The {len(rows)} items with the most value at stake that moved",
        columns=(
            Column(title="Product", kind="code"),
            Column(title="Name"),
            Column(title="Site", kind="code"),
            Column(title="Moves"),
            Column(title=f"Value at stake, {release.now.manifest.currency}", kind="amount"),
        ),
        rows=[
            (
                row["product_code"],
                row["product_name"],
                row["site_code"],
                "; ".join(moves[f"{row['product_id']} {row['site_id']}"]),
                row["value_at_stake_amount"],
            )
            for row in rows
        ],
        if_empty="No item entered a segment on this day.",
    )


def _moves(release: Release, units: list[str]) -> dict[str, list[str]]:
    """Return each unit's moves, such as `ABC by margin: B → A`; without `before`, its entries."""
    names = {scheme.scheme_id: scheme.title for scheme in schemes(release.now)}
    left: dict[tuple[str, str], str] | None = None
    if release.before is not None:
        rows = release.before.rows(SEGMENTS, [units])
        left = {(row["unit"], row["scheme_id"]): row["segment_id"] for row in rows}
    moves: dict[str, list[str]] = {}
    for row in release.now.rows(SEGMENTS, [units]):
        if row["is_new"]:
            key = (row["unit"], row["scheme_id"])
            origin = "" if left is None else left.get(key, "(none)") + " "
            moves.setdefault(row["unit"], []).append(
                f"{names[row['scheme_id']]}: {origin}→ {row['segment_id']}"
            )
    return moves
