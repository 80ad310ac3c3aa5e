"""Which first rules, codes and rungs decide somewhere, and which of them have a decision case.

What decides is known twice: of a release by its tables, and beforehand by what is declared.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import duckdb

from orchestration.edge_cases.quality import USED
from orchestration.gate_book import Finding
from workspace.folder import Workspace

EXPLANATIONS = "segments.segment_explanations"
GATE = f"{EXPLANATIONS}.every_code_has_a_case"
SHOWN = 5
USED_TONIGHT = f"""
    select scheme_id, 'rule' as kind, rule_id as name from segments.segment_explanations
    union
    select scheme_id, 'code', fallback_code from segments.segment_explanations
    where fallback_code is not null
    union
    select scheme_id, 'exception', exception_class from declared
    union
    select scheme_id, 'rung', column_name || ' ' || kind
    from {USED} join segments.attribute_substitutes using (unit_type, unit_id, column_name)
    where kind <> 'none'
"""


@dataclass(frozen=True, kw_only=True, order=True)
class Decider:
    """What decides in a scheme: a first rule, a code, a class of exceptions, or a rung."""

    scheme_id: str
    kind: str
    name: str

    def __str__(self) -> str:
        """Say which it is."""
        return f"{self.kind} {self.name} of {self.scheme_id}"


def with_cases(workspace: Workspace) -> set[Decider]:
    """Return what the catalogue has a case of."""
    found: set[Decider] = set()
    for case in workspace.edge_cases.cases.cases:
        expect = case.expect
        named = [("rule", expect.rule), ("code", expect.code), ("exception", expect.exception)]
        named += [("rung", f"{column} {kind}") for column, kind in expect.rungs.items()]
        found |= {
            Decider(scheme_id=case.scheme, kind=kind, name=name) for kind, name in named if name
        }
    return found


def used_tonight(connection: duckdb.DuckDBPyConnection, workspace: Workspace) -> set[Decider]:
    """Return what has decided tonight; of rules those that stand before the method."""
    first = {
        (name, rule.rule) for name, read in workspace.schemes.items() for rule in read.value.first
    }
    rows = connection.execute(USED_TONIGHT).fetchall()
    return {
        Decider(scheme_id=scheme, kind=kind, name=name)
        for scheme, kind, name in rows
        if kind != "rule" or (scheme, name) in first
    }


def declared(workspace: Workspace) -> Iterator[Decider]:
    """Yield all that the files say may decide: first rules, rungs, classes of exceptions."""
    for name, read in workspace.schemes.items():
        for rule in read.value.first:
            yield Decider(scheme_id=name, kind="rule", name=rule.rule)
    for each in workspace.edge_cases.exceptions.declared:
        yield Decider(scheme_id=each.scheme, kind="exception", name=each.exception_class)


def without_cases(workspace: Workspace, found: Iterable[Decider]) -> list[Decider]:
    """Return what of it has no case."""
    return sorted(set(found) - with_cases(workspace))


def rungs_without_cases(workspace: Workspace) -> list[str]:
    """Return the rungs of ladders that no case of any scheme climbs to."""
    climbed = {each.name for each in with_cases(workspace) if each.kind == "rung"}
    stated = [
        f"{each.column} {rung.kind}"
        for each in workspace.edge_cases.fallbacks.attributes
        for rung in each.ladder
    ]
    return [rung for rung in stated if rung not in climbed]


def every_code_has_a_case(
    connection: duckdb.DuckDBPyConnection, workspace: Workspace
) -> Finding | None:
    """Return whether all that has decided tonight is in the catalogue; none without a catalogue."""
    if not workspace.edge_cases.cases.cases:
        return None
    used = used_tonight(connection, workspace)
    missing = without_cases(workspace, used)
    told = ", ".join(str(each) for each in missing[:SHOWN])
    return Finding(
        gate=GATE,
        table=EXPLANATIONS,
        kind="cross_table",
        is_passed=not missing,
        is_blocking=False,
        evaluated_count=len(used),
        failed_count=len(missing),
        detail=f"No decision case: {told}{', …' if len(missing) > SHOWN else ''}."
        if missing
        else "",
    )
