"""The checks that the release passed, the failed ones first, and the rules it was made with."""

from __future__ import annotations

from serving.report.section import Column, Release, Section, Table
from serving.schemes import schemes
from serving.wording import counted, spoken

GATES = """
select
    case
        when starts_with(gate_name, table_name || '.')
            then substr(gate_name, length(table_name) + 2)
        else gate_name
    end as gate,
    table_name, kind,
    case when is_passed then 'passed' else 'FAILED' end as result,
    is_blocking, evaluated_count, failed_count, detail
from dq_gates
order by is_passed, is_blocking desc, table_name nulls first, gate_name
"""
TARGETS = """
select segment_id, measure, target_rate, distribution, review_days, source
from policy_service_target
order by segment_id
"""
COLUMNS = (
    Column(title="Gate", kind="raw"),
    Column(title="Table", kind="code"),
    Column(title="Kind", kind="code"),
    Column(title="Result"),
    Column(title="Blocking"),
    Column(title="Evaluated", kind="count"),
    Column(title="Failed", kind="count"),
    Column(title="Detail"),
)


def gates(release: Release) -> Section:
    """Return gates that failed without blocking, and all gates folded away."""
    rows = release.now.query(GATES).rows()
    failed = [row for row in rows if row[3] == "FAILED"]
    return Section(
        section_id="gates",
        title="Gates",
        lead=f"{counted(len(rows), 'gate')} ran and {len(rows) - len(failed):,} passed. A blocking "
        "gate that fails, or does not run, stops the release.",
        tables=(Table(caption="Failed without blocking", columns=COLUMNS, rows=failed),)
        if failed
        else (),
        folded=(Table(caption="All gates", columns=COLUMNS, rows=rows),),
    )


def rules(release: Release) -> Section:
    """Return the rule sets in force, and the service targets that hang on the cells."""
    return Section(
        section_id="rules",
        title="Rules in force",
        lead="The rule sets and targets behind every number above. A rule set is known by the "
        "hash of its definition.",
        tables=(_rule_sets(release),),
        folded=(_targets(release),),
    )


def _rule_sets(release: Release) -> Table:
    return Table(
        caption="Rule sets",
        columns=(
            Column(title="Scheme", kind="code"),
            Column(title="Title"),
            Column(title="Method"),
            Column(title="In force since", kind="date"),
            Column(title="Hash", kind="code"),
        ),
        rows=[
            (s.scheme_id, s.title, spoken(s.kind), s.effective_from, s.rule_hash[:12])
            for s in schemes(release.now)
        ],
    )


def _targets(release: Release) -> Table:
    rows = release.now.query(TARGETS).rows()
    return Table(
        caption="Service targets by cell",
        columns=(
            Column(title="Cell"),
            Column(title="Measure"),
            Column(title="Target", kind="share"),
            Column(title="Distribution"),
            Column(title="Review, days", kind="count"),
            Column(title="Source"),
        ),
        rows=[(cell, spoken(measure), *rest) for cell, measure, *rest in rows],
    )
