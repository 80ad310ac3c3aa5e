"""What the night's own data say of the choice of a scheme: axis, driver, number of segments."""

from __future__ import annotations

from typing import Any

import altair as alt

from serving.report.section import Chart, Column, Release, Section, Table
from serving.report.theme import BLUE, INK, ORANGE, plot, specification
from serving.wording import amount, share

AXES = """
select business_unit, verdict, axis, score_ratio, chosen_rate
from axis_selection_report
where fact = '(all)' and is_best
order by business_unit = '(all)' desc, business_unit
"""
DRIVERS = """
select driver, cast(policy_cost_amount as double) as cost,
    cast(financial_effect_amount as double) as effect,
    cast(effect_half_width_amount as double) as half_width, year_before_kept_rate as kept,
    cast(equal_service_holding_amount as double) as holding,
    is_declared, is_winner, coalesce(is_certain, false) as is_certain,
    cast(lot_cost_amount as double) as lot
from driver_comparison
where policy_cost_amount is not null
order by cost, driver
"""
COUNTS = """
select segment_count as segments, cast(fitted_cost_amount as double) as fitted,
    cast(later_cost_amount as double) as later, benefit_rate, enough_rate, is_advised
from segment_count_frontier order by segment_count
"""
WORDS = {
    "revenue": "revenue",
    "margin": "margin",
    "volume": "units sold",
    "risk": "risk of supply",
    "blend": "the declared blend",
    "economic": "shortage cost against holding cost",
}
YEARS = {"fitted": "the year of the fit", "later": "the year after"}
LISTED = ("segments", "fitted", "later", "benefit_rate", "enough_rate")
Row = dict[str, Any]


def choice(release: Release) -> Section | None:
    """Return cost by number of segments, drivers by cost, and axes; None without any of them."""
    if "segment_count_frontier" not in release.now.columns:
        return None
    counts, drivers = release.now.rows(COUNTS), release.now.rows(DRIVERS)
    axes = release.now.rows(AXES)
    if not (counts or drivers or axes):
        return None
    currency = release.now.manifest.currency
    tables = [_drivers(drivers, currency)] if drivers else []
    return Section(
        section_id="choice",
        title="Choosing a scheme",
        lead=" ".join([*_axis_said(axes), *_driver_said(drivers, currency)]),
        charts=(_chart(counts, currency),) if counts else (),
        tables=(*tables, _axes(axes)) if axes else tuple(tables),
    )


def _axis_said(axes: list[Row]) -> list[str]:
    """Return what the evidence of the whole company says of the axis."""
    said = {
        "matrix": "No single axis explains what order lines show: a matrix does better.",
        "none": "Nothing that was tried explains what order lines show.",
    }
    of_all = [row for row in axes if row["business_unit"] == "(all)"]
    return [
        said.get(
            row["verdict"],
            f"What order lines show is explained best by {row['axis']}: first in "
            f"{share(row['chosen_rate'])} of the draws.",
        )
        for row in of_all
    ]


def _driver_said(drivers: list[Row], currency: str) -> list[str]:
    """Return which driver costs least, and whether that is more than luck."""
    best = next((row for row in drivers if row["is_winner"]), None)
    declared = next((row for row in drivers if row["is_declared"]), None)
    if best is None or declared is None:
        return []
    if best is declared:
        return [f"Of all drivers the declared one, {WORDS[best['driver']]}, costs least."]
    saved = amount(-best["effect"], currency)
    luck = "" if best["is_certain"] else ", which may be luck"
    return [
        f"Classing by {WORDS[best['driver']]} would cost {saved} a year less in stock and "
        f"shortages than by {WORDS[declared['driver']]}{luck}."
    ]


def _chart(counts: list[Row], currency: str) -> Chart:
    advised = next(row for row in counts if row["is_advised"])
    number = advised["segments"]
    title = (
        "One stock policy for all: on the year after, more gain nothing"
        if number == 1
        else f"Beyond {number} stock policies, the year after gains nothing"
    )
    return Chart(
        chart_id="segment-count",
        title=title,
        description=f"Yearly cost of stock and shortages in {currency} with one policy for each "
        "segment, by the number of segments: on the year that policies are fitted on, and on the "
        "year after. Marked is the smallest number within a standard error of the best; so many or "
        f"fewer are enough in {share(advised['enough_rate'])} of the draws of items.",
        specification=_drawing(counts, currency),
        table=Table(
            caption=title,
            columns=(
                Column(title="Segments", kind="count"),
                Column(title=f"Year of the fit, {currency}", kind="amount"),
                Column(title=f"Year after, {currency}", kind="amount"),
                Column(title="Of the saving kept", kind="share"),
                Column(title="Enough in so many draws", kind="share"),
            ),
            rows=[
                tuple(
                    row[c] for c in ("segments", "fitted", "later", "benefit_rate", "enough_rate")
                )
                for row in counts
            ],
        ),
    )


def _drawing(counts: list[Row], currency: str) -> dict[str, Any]:
    points = [
        {"segments": row["segments"], "year": words, "cost": row[column]}
        for row in counts
        for column, words in YEARS.items()
    ]
    advised = [{"segments": r["segments"], "cost": r["later"]} for r in counts if r["is_advised"]]
    x = alt.X("segments:Q", title="segments", axis=alt.Axis(tickMinStep=1, format="d", grid=False))
    y = alt.Y(
        "cost:Q",
        title=f"{currency} a year",
        scale=alt.Scale(zero=False),
        axis=alt.Axis(format="~s"),
    )
    colors = alt.Scale(domain=list(YEARS.values()), range=[BLUE, ORANGE])
    lines = plot("points").mark_line(point=True, strokeWidth=2)
    ring = plot("advised").mark_point(size=220, color=INK, strokeWidth=2)
    drawing = alt.layer(
        lines.encode(
            x=x,
            y=y,
            color=alt.Color("year:N", title=None, scale=colors),
            tooltip=[
                alt.Tooltip("segments:Q", title="Segments"),
                alt.Tooltip("year:N", title="On"),
                alt.Tooltip("cost:Q", title="Cost a year", format=",.0f"),
            ],
        ),
        ring.encode(x=x, y=y),
    )
    return specification(drawing, height=280, data={"points": points, "advised": advised})


def _drivers(drivers: list[Row], currency: str) -> Table:
    lot = drivers[0]["lot"]
    return Table(
        caption=f"Drivers by cost of stock and shortages; classes by lot cost "
        f"{amount(lot, currency)}",
        columns=(
            Column(title="Driver"),
            Column(title=f"Cost a year, {currency}", kind="amount"),
            Column(title="More than the declared one", kind="amount"),
            Column(title="± by luck", kind="amount"),
            Column(title="Safety stock at equal service", kind="amount"),
            Column(title="In the class of the year before", kind="share"),
        ),
        rows=[
            (
                WORDS[row["driver"]] + (" (declared)" if row["is_declared"] else ""),
                *(row[column] for column in ("cost", "effect", "half_width", "holding", "kept")),
            )
            for row in drivers
        ],
    )


def _axes(axes: list[Row]) -> Table:
    return Table(
        caption="What to segment along, by business unit",
        columns=(
            Column(title="Business unit"),
            Column(title="Verdict"),
            Column(title="Explains most"),
            Column(title="Variance explained beyond doubt", kind="share"),
            Column(title="First in so many draws", kind="share"),
        ),
        rows=[
            (
                "whole company" if row["business_unit"] == "(all)" else row["business_unit"],
                *(row[column] for column in ("verdict", "axis", "score_ratio", "chosen_rate")),
            )
            for row in axes
        ],
    )
