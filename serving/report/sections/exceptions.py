"""Units that stand apart for a time, and classes that rest on what stands in for a value."""

from __future__ import annotations

from serving.edge_cases import OPEN, UNITS
from serving.report.section import Column, Release, Section, Table
from serving.wording import counted

LISTED = 20
MARKS = """
select
    scheme_id, count(*) as unit_count,
    count(*) filter (where quality_mark = 'A') as a_count,
    count(*) filter (where quality_mark = 'B') as b_count,
    count(*) filter (where quality_mark = 'C') as c_count,
    count(*) filter (where quality_mark = 'D') as d_count,
    count(*) filter (where quality_mark = 'E') as e_count
from segment_explanations
group by scheme_id
order by scheme_id
"""
STANDING_IN = """
select column_name, reason, kind, count(distinct unit_id) as unit_count, min(since_date) as since,
    min(confidence_rate) as least_confidence
from assignment_fallbacks
group by column_name, reason, kind
order by unit_count desc, column_name, reason, kind
"""
SHOWN = (
    *("scheme_id", "unit_name", "exception_class", "exception_id", "owner", "interim_segment_id"),
    *("engine_segment_id", "opened_date", "expires_date", "reason"),
)
MARK_NAMES = ("A", "B", "C", "D", "E")


def exceptions(release: Release) -> Section | None:
    """Return open exceptions by class, owner and age, and how well classes are founded."""
    by_class = release.now.rows(OPEN)
    marks = release.now.query(MARKS).rows()
    standing_in = release.now.query(STANDING_IN).rows()
    if not by_class and all(row[1] == row[2] for row in marks):
        return None
    apart = sum(row["unit_count"] for row in by_class)
    resting = sum(sum(row[3:]) for row in marks)
    tables = [_by_class(by_class)] if by_class else []
    return Section(
        section_id="exceptions",
        title="Exceptions and substitutes",
        lead=f"{counted(apart, 'unit')} of a scheme "
        f"{'stands' if apart == 1 else 'stand'} apart for a time, each with an owner and an end. "
        f"{counted(resting, 'class', 'classes')} {'rests' if resting == 1 else 'rest'} on a "
        "substitute for a value, or on a fallback.",
        tables=(*tables, _marks(marks)),
        folded=(
            *([_units(release)] if by_class else []),
            *([_standing_in(standing_in)] if standing_in else []),
        ),
    )


def _by_class(rows: list[dict[str, object]]) -> Table:
    return Table(
        caption="Open exceptions by class and owner",
        columns=(
            Column(title="Class", kind="code"),
            Column(title="Owner"),
            Column(title="Units", kind="count"),
            Column(title="Oldest, days", kind="count"),
            Column(title="Opened at most, times", kind="count"),
            Column(title="Next end", kind="date"),
            Column(title="Value at stake", kind="amount"),
        ),
        rows=[tuple(row.values()) for row in rows],
    )


def _marks(rows: list[tuple[object, ...]]) -> Table:
    return Table(
        caption="How well classes are founded: A without a substitute, B to D by confidence, E "
        "without a rule",
        columns=(
            Column(title="Scheme", kind="code"),
            Column(title="Units", kind="count"),
            *(Column(title=mark, kind="count") for mark in MARK_NAMES),
        ),
        rows=rows,
    )


def _units(release: Release) -> Table:
    rows = release.now.rows(UNITS)
    return Table(
        caption=f"Exceptions that end first ({min(len(rows), LISTED):,} of {len(rows):,})",
        columns=(
            Column(title="Scheme", kind="code"),
            Column(title="Unit", kind="code"),
            Column(title="Class", kind="code"),
            Column(title="Name", kind="code"),
            Column(title="Owner"),
            Column(title="Interim"),
            Column(title="Rules say"),
            Column(title="Opened", kind="date"),
            Column(title="Ends", kind="date"),
            Column(title="Why"),
        ),
        rows=[tuple(row[name] for name in SHOWN) for row in rows[:LISTED]],
    )


def _standing_in(rows: list[tuple[object, ...]]) -> Table:
    return Table(
        caption="What stands in for values",
        columns=(
            Column(title="Feature", kind="code"),
            Column(title="Reason", kind="code"),
            Column(title="Rung", kind="code"),
            Column(title="Units", kind="count"),
            Column(title="Since", kind="date"),
            Column(title="Least confidence", kind="ratio"),
        ),
        rows=rows,
    )
