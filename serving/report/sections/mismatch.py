"""Where demand and supply do not fit: the items, what to do, and what it is worth."""

from __future__ import annotations

from typing import Any

import altair as alt

from serving.report.section import Chart, Column, Release, Section, Table
from serving.report.theme import GRID, KINDS, QUIET, SHAPES, plot, specification
from serving.wording import amount, counted, share

LISTED = 12
POINTS = 2_000
LARGEST_KEPT = 400
MOST_CV = 20.0  # what sells once in years would stretch the axis
ACTIONS = {
    "shorten_lead_time": "shorter lead time",
    "second_source": "second source",
    "lower_minimum_order": "smaller minimum",
    "local_source": "local source",
    "make_or_buy_to_order": "to order",
    "postpone": "hold upstream",
}
# Of items that fit an even sample is drawn, the same each time: an order by hash.
SAMPLE = """
with measured as (
    select d.product_id, d.site_id, d.weekly_cv_ratio, s.lead_time_mean_days, m.action,
        cast(m.value_at_stake_amount as double) as value, m.value_rank
    from feat_demand_profile as d
    join feat_supply_profile as s on s.product_id = d.product_id and s.site_id = d.site_id
    left join demand_supply_mismatch as m
        on m.product_id = d.product_id and m.site_id = d.site_id
    where d.weekly_cv_ratio > 0 and s.lead_time_mean_days > 0
), chosen as (
    select *
    from measured
    order by value_rank > ? or value_rank is null, md5(product_id || ':' || site_id),
        product_id, site_id
    limit ?
)
select p.product_code, l.site_code, c.action, round(c.lead_time_mean_days, 1) as days,
    round(least(c.weekly_cv_ratio, ?), 3) as cv, round(c.value) as value
from chosen as c
join golden_product as p on p.product_id = c.product_id
join golden_location as l on l.site_id = c.site_id
order by c.value desc nulls last, c.product_id, c.site_id
"""
BY_ACTION = """
select action, action_description, count(*) as items,
    count(*) filter (where is_certain) as certain,
    cast(sum(value_at_stake_amount) as double) as value
from demand_supply_mismatch
group by action, action_description
order by value desc, action
"""
LARGEST = """
select p.product_code, p.product_name, l.site_code, m.demand_trait, m.supply_traits,
    m.action_description, cast(m.value_at_stake_amount as double) as value,
    cast(m.value_half_width_amount as double) as half_width, m.stock_now_units, m.stock_after_units
from demand_supply_mismatch as m
join golden_product as p on p.product_id = m.product_id
join golden_location as l on l.site_id = m.site_id
order by m.value_rank
limit ?
"""
Row = dict[str, Any]


def mismatch(release: Release) -> Section | None:
    """Return variability of demand against lead time, actions by value, and the dearest items."""
    if "demand_supply_mismatch" not in release.now.columns:
        return None
    actions = release.now.rows(BY_ACTION)
    currency = release.now.manifest.currency
    items, value = (sum(row[column] for row in actions) for column in ("items", "value"))
    points = release.now.rows(SAMPLE, [LARGEST_KEPT, POINTS, MOST_CV]) if actions else []
    return Section(
        section_id="mismatch",
        title="Where demand and supply do not fit",
        lead=f"{counted(items, 'item')} with demand that is hard to foresee on supply that is "
        f"slow, unsure or rigid: mended, they would cost {amount(value, currency)} less a year.",
        charts=(_chart(points, actions, currency),) if actions else (),
        tables=(_largest(release, items),) if actions else (),
    )


def _chart(points: list[Row], actions: list[Row], currency: str) -> Chart:
    first = actions[0]
    part = first["value"] / sum(row["value"] for row in actions)
    said = first["action_description"]
    return Chart(
        chart_id="mismatch-plane",
        title=f"{share(part)} of the value: {said[0].lower()}{said[1:]}",
        description="Mean lead time (calendar days, log) against the coefficient of variation of "
        f"weekly demand (log). Marked are items whose simulated cost an action lowers; area is "
        f"what it saves in a year. Small dots are others; {POINTS:,} items are drawn at most.",
        specification=_drawing(points, [row["action"] for row in actions], currency),
        table=Table(
            caption="What to do, by value",
            columns=(
                Column(title="Action"),
                Column(title="Items", kind="count"),
                Column(title="Beyond luck", kind="count"),
                Column(title=f"Saved a year, {currency}", kind="amount"),
            ),
            rows=[(r["action_description"], r["items"], r["certain"], r["value"]) for r in actions],
        ),
    )


def _drawing(points: list[Row], actions: list[str], currency: str) -> dict[str, Any]:
    named = [{**row, "action": ACTIONS.get(row["action"], row["action"])} for row in points]
    fitting = [row for row in named if row["action"] is None]
    marked = [row for row in named if row["action"] is not None]
    names = [ACTIONS.get(action, action) for action in actions]
    place, tooltip = _place(), _tooltip()
    dots = plot("fitting").mark_point(filled=True, color=QUIET, opacity=0.25, size=10)
    marks = plot("marked").mark_point(filled=True, opacity=0.7, stroke="white", strokeWidth=0.4)
    count = len(names)
    drawing = alt.layer(
        dots.encode(**place, tooltip=tooltip),
        marks.encode(
            **place,
            color=alt.Color(
                "action:N", title=None, scale=alt.Scale(domain=names, range=KINDS[:count])
            ),
            shape=alt.Shape(
                "action:N", title=None, scale=alt.Scale(domain=names, range=SHAPES[:count])
            ),
            size=alt.Size("value:Q", scale=alt.Scale(range=[20, 520]), legend=None),
            tooltip=[
                *tooltip,
                alt.Tooltip("action:N", title="Action"),
                alt.Tooltip("value:Q", title=f"Saved a year, {currency}", format=",.0f"),
            ],
        ),
    )
    return specification(drawing, height=400, data={"fitting": fitting, "marked": marked})


def _place() -> dict[str, Any]:
    log = alt.Scale(type="log", nice=False, padding=12)
    return {
        "x": alt.X(
            "days:Q",
            scale=log,
            title="mean lead time, calendar days",
            axis=alt.Axis(values=[2, 5, 10, 20, 30, 42, 60, 90, 180], format="~g", grid=False),
        ),
        "y": alt.Y(
            "cv:Q",
            scale=log,
            title="coefficient of variation of weekly demand",
            axis=alt.Axis(values=[0.1, 0.2, 0.5, 1, 2, 5, 10, 20], format="~g", gridColor=GRID),
        ),
    }


def _tooltip() -> list[alt.Tooltip]:
    return [
        alt.Tooltip("product_code:N", title="Product"),
        alt.Tooltip("site_code:N", title="Site"),
        alt.Tooltip("days:Q", title="Lead time, days", format=".0f"),
        alt.Tooltip("cv:Q", title="Variation", format=".2f"),
    ]


def _largest(release: Release, items: int) -> Table:
    rows = release.now.rows(LARGEST, [LISTED])
    currency = release.now.manifest.currency
    return Table(
        caption=f"The {len(rows)} dearest of {counted(items, 'mismatch', 'mismatches')}",
        columns=(
            Column(title="Product", kind="code"),
            Column(title="Name"),
            Column(title="Site", kind="code"),
            Column(title="Demand"),
            Column(title="Supply"),
            Column(title="What to do"),
            Column(title=f"Saved a year, {currency}", kind="amount"),
            Column(title="± by luck", kind="amount"),
            Column(title="Stock now, units", kind="units"),
            Column(title="Stock after, units", kind="units"),
        ),
        rows=[tuple(row.values()) for row in rows],
    )
