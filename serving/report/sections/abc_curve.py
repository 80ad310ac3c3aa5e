"""Concentration: how few items carry how much, and where the classes are cut."""

from __future__ import annotations

from typing import Any

import altair as alt
import polars as pl

from serving.report.section import Chart, Column, Release, Section, Table
from serving.report.theme import INK, QUIET, RANKS, plot, specification
from serving.schemes import Scheme, schemes_of_kind
from serving.wording import counted, share, spoken

POINTS = 400
MIXED = (
    " Near the cuts some items are in the class beside: by an overlay, an exception, or because "
    "classes hold still. Classes are drawn as wide as they are."
)
RANKED = """
select a.segment_id, cast(greatest(v."{measure}", 0) as double) as amount
from segment_assignment as a
join feat_item_value as v on v.product_id = a.product_id and v.site_id = a.site_id
where a.scheme_id = ?
order by v."{measure}" desc nulls last, a.product_id, a.site_id
"""


def abc_curve(release: Release) -> Section | None:
    """Return the curve of each scheme that cuts by cumulative share; None without such a scheme."""
    charts = [
        chart
        for scheme in schemes_of_kind(release.now, "pareto_share")
        if (chart := _curve(release, scheme)) is not None
    ]
    if not charts:
        return None
    return Section(
        section_id="concentration",
        title="Concentration",
        lead="Items in order of value. The steeper the start, the more depends on few items; the "
        "item that crosses a cut stays in the upper class.",
        charts=tuple(charts),
    )


def _curve(release: Release, scheme: Scheme) -> Chart | None:
    measure = scheme.method["measure"]
    if scheme.method.get("within"):  # each group has cuts of its own: one curve would mislead
        return None
    if measure not in release.now.columns["feat_item_value"]:
        return None
    every = release.now.query(RANKED.format(measure=measure), [scheme.scheme_id])
    ranked = every.filter(pl.col("segment_id").is_in(scheme.segments))
    if ranked.height == 0 or ranked["amount"].sum() <= 0:
        return None
    ranked = ranked.with_columns(
        item_share=pl.int_range(1, pl.len() + 1) / pl.len(),
        value_share=pl.col("amount").cum_sum() / pl.col("amount").sum(),
    )
    classes = _classes(ranked, scheme)
    first = classes[0]
    title = (
        f"{share(first['items'] / ranked.height)} of the ranked items ({first['segment_id']}) "
        f"carry {share(first['value_share'])} of the {spoken(measure)}"
    )
    left_out = every.height - ranked.height
    return Chart(
        chart_id=f"curve-{scheme.scheme_id}",
        title=title,
        description=f"{scheme.title}: cumulative share of {spoken(measure)} against cumulative "
        f"share of items, {counted(ranked.height, 'item')}. "
        f"Outside the ranking: {counted(left_out, 'item')}. A measure below zero counts as zero."
        + (MIXED if _are_mixed(ranked, scheme) else ""),
        specification=_drawing(_by_place(ranked, classes), classes, scheme, measure),
        table=_table(title, classes, release.now.manifest.currency),
    )


def _classes(ranked: pl.DataFrame, scheme: Scheme) -> list[dict[str, Any]]:
    """Return each class with its item count, its amount and where it begins and ends."""
    found: list[dict[str, Any]] = []
    end = 0.0
    for segment in scheme.segments:
        part = ranked.filter(pl.col("segment_id") == segment)
        if part.height == 0:
            continue
        start, end = end, end + part.height / ranked.height
        found.append(
            {
                "segment_id": segment,
                "items": part.height,
                "amount": float(part["amount"].sum()),
                "value_share": float(part["amount"].sum()) / float(ranked["amount"].sum()),
                "start": start,
                "middle": (start + end) / 2,
                "end": end,
            }
        )
    return [
        row | {"label": f"{row['segment_id']}\n{row['items']:,} items\n{share(row['value_share'])}"}
        for row in found
    ]


def _are_mixed(ranked: pl.DataFrame, scheme: Scheme) -> bool:
    """Return whether an item of a lower class comes before one of a higher class."""
    places = {segment: place for place, segment in enumerate(scheme.segments)}
    order = ranked["segment_id"].replace_strict(places, return_dtype=pl.Int64)
    return not order.is_sorted()


def _by_place(ranked: pl.DataFrame, classes: list[dict[str, Any]]) -> pl.DataFrame:
    """Return the ranked items with the class that their place on the curve would give them."""
    bands = [pl.repeat(row["segment_id"], row["items"], eager=True) for row in classes]
    return ranked.with_columns(segment_id=pl.concat(bands))


def _thinned(ranked: pl.DataFrame) -> pl.DataFrame:
    """Keep every class's ends and evenly spaced points between."""
    step = max(1, ranked.height // POINTS)
    changes = pl.col("segment_id") != pl.col("segment_id").shift(-1)
    keep = (pl.int_range(0, pl.len()) % step == 0) | changes.fill_null(value=True)
    return ranked.filter(keep).with_columns(pl.col("item_share", "value_share").round(5))


def _joined(points: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Start the line at nothing, and each class where the one before it ends."""
    before = {"segment_id": None, "item_share": 0.0, "value_share": 0.0}
    line = []
    for point in points:
        if point["segment_id"] != before["segment_id"]:
            line.append(before | {"segment_id": point["segment_id"]})
        line.append(point)
        before = point
    return line


def _drawing(
    ranked: pl.DataFrame, classes: list[dict[str, Any]], scheme: Scheme, measure: str
) -> dict[str, Any]:
    points = _joined(_thinned(ranked).select("segment_id", "item_share", "value_share").to_dicts())
    scale = alt.Scale(domain=scheme.segments, range=RANKS[: len(scheme.segments)])
    percent = alt.Axis(format=".0%", tickCount=6)
    top = max(1.0, max(point["value_share"] for point in points))
    x = alt.X(
        "item_share:Q",
        title="share of items, largest first",
        axis=percent,
        scale=alt.Scale(domain=[0, 1]),
    )
    y = alt.Y(
        "value_share:Q",
        title=f"cumulative share of {spoken(measure)}",
        axis=percent,
        scale=alt.Scale(domain=[0, top * 1.04], nice=False),
    )
    color = alt.Color("segment_id:N", scale=scale, legend=None)
    curve = plot("points").encode(x=x, y=y, color=color)
    cuts = plot("classes")
    drawing = alt.layer(
        curve.mark_area(opacity=0.13).encode(y=y.stack(None)),
        cuts.mark_rule(color=QUIET, strokeDash=[4, 3]).encode(x="end:Q"),
        curve.mark_line(strokeWidth=3),
        cuts.mark_text(lineBreak="\n", lineHeight=16, color=INK, baseline="bottom", fontSize=13)
        .encode(x="middle:Q", y=alt.datum(0.17), text="label:N"),
    )  # fmt: skip
    return specification(drawing, height=340, data={"points": points, "classes": classes})


def _table(title: str, classes: list[dict[str, Any]], currency: str) -> Table:
    return Table(
        caption=title,
        columns=(
            Column(title="Class"),
            Column(title="Items", kind="count"),
            Column(title="Share of items up to here", kind="share"),
            Column(title=f"Value, {currency}", kind="amount"),
            Column(title="Share of value", kind="share"),
        ),
        rows=[
            (row["segment_id"], row["items"], row["end"], row["amount"], row["value_share"])
            for row in classes
        ],
    )
