"""The catalogue of decision cases: each is a night of its own, run by the statements of the night.

A case has one unit, and its peers. Nobody has been anywhere before: what keeps units where they are
is no part of it, nor is what an overlay changes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from graphlib import TopologicalSorter

import duckdb

from models.segmentation.methods.ranking import Ranking
from models.segmentation.scheme import Scheme, cuts_hash
from orchestration.edge_cases.case_tables import lay_out_case, lay_out_tables
from orchestration.edge_cases.exceptions import TABLE as EXCEPTIONS
from orchestration.edge_cases.exceptions import exceptions
from orchestration.edge_cases.quality import TABLE as FALLBACKS
from orchestration.edge_cases.quality import fallbacks_used, reads_of
from orchestration.edge_cases.substitutes import substitutes
from orchestration.segments.assignment import assign
from orchestration.segments.cuts import TABLE as CUTS
from orchestration.segments.cuts import review
from orchestration.segments.unit_features import SUBSTITUTES, lay_out_units
from workspace.config.case_file import CaseFile, DecisionCase
from workspace.config.fallback_file import ColumnRung, FallbackFile
from workspace.config.scheme_file import SchemeFile
from workspace.edge_cases import CASES
from workspace.errors import TierwiseError
from workspace.folder import Read, Workspace
from workspace.ingest.parsing import literal
from workspace.schemes import in_order

EXPLANATIONS = "segments.segment_explanations"
CAME_TO = """
    select
        e.segment_id, e.rule_id, coalesce(e.fallback_code, 'none') as code, e.quality_mark,
        coalesce(x.exception_class, 'none') as exception_class
    from segments.segment_explanations as e
    left join segments.assignment_exceptions as x using (scheme_id, unit_id)
    where e.scheme_id = ? and e.unit_id = ?
"""


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What a case has come to, in the words of what it expects; `rungs` by feature."""

    segment: str
    rule: str
    code: str
    mark: str
    exception: str
    rungs: dict[str, str]

    def against(self, case: DecisionCase) -> str | None:
        """Return in words what is not as expected, if anything is."""
        wanted = case.expect.model_dump(exclude_none=True, exclude={"rungs"})
        other = [
            f"{name} {getattr(self, name)}, not {value}"
            for name, value in wanted.items()
            if getattr(self, name) != value
        ]
        other += [
            f"{column} by {self.rungs.get(column, 'its own value')}, not by {kind}"
            for column, kind in case.expect.rungs.items()
            if self.rungs.get(column) != kind
        ]
        return f"It comes to {', '.join(other)}" if other else None


def failed_cases(workspace: Workspace) -> Iterator[TierwiseError]:
    """Run every case; yield CASE_FAILED with the place of what it expects for each that fails."""
    cases = workspace.edge_cases.cases.cases
    for number, (case, outcome) in enumerate(zip(cases, run_cases(workspace, cases), strict=True)):
        if said := outcome.against(case):
            place = workspace.edge_cases.place(CASES, ("cases", number, "expect"))
            cause = f"`{case.case}`: {said} (by {outcome.rule})."
            yield TierwiseError("CASE_FAILED", place=place, cause=cause)


def run_cases(workspace: Workspace, cases: Iterable[DecisionCase]) -> Iterator[Outcome]:
    """Yield what each case comes to in its own night, of which nothing is kept."""
    with duckdb.connect() as connection:
        lay_out_tables(connection, workspace)
        for case in cases:
            connection.begin()
            yield _outcome(connection, _company_of(workspace, case), case)
            connection.rollback()


def _outcome(
    connection: duckdb.DuckDBPyConnection, company: Workspace, case: DecisionCase
) -> Outcome:
    unit_id = lay_out_case(connection, company, case)
    for name, compute in ((SUBSTITUTES, substitutes), (CUTS, review)):
        _make(connection, name, compute(connection, company))
    _cut_as_given(connection, company, case)
    for name, compute in (
        (EXPLANATIONS, assign),
        (FALLBACKS, fallbacks_used),
        (EXCEPTIONS, exceptions),
    ):
        _make(connection, name, compute(connection, company))
    ((segment, rule, code, mark, exception),) = connection.execute(
        CAME_TO, [case.scheme, unit_id]
    ).fetchall()
    rungs = connection.execute(
        f"select column_name, kind from {FALLBACKS} where unit_id = ?", [unit_id]
    ).fetchall()
    return Outcome(
        segment=segment, rule=rule, code=code, mark=mark, exception=exception, rungs=dict(rungs)
    )


def _make(connection: duckdb.DuckDBPyConnection, name: str, query: str) -> None:
    """Create a table; that it keeps to its contract is tested by every night."""
    connection.execute(f"create schema if not exists {name.split('.')[0]}")
    connection.execute(f"create or replace table {name} as {query}")


def _company_of(workspace: Workspace, case: DecisionCase) -> Workspace:
    """Return the workspace with the scheme of a case, and those that it joins, alone."""
    axes = {scheme.scheme_id: getattr(scheme.method, "axes", ()) for scheme in in_order(workspace)}
    wanted = {case.scheme}
    for name in reversed(list(TopologicalSorter(axes).static_order())):
        wanted |= set(axes[name]) if name in wanted else set()
    schemes = {
        name: Read(value=read.value.model_copy(update={"stability": None}), document=read.document)
        for name, read in workspace.schemes.items()
        if name in wanted
    }
    file = workspace.edge_cases.exceptions
    declared = tuple(each for each in file.declared if each.scheme in wanted)
    edge_cases = replace(
        workspace.edge_cases,
        fallbacks=_ladders_of(workspace, schemes),
        exceptions=file.model_copy(update={"declared": declared}),
        cases=CaseFile(),
    )
    return replace(workspace, schemes=schemes, overlays={}, edge_cases=edge_cases)


def _ladders_of(workspace: Workspace, schemes: Mapping[str, Read[SchemeFile]]) -> FallbackFile:
    """Return the ladders of the features that schemes read."""
    read = {
        (scheme.unit, column)
        for scheme in in_order(workspace)
        if scheme.scheme_id in schemes
        for columns in reads_of(scheme).values()
        for column in columns
    }
    stated = workspace.edge_cases.fallbacks.attributes
    # A rung may read a feature that has an age limit, and so a ladder, of its own.
    beside = {r.column for each in stated for r in each.ladder if isinstance(r, ColumnRung)}
    kept = [e for e in stated if (e.unit, e.column) in read or e.column in beside]
    return FallbackFile(attributes=tuple(kept))


def _cut_as_given(
    connection: duckdb.DuckDBPyConnection, company: Workspace, case: DecisionCase
) -> None:
    """Put the cut values that a case gives in the place of those of its own few units."""
    given = {s.scheme_id: s for s in in_order(company) if s.scheme_id in case.cuts}
    lay_out_units(connection, [scheme.unit for scheme in given.values()])
    for name, scheme in given.items():
        connection.execute(f"delete from {CUTS} where scheme_id = ?", [name])
        for segment, value in case.cuts[name].items():
            connection.execute(
                f"""
                insert into {CUTS} by name
                select distinct
                    {literal(name)} as scheme_id, {_group(scheme)} as group_key,
                    {literal(segment)} as segment_id, {value} as cut_value, 1 as unit_count,
                    date {literal(case.day.isoformat())} as reviewed_date,
                    {literal(cuts_hash(scheme))} as cuts_hash
                from {scheme.unit}_trusted
                """
            )


def _group(scheme: Scheme) -> str:
    within = scheme.method.within if isinstance(scheme.method, Ranking) else ()
    parts = ", ".join(f"cast({column} as varchar)" for column in within)
    return f"concat_ws('@', {parts})" if parts else "''"
