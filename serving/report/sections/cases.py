"""Cases that wait for somebody: what failed, who is to act, and since when."""

from __future__ import annotations

from typing import Any

import altair as alt

from serving.report.section import Chart, Column, Release, Section, Table
from serving.report.theme import KINDS, plot, specification
from serving.wording import counted, spoken

LISTED = 10
STATES = ("in time", "past due")

CASES = """
select element, business_unit, expectation, failed_count, evaluated_count,
    coalesce(routed_to, 'nobody') as routed_to, route_reason, opened_date, due_date, age_days,
    is_escalated, status, detail, remedy
from dq_stewardship
order by status desc, is_escalated desc, due_date nulls first, element, expectation, business_unit
"""
# Ageing is by who answers for the element, whoever acts for them today.
AGEING = """
select coalesce(steward, 'nobody') as owner,
    count(*) as open_cases,
    count(*) filter (where age_days <= 7) as week,
    count(*) filter (where age_days between 8 and 30) as month,
    count(*) filter (where age_days > 30) as longer,
    max(age_days) as oldest,
    count(*) filter (where is_escalated) as late
from dq_stewardship
where status = 'open'
group by coalesce(steward, 'nobody')
order by late desc, open_cases desc, owner
"""
SHOWN = (
    "element", "business_unit", "expectation", "failed_count", "routed_to", "route_reason",
    "opened_date", "due_date", "detail",
)  # fmt: skip
Row = dict[str, Any]


def cases(release: Release) -> Section:
    """Return the cases of the release by who is to act, the ones past due first."""
    found = release.now.rows(CASES)
    waiting = [row for row in found if row["status"] == "open"]
    late = [row for row in waiting if row["is_escalated"]]
    closed = [row for row in found if row["status"] == "closed"]
    ageing = _ageing(release.now.rows(AGEING))
    return Section(
        section_id="cases",
        title="Cases for stewards",
        lead=f"{counted(len(waiting), 'case')} open, {len(late):,} past due; {len(closed):,} "
        "closed since the last release. A case closes when its expectation is tested and passes.",
        charts=(_by_role(waiting),) if waiting else (),
        tables=(
            *([ageing] if waiting else []),
            *([_late(late)] if late else []),
        ),
        folded=(
            *([_listed("Every open case", waiting)] if waiting else []),
            *([_listed("Closed since the last release", closed)] if closed else []),
        ),
    )


def _by_role(waiting: list[Row]) -> Chart:
    """Return how many open cases each role is to act on, and how many are past due."""
    counts: dict[tuple[str, str], int] = {}
    for row in waiting:
        key = (row["routed_to"], STATES[row["is_escalated"]])
        counts[key] = counts.get(key, 0) + 1
    late = sum(row["is_escalated"] for row in waiting)
    title = (
        f"{late:,} of {counted(len(waiting), 'open case')} are past due"
        if late
        else f"All {counted(len(waiting), 'open case')} are in time"
    )
    return Chart(
        chart_id="cases-by-role",
        title=title,
        description="Open cases by the role that is to act today: the steward of the data "
        "element, or the deputy of one who is not there.",
        specification=_bars(counts),
        table=Table(
            caption=title,
            columns=(
                Column(title="To act", kind="code"),
                Column(title="State"),
                Column(title="Open cases", kind="count"),
            ),
            rows=[(role, state, n) for (role, state), n in sorted(counts.items())],
        ),
    )


def _bars(counts: dict[tuple[str, str], int]) -> dict[str, Any]:
    rows = [
        {"role": spoken(role), "state": state, "cases": number}
        for (role, state), number in sorted(counts.items())
    ]
    colors = alt.Scale(domain=list(STATES), range=[KINDS[0], KINDS[1]])
    drawing = (
        plot("bars")
        .mark_bar(cornerRadius=2)
        .encode(
            x=alt.X("sum(cases):Q", title="open cases", axis=alt.Axis(format="d", tickMinStep=1)),
            y=alt.Y("role:N", title=None, sort="-x"),
            color=alt.Color("state:N", title=None, scale=colors),
            order=alt.Order("state:N", sort="descending"),
            tooltip=[
                alt.Tooltip("role:N", title="To act"),
                alt.Tooltip("state:N", title="State"),
                alt.Tooltip("cases:Q", title="Open cases"),
            ],
        )
    )
    height = 90 + 36 * len({row["role"] for row in rows})
    return specification(drawing, height=height, data={"bars": rows})


def _ageing(ageing: list[Row]) -> Table:
    return Table(
        caption="Open cases by owner and age",
        columns=(
            Column(title="Owner", kind="code"),
            Column(title="Open", kind="count"),
            Column(title="Up to 7 days", kind="count"),
            Column(title="8 to 30 days", kind="count"),
            Column(title="Over 30 days", kind="count"),
            Column(title="Oldest, days", kind="count"),
            Column(title="Past due", kind="count"),
        ),
        rows=[tuple(row.values()) for row in ageing],
    )


def _late(late: list[Row]) -> Table:
    return Table(
        caption="Past due the longest",
        columns=(
            Column(title="Element", kind="code"),
            Column(title="Expectation", kind="code"),
            Column(title="Failed", kind="count"),
            Column(title="To act", kind="code"),
            Column(title="Due", kind="date"),
        ),
        rows=[
            tuple(row[name] for name in (*SHOWN[:1], *SHOWN[2:5], "due_date"))
            for row in late[:LISTED]
        ],
    )


def _listed(caption: str, cases: list[Row]) -> Table:
    return Table(
        caption=caption,
        columns=(
            Column(title="Element", kind="code"),
            Column(title="Unit"),
            Column(title="Expectation", kind="code"),
            Column(title="Failed", kind="count"),
            Column(title="To act", kind="code"),
            Column(title="Because"),
            Column(title="Opened", kind="date"),
            Column(title="Due", kind="date"),
            Column(title="Found"),
        ),
        rows=[tuple(row[name] for name in SHOWN) for row in cases],
    )
