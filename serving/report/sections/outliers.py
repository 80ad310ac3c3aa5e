"""Values that lie far from the rest of their kind, and what was decided on each."""

from __future__ import annotations

from typing import Any

import altair as alt

from serving.report.section import Chart, Column, Release, Section, Table
from serving.report.theme import KINDS, QUIET, SHAPES, plot, specification
from serving.wording import counted, shown, spoken

LISTED = 10
DRAWN = 600
DECISIONS = ("hold", "cap", "confirm")

# The furthest out first; a log axis has no place for what is zero or has no usual size.
FAR_OUT = """
select metric_name, unit_id, column_name, value, typical_value, score, score_limit, fence_low,
    fence_high, decision, capped_value, reason,
    value / nullif(typical_value, 0) as times
from dq_outliers
order by case decision when 'hold' then 0 else 1 end, abs(score) / score_limit desc,
    metric_name, unit_id
"""
COLUMNS = (
    Column(title="Metric", kind="code"),
    Column(title="Unit", kind="code"),
    Column(title="Value", kind="ratio"),
    Column(title="Usual", kind="ratio"),
    Column(title="Least", kind="ratio"),
    Column(title="Most", kind="ratio"),
    Column(title="Decision"),
    Column(title="Counts as", kind="ratio"),
    Column(title="Reason"),
)
Row = dict[str, Any]


def outliers(release: Release) -> Section:
    """Return what the screens found, the values on hold first."""
    found = release.now.rows(FAR_OUT)
    held = [row for row in found if row["decision"] == "hold"]
    capped = sum(row["decision"] == "cap" for row in found)
    chart = _far_out(found)
    return Section(
        section_id="outliers",
        title="Outliers",
        lead=f"{counted(len(found), 'value lies', 'values lie')} far from the rest: "
        f"{len(held):,} on hold until a steward decides, {capped:,} capped, "
        f"{len(found) - len(held) - capped:,} confirmed. What was delivered is kept in any case.",
        charts=(chart,) if chart else (),
        tables=(_held(held),) if held else (),
        folded=(_listed(_most(found), found[:DRAWN]),) if found else (),
    )


def _most(found: list[Row]) -> str:
    if len(found) <= DRAWN:
        return "Every value that lies far out"
    return f"The {DRAWN:,} values furthest out, of {len(found):,}"


def _far_out(found: list[Row]) -> Chart | None:
    """Return how many times its usual size each value is, metric by metric."""
    drawn = [row for row in found if row["times"] is not None and row["times"] > 0][:DRAWN]
    if not drawn:
        return None
    held = [row["times"] for row in drawn if row["decision"] == "hold"]
    furthest = max(held or [row["times"] for row in drawn], key=lambda t: max(t, 1 / t))
    size = f"{_times(furthest)} times" if furthest >= 1 else f"1/{_times(1 / furthest)} of"
    what = "value on hold" if held else "value far out"
    points = [
        {
            "metric": spoken(row["metric_name"]),
            "times": round(row["times"], 6),
            "decision": row["decision"],
            "unit": row["unit_id"],
            "value": shown(row["value"], "ratio"),
            "usual": shown(row["typical_value"], "ratio"),
        }
        for row in drawn
    ]
    title = f"The {what} that is furthest from the rest has {size} its usual size"
    return Chart(
        chart_id="outliers-strip",
        title=title,
        description="Each mark is a value that was found, by how many times the usual size it "
        f"has (log); 1 is usual. {_of(len(drawn), len(found))} drawn.",
        specification=_strip(points),
        table=_by_metric(title, found),
    )


def _times(factor: float) -> str:
    return f"{factor:,.0f}" if factor >= 10 else f"{factor:.1f}"


def _of(drawn: int, all_of_them: int) -> str:
    return f"All {drawn:,} are" if drawn == all_of_them else f"{drawn:,} of {all_of_them:,} are"


def _strip(points: list[Row]) -> dict[str, Any]:
    metrics = sorted({point["metric"] for point in points})
    marks = plot("points").mark_point(filled=True, size=95, opacity=0.75, stroke="white")
    drawing = alt.layer(
        marks.encode(
            x=alt.X(
                "times:Q",
                scale=alt.Scale(type="log", nice=False, padding=14),
                title="times the usual size",
                axis=alt.Axis(format="~g", tickCount=6, grid=False),
            ),
            y=alt.Y("metric:N", title=None, sort=metrics),
            color=alt.Color(
                "decision:N",
                title=None,
                scale=alt.Scale(domain=list(DECISIONS), range=[KINDS[1], KINDS[0], KINDS[4]]),
            ),
            shape=alt.Shape(
                "decision:N",
                title=None,
                scale=alt.Scale(domain=list(DECISIONS), range=SHAPES[: len(DECISIONS)]),
            ),
            tooltip=[
                alt.Tooltip("unit:N", title="Unit"),
                alt.Tooltip("value:N", title="Value"),
                alt.Tooltip("usual:N", title="Usual"),
                alt.Tooltip("decision:N", title="Decision"),
            ],
        ),
        plot("usual").mark_rule(color=QUIET, strokeDash=[5, 4]).encode(x="times:Q"),
    )
    height = 90 + 46 * len(metrics)
    return specification(drawing, height=height, data={"points": points, "usual": [{"times": 1}]})


def _by_metric(title: str, found: list[Row]) -> Table:
    counts: dict[str, dict[str, int]] = {}
    for row in found:
        of_metric = counts.setdefault(row["metric_name"], dict.fromkeys(DECISIONS, 0))
        of_metric[row["decision"]] += 1
    return Table(
        caption=title,
        columns=(
            Column(title="Metric", kind="code"),
            *(Column(title=name.capitalize(), kind="count") for name in DECISIONS),
        ),
        rows=[(name, *(of[d] for d in DECISIONS)) for name, of in sorted(counts.items())],
    )


def _held(held: list[Row]) -> Table:
    shown_ones = f", the {LISTED} furthest out" if len(held) > LISTED else ""
    return Table(
        caption=f"On hold{shown_ones}",
        columns=COLUMNS[:6],
        rows=[_values(row) for row in held[:LISTED]],
    )


def _listed(caption: str, found: list[Row]) -> Table:
    return Table(
        caption=caption,
        columns=COLUMNS,
        rows=[(*_values(row), row["decision"], _counts_as(row), row["reason"]) for row in found],
    )


def _values(row: Row) -> tuple[object, ...]:
    names = ("metric_name", "unit_id", "value", "typical_value", "fence_low", "fence_high")
    return tuple(row[name] for name in names)


def _counts_as(row: Row) -> float | None:
    """Return what the value counts as: nothing yet while it is on hold."""
    values: dict[str, float | None] = {
        "hold": None,
        "cap": row["capped_value"],
        "confirm": row["value"],
    }
    return values[row["decision"]]
