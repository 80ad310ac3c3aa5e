"""Stock on hand against what the policy asks for, and the items to act on."""

from __future__ import annotations

from typing import Any

import altair as alt

from serving.report.section import Chart, Column, Release, Section, Table
from serving.report.theme import BLUE, ORANGE, QUIET, plot, specification
from serving.wording import amount, counted, share

LISTED = 12
BY_CELL = """
select coalesce(p.segment_id, 'no policy') as cell, count(*) as items,
    cast(sum(s.stock_value_amount) as double) as stock,
    cast(coalesce(sum(p.policy_stock_value_amount), 0) as double) as policy,
    count(*) filter (where p.is_below_reorder_point) as below,
    sum(p.excess_units * cast(s.unit_cost_amount as double)) as excess
from fct_stock as s
left join policy_reorder as p on p.product_id = s.product_id and p.site_id = s.site_id
group by p.segment_id
order by p.segment_id nulls last
"""
BELOW = """
select g.product_code, g.product_name, l.site_code, p.segment_id,
    p.inventory_position_units, p.reorder_point_units, p.suggested_order_units,
    p.suggested_order_units * cast(s.unit_cost_amount as double) as order_value
from policy_reorder as p
join fct_stock as s on s.product_id = p.product_id and s.site_id = p.site_id
join golden_product as g on g.product_id = p.product_id
join golden_location as l on l.site_id = p.site_id
where p.is_below_reorder_point
order by order_value desc nulls last, p.product_id, p.site_id
limit ?
"""
EXCESS = """
select g.product_code, g.product_name, l.site_code, p.segment_id,
    p.on_hand_units, p.policy_stock_units, p.excess_units,
    p.excess_units * cast(s.unit_cost_amount as double) as excess_value
from policy_reorder as p
join fct_stock as s on s.product_id = p.product_id and s.site_id = p.site_id
join golden_product as g on g.product_id = p.product_id
join golden_location as l on l.site_id = p.site_id
where p.excess_units > 0
order by excess_value desc nulls last, p.product_id, p.site_id
limit ?
"""
ITEM = (
    Column(title="Product", kind="code"),
    Column(title="Name"),
    Column(title="Site", kind="code"),
    Column(title="Cell"),
)
Row = dict[str, Any]


def stock(release: Release) -> Section:
    """Return stock by cell, the orders that the policy suggests, and the largest excess."""
    cells = release.now.rows(BY_CELL)
    currency = release.now.manifest.currency
    below = sum(row["below"] for row in cells)
    excess = sum(row["excess"] or 0 for row in cells)
    return Section(
        section_id="stock",
        title="Stock against policy",
        lead=f"{counted(below, 'item')} below the reorder point; stock above reorder point "
        f"and order quantity is worth {amount(excess, currency)}.",
        charts=(_chart(cells, currency),) if cells else (),
        tables=(_below(release, below), _excess(release)),
    )


def _chart(cells: list[Row], currency: str) -> Chart:
    on_hand = sum(row["stock"] or 0 for row in cells)
    policy = sum(row["policy"] or 0 for row in cells)
    return Chart(
        chart_id="stock-cells",
        title=f"Stock is worth {amount(on_hand, currency)}, {_against(on_hand, policy)} "
        f"{amount(policy, currency)} that the policy asks for",
        description=f"By cell, value in {currency} of stock on hand and of policy stock, which is "
        "safety stock and half an order quantity. A long line is a cell far from its policy; items "
        "without a policy have no target to reach.",
        specification=_drawing(cells, currency),
        table=Table(
            caption="Stock by cell",
            columns=(
                Column(title="Cell"),
                Column(title="Items", kind="count"),
                Column(title=f"Stock on hand, {currency}", kind="amount"),
                Column(title=f"Policy stock, {currency}", kind="amount"),
                Column(title="Items to order", kind="count"),
                Column(title=f"Excess, {currency}", kind="amount"),
            ),
            rows=[tuple(row.values()) for row in cells],
        ),
    )


def _against(on_hand: float, policy: float) -> str:
    if policy <= 0 or on_hand > 2 * policy:
        return f"{on_hand / policy:,.1f} times the" if policy > 0 else "and it is not the"
    return f"{share(abs(on_hand / policy - 1))} {'above' if on_hand >= policy else 'below'} the"


def _drawing(cells: list[Row], currency: str) -> dict[str, Any]:
    roles = {"on hand": "stock", "policy": "policy"}
    points = [
        {"cell": row["cell"], "role": role, "value": row[column] or 0.0}
        for row in cells
        for role, column in roles.items()
    ]
    order = [row["cell"] for row in cells]
    y = alt.Y(
        "cell:N",
        sort=order,
        title=None,
        axis=alt.Axis(domain=False, ticks=False, grid=True, labelPadding=10),
    )
    span = plot("cells").mark_rule(color=QUIET, strokeWidth=2)
    marks = plot("points").mark_point(filled=True, size=110, opacity=1)
    names = list(roles)
    drawing = alt.layer(
        span.encode(y=y, x="stock:Q", x2="policy:Q"),
        marks.encode(
            y=y,
            x=alt.X("value:Q", title=f"value, {currency}", axis=alt.Axis(format="~s", tickCount=8)),
            color=alt.Color(
                "role:N", title=None, scale=alt.Scale(domain=names, range=[BLUE, ORANGE])
            ),
            shape=alt.Shape(
                "role:N", title=None, scale=alt.Scale(domain=names, range=["circle", "diamond"])
            ),
            tooltip=[
                alt.Tooltip("cell:N", title="Cell"),
                alt.Tooltip("role:N", title="Stock"),
                alt.Tooltip("value:Q", title=currency, format=",.0f"),
            ],
        ),
    )
    return specification(drawing, height=28 * len(cells), data={"cells": cells, "points": points})


def _below(release: Release, below: int) -> Table:
    rows = release.now.rows(BELOW, [LISTED])
    return Table(
        caption=f"To order: the {len(rows)} largest of {counted(below, 'suggested order')}",
        columns=(
            *ITEM,
            Column(title="Position, units", kind="units"),
            Column(title="Reorder point, units", kind="units"),
            Column(title="Suggested order, units", kind="units"),
            Column(title=f"Order value, {release.now.manifest.currency}", kind="amount"),
        ),
        rows=[tuple(row.values()) for row in rows],
        if_empty="No item has come down to its reorder point.",
    )


def _excess(release: Release) -> Table:
    rows = release.now.rows(EXCESS, [LISTED])
    return Table(
        caption=f"To use up: the {len(rows)} items with most excess",
        columns=(
            *ITEM,
            Column(title="On hand, units", kind="units"),
            Column(title="Policy stock, units", kind="units"),
            Column(title="Excess, units", kind="units"),
            Column(title=f"Excess value, {release.now.manifest.currency}", kind="amount"),
        ),
        rows=[tuple(row.values()) for row in rows],
        if_empty="No item has excess stock.",
    )
