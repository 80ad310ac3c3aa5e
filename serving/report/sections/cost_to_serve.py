"""From list price to pocket margin, who earns it, and where the cost pools went."""

from __future__ import annotations

from typing import Any

import altair as alt

from serving.report.section import Chart, Column, Release, Section, Table
from serving.report.theme import BLUE, INK, ORANGE, QUIET, plot, specification
from serving.wording import amount, counted, share

POINTS = 400
LISTED = 10
# Steps of the waterfall: column, and the words for it. Sums stand from zero, steps hang between.
SUMS = {
    "list_amount": "list price",
    "revenue_amount": "invoiced",
    "pocket_margin_amount": "pocket margin",
}
STEPS = {
    "list_amount": "list price",
    "discount_amount": "discounts",
    "revenue_amount": "invoiced",
    "rebate_amount": "rebates",
    "cost_of_goods_amount": "cost of goods",
    "freight_amount": "freight",
    "order_processing_amount": "order processing",
    "handling_amount": "handling",
    "returns_handling_amount": "returns",
    "credit_amount": "credit",
    "premium_freight_amount": "premium freight",
    "special_handling_amount": "special handling",
    "dedicated_stock_amount": "dedicated stock",
    "pocket_margin_amount": "pocket margin",
}
TOTALS = f"""
select count(*) as customers, {", ".join(f"cast(sum({c}) as double) as {c}" for c in STEPS)},
    cast(sum(cost_to_serve_amount) as double) as cost_to_serve_amount
from whale_curve
"""
CURVE = """
select position_count as position, customer_share_rate as customers,
    cast(cumulated_pocket_margin_amount as double) as cumulated, is_peak
from whale_curve order by position_count
"""
POOLS = """
select pool_id, cast(sum(allocated_amount + idle_amount + unallocated_amount) as double) as cost,
    cast(sum(allocated_amount) as double) as charged, cast(sum(idle_amount) as double) as idle,
    cast(sum(unallocated_amount) as double) as unallocated,
    max(excess_units) > 0 as is_over
from activity_cost_allocation group by pool_id order by cost desc, pool_id
"""
LAST = """
select c.customer_name, w.costed_line_count, w.revenue_amount, w.cost_to_serve_amount,
    w.pocket_margin_amount
from whale_curve as w join golden_customer as c using (customer_id)
order by w.position_count desc limit ?
"""
Row = dict[str, Any]


def cost_to_serve(release: Release) -> Section | None:
    """Return waterfall, whale curve and pools; None where no order line is costed."""
    if "whale_curve" not in release.now.columns:
        return None
    (totals,) = release.now.rows(TOTALS)
    if not totals["customers"]:
        return None
    currency = release.now.manifest.currency
    pools = release.now.rows(POOLS)
    idle, cost = sum(row["idle"] for row in pools), sum(row["cost"] for row in pools)
    return Section(
        section_id="cost-to-serve",
        title="Cost to serve",
        lead=f"Serving {counted(totals['customers'], 'customer')} costs "
        f"{amount(totals['cost_to_serve_amount'], currency)} beside the goods. Capacity worth "
        f"{amount(idle, currency)} of pools of {amount(cost, currency)} was idle, and nobody is "
        "charged for it.",
        charts=(_waterfall(totals, currency), _whale(release, currency)),
        tables=(_pools(pools, currency), _last(release, currency)),
    )


def _waterfall(totals: Row, currency: str) -> Chart:
    steps = _steps(totals)
    kept = totals["pocket_margin_amount"] / totals["list_amount"] if totals["list_amount"] else 0.0
    title = (
        f"Of {amount(totals['list_amount'], currency)} at list price, "
        f"{amount(totals['pocket_margin_amount'], currency)} ({share(kept)}) is pocket margin"
    )
    return Chart(
        chart_id="pocket-waterfall",
        title=title,
        description=f"From list price to pocket margin of all costed order lines, in {currency}: "
        "sums from zero, and between them what each element takes away. Returns are taken off.",
        specification=_waterfall_drawing(steps, currency),
        table=Table(
            caption=title,
            columns=(
                Column(title="Element"),
                Column(title=f"Amount, {currency}", kind="amount"),
                Column(title="Share of list price", kind="share"),
            ),
            rows=[
                (row["step"], row["amount"], row["amount"] / (totals["list_amount"] or 1))
                for row in steps
            ],
        ),
    )


def _steps(totals: Row) -> list[Row]:
    """Return where each step begins and ends; a step that is nothing is left out."""
    found: list[Row] = []
    level = 0.0
    for column, words in STEPS.items():
        value = totals[column] or 0.0
        if column in SUMS:
            low, high, level = 0.0, value, value
        else:
            low, high, level = level - value, level, level - value
        if value or column in SUMS:
            kind = "sum" if column in SUMS else "step"
            row = {"step": words, "low": low, "high": high, "kind": kind, "amount": value}
            found.append(row | {"label": amount(value if column in SUMS else -value)})
    return found


def _waterfall_drawing(steps: list[Row], currency: str) -> dict[str, Any]:
    y = alt.Y(
        "step:N",
        sort=[row["step"] for row in steps],
        title=None,
        axis=alt.Axis(domain=False, ticks=False, labelPadding=8),
    )
    x = alt.X("low:Q", title=currency, axis=alt.Axis(format="~s", tickCount=8))
    color = alt.Color(
        "kind:N",
        scale=alt.Scale(domain=["sum", "step"], range=[BLUE, ORANGE]),
        legend=None,
    )
    bars = plot("steps").mark_bar(height={"band": 0.7})
    label = plot("steps").mark_text(align="left", dx=6, color=INK)
    drawing = alt.layer(
        bars.encode(y=y, x=x, x2="high:Q", color=color),
        label.encode(y=y, x="high:Q", text="label:N"),
    )
    return specification(drawing, height=26 * len(steps), data={"steps": steps})


def _whale(release: Release, currency: str) -> Chart:
    rows = release.now.rows(CURVE)
    peak = next(row for row in rows if row["is_peak"])
    end = rows[-1]["cumulated"]
    losers = len(rows) - peak["position"]
    title = _finding(peak, losers, end, currency)
    return Chart(
        chart_id="whale-curve",
        title=title,
        description=f"Pocket margin in {currency}, cumulated over customers, the most profitable "
        "first. Where the curve falls, serving costs more than is earned.",
        specification=_whale_drawing(rows, peak, currency),
        table=Table(
            caption=title,
            columns=(
                Column(title="Customers"),
                Column(title="Number", kind="count"),
                Column(title=f"Pocket margin, {currency}", kind="amount"),
            ),
            rows=[
                ("up to the peak", peak["position"], peak["cumulated"]),
                ("behind it", losers, end - peak["cumulated"]),
                ("all", len(rows), end),
            ],
        ),
    )


def _finding(peak: Row, losers: int, end: float, currency: str) -> str:
    """Return what the curve says, in a sentence."""
    if peak["cumulated"] <= 0:
        return f"No customer earns anything; together they cost {amount(-end, currency)}"
    if not losers:
        return f"No customer takes away from the {amount(end, currency)} that all earn"
    lost = amount(peak["cumulated"] - end, currency)
    earned = amount(peak["cumulated"], currency)
    first = counted(peak["position"], "customer")
    return f"{first} earn {earned}; the other {losers:,} take {lost} of it away"


def _whale_drawing(rows: list[Row], peak: Row, currency: str) -> dict[str, Any]:
    step = max(1, len(rows) // POINTS)
    last = len(rows) - 1
    kept = [row for at, row in enumerate(rows) if at % step == 0 or row["is_peak"] or at == last]
    points = [{"customers": 0.0, "cumulated": 0.0}, *kept]
    x = alt.X(
        "customers:Q",
        title="share of customers, most profitable first",
        axis=alt.Axis(format=".0%", tickCount=6),
        scale=alt.Scale(domain=[0, 1]),
    )
    lowest = min(0.0, *(row["cumulated"] for row in rows))
    y = alt.Y(
        "cumulated:Q",
        title=f"cumulated pocket margin, {currency}",
        axis=alt.Axis(format="~s", tickCount=6),
        scale=alt.Scale(domain=[lowest, max(peak["cumulated"], 0.0) * 1.08], nice=False),
    )
    top = plot("peak")
    drawing = alt.layer(
        plot("points").mark_area(opacity=0.13, color=BLUE).encode(x=x, y=y),
        plot("points").mark_line(strokeWidth=3, color=BLUE).encode(x=x, y=y),
        top.mark_rule(color=QUIET, strokeDash=[4, 3]).encode(x="customers:Q"),
        top.mark_point(filled=True, size=110, color=ORANGE, opacity=1).encode(x=x, y=y),
    )
    return specification(drawing, height=320, data={"points": points, "peak": [peak]})


def _pools(pools: list[Row], currency: str) -> Table:
    columns = ("Cost", "Charged to lines", "Idle", "Unallocated")
    return Table(
        caption="Where each pool of cost went",
        columns=(
            Column(title="Pool", kind="code"),
            *(Column(title=f"{name}, {currency}", kind="amount") for name in columns),
            Column(title="Used beyond capacity"),
        ),
        rows=[tuple(row.values()) for row in pools],
    )


def _last(release: Release, currency: str) -> Table:
    rows = release.now.rows(LAST, [LISTED])
    return Table(
        caption=f"The {len(rows)} customers at the end of the curve",
        columns=(
            Column(title="Customer"),
            Column(title="Order lines", kind="count"),
            Column(title=f"Invoiced, {currency}", kind="amount"),
            Column(title=f"Cost to serve, {currency}", kind="amount"),
            Column(title=f"Pocket margin, {currency}", kind="amount"),
        ),
        rows=[tuple(row.values()) for row in rows],
    )
