"""The trees that customers hang in: who earns how much by view, and where views disagree."""

from __future__ import annotations

from typing import Any

import altair as alt

from serving.report.section import Chart, Column, Release, Section, Table
from serving.report.theme import GRID, INK, KINDS, QUIET, plot, specification
from serving.wording import amount, counted, share

LISTED = 10
TOPS = 2  # levels that are drawn
UNASSIGNED = "unassigned"
LABELLED = 0.09  # share of the whole from which a box is wide enough for its name
# Of each top in turn: itself with white letters, and the nodes below it with dark ones.
TINTS = ((KINDS[0], "#d3e3ef"), (KINDS[1], "#f6dccb"), (KINDS[2], "#cfe8df"), (KINDS[3], "#ecd9e9"))
# Twelve months by each view's two upper levels, as the trees stand today.
REVENUE = """
with sold as (
    select l.customer_id, sum(l.revenue_amount) as revenue
    from fct_order_line as l cross join publish_manifest as m
    where not l.is_cancelled and l.order_date <= m.as_of_date
        and l.order_date > m.as_of_date - interval 12 month
    group by l.customer_id
),
paths as (
    select h.view_name, h.customer_id,
        min(h.node_name) filter (where h.level_number = 1) as top_name,
        min(h.node_name) filter (where h.level_number = 2) as second_name
    from hier_customer as h
    where h.valid_to is null and h.level_number <= ?
    group by h.view_name, h.customer_id
)
select p.view_name, p.top_name, coalesce(p.second_name, p.top_name) as node_name,
    count(*) as customers, cast(coalesce(sum(s.revenue), 0) as double) as revenue
from paths as p left join sold as s using (customer_id)
group by p.view_name, p.top_name, coalesce(p.second_name, p.top_name)
order by p.view_name, p.top_name = 'unassigned',
    sum(sum(s.revenue)) over (partition by p.view_name, p.top_name) desc nulls last, p.top_name,
    revenue desc, node_name
"""
DISAGREEMENTS = """
select d.object_type, coalesce(c.customer_name, p.product_name, d.object_id) as object_name,
    d.kind, d.view_name, d.other_view_name, d.node_key, d.other_node_key, d.settled_by,
    d.standing_node_id, cast(d.value_at_stake_amount as double) as at_stake
from hier_disagreement as d
left join golden_customer as c on d.object_type = 'customer' and c.customer_id = d.object_id
left join golden_product as p on d.object_type = 'product' and p.product_id = d.object_id
order by d.settled_by is not null, at_stake desc, d.object_type, d.object_id, d.view_name,
    d.node_key, d.other_node_key
"""
AGREEMENT = """
select function_name, other_function_name, customer_count, agreed_count, kappa_ratio
from taxonomy_agreement order by kappa_ratio nulls last, function_name, other_function_name
"""
Row = dict[str, Any]


def hierarchies(release: Release) -> Section | None:
    """Return revenue by view, the disagreements by value, and how functions classify alike."""
    nodes = release.now.rows(REVENUE, [TOPS])
    found = release.now.rows(DISAGREEMENTS)
    if not nodes and not found:
        return None
    currency = release.now.manifest.currency
    still_open = [row for row in found if row["settled_by"] is None]
    at_stake = sum(row["at_stake"] for row in still_open)
    return Section(
        section_id="hierarchies",
        title="Customers and products in trees",
        lead=f"{counted(len(found), 'disagreement')} about where something hangs: "
        f"{len(found) - len(still_open):,} settled by rule, {len(still_open):,} open, on which "
        f"{amount(at_stake, currency)} of twelve months hang. What is open stays where it was.",
        charts=(_revenue(nodes, currency),) if nodes else (),
        tables=(_open(still_open, currency),),
        folded=tuple(_folded(release, found, currency)),
    )


def _revenue(nodes: list[Row], currency: str) -> Chart:
    views = list(dict.fromkeys(row["view_name"] for row in nodes))
    totals = {view: sum(r["revenue"] for r in nodes if r["view_name"] == view) for view in views}
    total = max(totals.values())
    return Chart(
        chart_id="hierarchies-views",
        title=f"{_each(views)} adds up to the same {amount(total, currency)}",
        description=f"Revenue of twelve months in {currency} by the two upper levels of each "
        "view, as the trees stand today. Whom a view does not place is unassigned in it.",
        specification=_drawing(nodes, views, totals, currency),
        table=Table(
            caption="Revenue by view and node",
            columns=(
                Column(title="View"),
                Column(title="Top"),
                Column(title="Node"),
                Column(title="Customers", kind="count"),
                Column(title=f"Revenue, {currency}", kind="amount"),
            ),
            rows=[tuple(row.values()) for row in nodes],
        ),
    )


def _each(views: list[str]) -> str:
    names = [view.capitalize() if at == 0 else view for at, view in enumerate(views)]
    if len(names) == 1:
        return names[0]
    return f"Each of {', '.join(names[:-1]).lower()} and {names[-1]}"


def _drawing(
    nodes: list[Row], views: list[str], totals: dict[str, float], currency: str
) -> dict[str, Any]:
    boxes = [box for view in views for box in _boxes(nodes, view, totals[view])]
    y = alt.Y("view:N", sort=views, title=None, axis=alt.Axis(domain=False, ticks=False))
    level = alt.YOffset("level:N", sort=["top", "node"])
    bars = plot("boxes").mark_bar(stroke="white", strokeWidth=2)
    labels = plot("boxes").mark_text(fontSize=11, limit=130)
    drawing = alt.layer(
        bars.encode(
            y=y,
            yOffset=level,
            x=alt.X("from:Q", title=f"revenue, {currency}", axis=alt.Axis(format="~s")),
            x2="to:Q",
            color=alt.Color("colour:N", scale=None),
            tooltip=[
                alt.Tooltip("view:N", title="View"),
                alt.Tooltip("node:N", title="Node"),
                alt.Tooltip("customers:Q", title="Customers", format=","),
                alt.Tooltip("revenue:Q", title=currency, format=",.0f"),
            ],
        ),
        labels.encode(
            y=y, yOffset=level, x="middle:Q", text="label:N", color=alt.Color("ink:N", scale=None)
        ),
    )
    return specification(drawing, height=84 * len(views), data={"boxes": boxes})


def _boxes(nodes: list[Row], view: str, total: float) -> list[Row]:
    """Return a view's nodes side by side, and above them the tops that they stand under."""
    mine = [row for row in nodes if row["view_name"] == view]
    tops = list(dict.fromkeys(row["top_name"] for row in mine))
    shades = {top: TINTS[at % len(TINTS)] for at, top in enumerate(tops)}
    shades[UNASSIGNED] = (QUIET, GRID)
    boxes: list[Row] = []
    for top in tops:
        below = [row for row in mine if row["top_name"] == top]
        first = boxes[-1]["to"] if boxes else 0.0
        dark, light = shades[top]
        at = first
        for row in below:
            boxes.append(_box(view, "node", row["node_name"], at, [row], total, light, INK))
            at = boxes[-1]["to"]
        boxes.append(_box(view, "top", top, first, below, total, dark, "white"))
    return boxes


def _box(
    view: str, level: str, name: str, at: float, rows: list[Row], total: float, fill: str, ink: str
) -> Row:
    revenue = sum(row["revenue"] for row in rows)
    width = max(revenue, 0.0)
    return {
        "view": view,
        "level": level,
        "node": name,
        "from": at,
        "to": at + width,
        "middle": at + width / 2,
        "label": name if total > 0 and width > LABELLED * total else "",
        "colour": fill,
        "ink": ink,
        "revenue": revenue,
        "customers": sum(row["customers"] for row in rows),
    }


def _open(still_open: list[Row], currency: str) -> Table:
    shown = f", the {LISTED} worth most" if len(still_open) > LISTED else ""
    return Table(
        caption=f"Asked of whoever answers for it{shown}",
        columns=_columns(currency),
        rows=[_values(row) for row in still_open[:LISTED]],
        if_empty="Every disagreement is settled.",
    )


def _columns(currency: str) -> tuple[Column, ...]:
    return (
        Column(title="What"),
        Column(title="Where"),
        Column(title="One node", kind="code"),
        Column(title="The other", kind="code"),
        Column(title="In force", kind="code"),
        Column(title="Settled by", kind="code"),
        Column(title=f"At stake, {currency}", kind="amount"),
    )


def _values(row: Row) -> tuple[object, ...]:
    same = row["view_name"] == row["other_view_name"]
    where = row["view_name"] if same else f"{row['view_name']}, {row['other_view_name']}"
    return (
        row["object_name"],
        where,
        row["node_key"].split(":", 1)[-1],
        row["other_node_key"].split(":", 1)[-1],
        row["standing_node_id"],
        row["settled_by"],
        row["at_stake"],
    )


def _folded(release: Release, found: list[Row], currency: str) -> list[Table]:
    settled = [row for row in found if row["settled_by"] is not None]
    tables = []
    if settled:
        tables.append(
            Table(
                caption=f"{counted(len(settled), 'disagreement')} that a rule has settled",
                columns=_columns(currency),
                rows=[_values(row) for row in settled],
            )
        )
    functions = release.now.rows(AGREEMENT)
    if functions:
        least = functions[0]
        tables.append(
            Table(
                caption=f"How far functions classify customers alike: {least['function_name']} and "
                f"{least['other_function_name']} least, "
                f"{share(least['agreed_count'] / least['customer_count'])} alike",
                columns=(
                    Column(title="Function"),
                    Column(title="Other function"),
                    Column(title="Customers", kind="count"),
                    Column(title="Alike", kind="count"),
                    Column(title="Kappa (Cohen)", kind="ratio"),
                ),
                rows=[tuple(row.values()) for row in functions],
            )
        )
    return tables
