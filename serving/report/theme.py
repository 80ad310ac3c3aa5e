"""How charts look: one palette that colour-blind readers can tell apart, and one configuration."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal, TypeAlias

import altair as alt

AnyChart: TypeAlias = alt.Chart | alt.LayerChart | alt.FacetChart

INK = "#1b2733"
QUIET = "#55606c"
GRID = "#e3e8ed"
BLUE = "#0b4f7d"
ORANGE = "#b84a00"
FONT = "system-ui, -apple-system, 'Segoe UI', 'Noto Sans', 'DejaVu Sans', sans-serif"

# Five fixed steps and not a continuous scale, so that every label keeps a contrast above 4.5.
SHADES = ["#f1f5f9", "#d3e3ef", "#a6c7df", "#2f729f", "#0b4f7d"]
SHADE_CUTS = [0.05, 0.25, 0.5, 0.75]

LINE_HEIGHT = 16

RANKS = ["#0b4f7d", "#2f89b5", "#7b8794", "#b84a00", "#6a3d7a", "#4d6b2f"]
SHAPES = ["circle", "triangle-up", "square", "diamond", "cross", "triangle-down"]
KINDS = ["#0072b2", "#b84a00", "#00795a", "#963a8a", "#55606c", "#7a5c00"]

CONFIGURATION: dict[str, Any] = {
    "font": FONT,
    "background": "transparent",
    "view": {"stroke": None},
    "axis": {
        "labelColor": QUIET,
        "titleColor": QUIET,
        "titleFontWeight": "normal",
        "labelFontSize": 12,
        "titleFontSize": 12,
        "gridColor": GRID,
        "domainColor": "#9aa5b1",
        "tickColor": "#9aa5b1",
        "labelLimit": 220,
    },
    "legend": {
        "labelColor": INK,
        "titleColor": QUIET,
        "titleFontWeight": "normal",
        "labelFontSize": 12,
        "titleFontSize": 12,
        "orient": "top",
        "offset": 6,
    },
    "text": {"fontSize": 12, "color": INK},
}


Rows: TypeAlias = Sequence[Mapping[str, Any]]


def specification(chart: AnyChart, *, height: int, data: Mapping[str, Rows]) -> dict[str, Any]:
    """Return a chart as Vega-Lite that fills the width it is given; height in pixels.

    Rows come in here, under the names that the chart knows them by, because Altair copies and
    checks each row several times: half a second for three thousand points.
    """
    sized = chart.properties(
        width="container",
        height=height,
        autosize=alt.AutoSizeParams(type="fit-x", contains="padding"),
    ).configure(**CONFIGURATION)
    specified: dict[str, Any] = sized.to_dict()
    return specified | {"datasets": {name: list(rows) for name, rows in data.items()}}


def plot(name: str) -> alt.Chart:
    """Return an empty chart on the rows of a name."""
    return alt.Chart(alt.NamedData(name=name))


def side_axis(side: Literal["left", "top"]) -> alt.Axis:
    """Return an axis that only names the rows or columns of a grid."""
    return alt.Axis(orient=side, labelAngle=0, labelFontSize=13, domain=False, ticks=False)


def heat_map(
    rows: Rows, *, row: alt.Y, column: alt.X, tooltip: list[alt.Tooltip], height: int
) -> dict[str, Any]:
    """Return a grid shaded by `shade` (0 to 1), each cell labelled with its `label`."""
    cells = plot("cells").encode(x=column, y=row, tooltip=tooltip)
    scale = alt.Scale(type="threshold", domain=SHADE_CUTS, range=SHADES)
    shaded = cells.mark_rect(stroke="white", strokeWidth=2, cornerRadius=3).encode(
        color=alt.Color("shade:Q", scale=scale, legend=None)
    )
    rise = -LINE_HEIGHT / 2 * max(str(row["label"]).count("\n") for row in rows)
    text = cells.mark_text(lineBreak="\n", lineHeight=LINE_HEIGHT, baseline="middle", dy=rise)
    label = text.encode(
        text="label:N",
        color=alt.condition(f"datum.shade >= {SHADE_CUTS[2]}", alt.value("white"), alt.value(INK)),
    )
    return specification(alt.layer(shaded, label), height=height, data={"cells": rows})
