"""Demand patterns: how often items sell, and how much the size of a demand varies."""

from __future__ import annotations

from typing import Any

import altair as alt

from models.segmentation.methods.demand_pattern import PATTERNS
from serving.report.section import Chart, Column, Release, Section, Table
from serving.report.theme import KINDS, QUIET, SHAPES, plot, specification
from serving.schemes import Scheme, schemes_of_kind
from serving.wording import counted, share

POINTS = 3_000
LARGEST_KEPT = 500
SMALLEST_CV2 = 0.01  # a log axis has no zero: items that always sell the same size stand here

# The items with most value always stay; of the rest, an order by hash takes an even sample that
# is the same each time.
SAMPLE = """
with measured as (
    select d.product_id, d.site_id, d.adi_ratio, d.cv2_ratio, d.syntetos_boylan_class,
        cast(v.revenue_12m_amount as double) as revenue,
        row_number() over (
            order by v.revenue_12m_amount desc nulls last, d.product_id, d.site_id
        ) as value_rank
    from feat_demand_profile as d
    join feat_item_value as v on v.product_id = d.product_id and v.site_id = d.site_id
    where d.adi_ratio is not null and d.cv2_ratio is not null
), chosen as (
    select *
    from measured
    order by value_rank > ?, md5(product_id || ':' || site_id), product_id, site_id
    limit ?
)
select c.product_id, c.site_id, p.product_code, l.site_code, c.syntetos_boylan_class as pattern,
    round(c.adi_ratio, 3) as adi, round(greatest(c.cv2_ratio, ?), 4) as cv2,
    round(greatest(c.revenue, 0)) as revenue
from chosen as c
join golden_product as p on p.product_id = c.product_id
join golden_location as l on l.site_id = c.site_id
order by c.revenue desc nulls last, c.product_id, c.site_id
"""
BY_CLASS = """
select d.syntetos_boylan_class as pattern, count(*) as items,
    cast(sum(v.revenue_12m_amount) as double) as revenue,
    cast(sum(v.stock_value_amount) as double) as stock
from feat_demand_profile as d
join feat_item_value as v on v.product_id = d.product_id and v.site_id = d.site_id
group by d.syntetos_boylan_class
order by items desc, pattern
"""
Row = dict[str, Any]


def demand_plane(release: Release) -> Section:
    """Return the plane of average demand interval and squared variation of demand sizes."""
    classes = release.now.rows(BY_CLASS)
    points = release.now.rows(SAMPLE, [LARGEST_KEPT, POINTS, SMALLEST_CV2])
    return Section(
        section_id="patterns",
        title="Demand patterns",
        lead="To the right, weeks without demand lie between sales; further up, the sizes of the "
        "sales vary more. Up and to the right, a forecast by average misleads.",
        charts=(_chart(release, points, classes),) if points else (),
    )


def _chart(release: Release, points: list[Row], classes: list[Row]) -> Chart:
    adi_cut, cv2_cut = _cuts(schemes_of_kind(release.now, "demand_pattern"))
    every = sum(row["items"] for row in classes)
    easy, hard = (
        sum(row["items"] for row in classes if row["pattern"] == pattern)
        for pattern in ("smooth", "lumpy")
    )
    placed = sum(row["items"] for row in classes if row["pattern"] != "undefined")
    title = (
        f"{share(easy / placed)} of the items with a pattern sell smoothly; "
        f"{share(hard / placed)} are lumpy, the hardest to forecast"
    )
    currency = release.now.manifest.currency
    return Chart(
        chart_id="patterns-plane",
        title=title,
        description=f"Average demand interval (weeks, log) against squared coefficient of "
        f"variation of demand sizes (log), cut at {adi_cut:g} and {cv2_cut:g}. "
        f"{_drawn(len(points), placed)}; area is 12-month revenue. Variation below {SMALLEST_CV2} "
        f"is drawn at {SMALLEST_CV2}.",
        specification=_drawing(points, adi_cut, cv2_cut, currency),
        table=Table(
            caption="Items by demand pattern",
            columns=(
                Column(title="Pattern"),
                Column(title="Items", kind="count"),
                Column(title="Share of items", kind="share"),
                Column(title=f"12-month revenue, {currency}", kind="amount"),
                Column(title=f"Stock value, {currency}", kind="amount"),
            ),
            rows=[
                (r["pattern"], r["items"], r["items"] / every, r["revenue"], r["stock"])
                for r in classes
            ],
        ),
    )


def _drawn(points: int, placed: int) -> str:
    if points >= placed:
        return f"All {counted(placed, 'item')} with a pattern are drawn"
    return (
        f"{points:,} of {counted(placed, 'item')} with a pattern are drawn, the "
        f"{LARGEST_KEPT} with most revenue among them"
    )


def _cuts(found: list[Scheme]) -> tuple[float, float]:
    """Return the cuts in force, else those of Syntetos, Boylan and Croston (2005)."""
    method = found[0].method if found else {}
    return float(method.get("adi_cut", 1.32)), float(method.get("cv2_cut", 0.49))


def _drawing(points: list[Row], adi_cut: float, cv2_cut: float, currency: str) -> dict[str, Any]:
    log = alt.Scale(type="log", nice=False, padding=12)
    colors = alt.Scale(domain=list(PATTERNS), range=KINDS[: len(PATTERNS)])
    shapes = alt.Scale(domain=list(PATTERNS), range=SHAPES[: len(PATTERNS)])
    interval = _axis(1, 2, 3, 5, 10, 20, 50, adi_cut)
    variation = _axis(0.01, 0.05, 0.1, 1, 2, 5, 10, cv2_cut)
    dots = plot("points").mark_point(filled=True, opacity=0.62, stroke="white", strokeWidth=0.4)
    rule = plot("cuts").mark_rule(color=QUIET, strokeDash=[5, 4])
    drawing = alt.layer(
        dots.encode(
            x=alt.X("adi:Q", scale=log, title="average demand interval, weeks", axis=interval),
            y=alt.Y("cv2:Q", scale=log, title="CV² of demand sizes", axis=variation),
            color=alt.Color("pattern:N", title=None, scale=colors),
            shape=alt.Shape("pattern:N", title=None, scale=shapes),
            size=alt.Size("revenue:Q", scale=alt.Scale(range=[18, 520]), legend=None),
            tooltip=[
                alt.Tooltip("product_code:N", title="Product"),
                alt.Tooltip("site_code:N", title="Site"),
                alt.Tooltip("pattern:N", title="Pattern"),
                alt.Tooltip("adi:Q", title="Interval, weeks", format=".2f"),
                alt.Tooltip("cv2:Q", title="CV²", format=".2f"),
                alt.Tooltip("revenue:Q", title=f"12-month revenue, {currency}", format=",.0f"),
            ],
        ),
        rule.encode(x="adi:Q"),
        rule.encode(y="cv2:Q"),
    )
    cuts = [{"adi": adi_cut, "cv2": cv2_cut}]
    return specification(drawing, height=430, data={"points": points, "cuts": cuts})


def _axis(*ticks: float) -> alt.Axis:
    return alt.Axis(values=sorted(ticks), format="~g", grid=False)
