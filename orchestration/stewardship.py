"""What was tested tonight, as stewards see it: gates, quarantine, questions of matching."""

from __future__ import annotations

from typing import Any

import duckdb
import pyarrow as pa
from sqlglot import exp

from orchestration.hierarchy_cases import hierarchy_questions
from orchestration.matching.match_cases import match_questions
from orchestration.segments.copies import copy_questions
from workspace.folder import Workspace
from workspace.ingest.mapping_check import check_mappings
from workspace.ingest.planned_files import READ
from workspace.stewardship import Case, Outcome, cases
from workspace.table_contract import contracts
from workspace.warehouse import one_row

GATES = """
    select gate_name, table_name, kind, is_passed, evaluated_count, failed_count, detail
    from control.gate_findings order by gate_name
"""
# A record with several causes counts under each: each must be put right.
QUARANTINED = """
    select
        q.system, q.extract, q.code, q.column_name, count(*) as failed_count,
        min(q.detail) as detail, min(q.remedy) as remedy
    from control.quarantine as q
    group by q.system, q.extract, q.code, q.column_name
    order by q.system, q.extract, q.code, q.column_name nulls first
"""
LOADED = f"""
    select system, extract, sum(record_count) as record_count
    from control.raw_extracts where status in {READ}
    group by system, extract order by system, extract
"""
# Which kinds of gate are cases of their own kind.
KINDS = {"outlier": "outlier"}


def cases_of_the_night(connection: duckdb.DuckDBPyConnection, workspace: Workspace) -> str:
    """Open, carry and close cases; return the query of dq_stewardship."""
    (day,) = one_row(connection, "select business_date from night.parameters")
    prior = connection.sql("select * from prior.dq_stewardship").pl().to_dicts()
    tested = [
        *_gates(connection),
        *_quarantined(connection, workspace, prior),
        *match_questions(connection, prior),
        *hierarchy_questions(connection, prior),
        *copy_questions(connection, prior),
    ]
    withdrawn = _withdrawn(connection, workspace, prior)
    found = cases(tested, prior, workspace.quality.stewards, day, withdrawn=withdrawn)
    connection.register("cases_tonight", table_of_cases(found))
    return "select * from cases_tonight"


def _withdrawn(
    connection: duckdb.DuckDBPyConnection, workspace: Workspace, prior: list[dict[str, Any]]
) -> dict[str, str]:
    """Return by case why nothing can pass any more what failed: it is not configured.

    Every gate that is configured has a finding, or the night would not have come here.
    """
    gates = {gate for gate, *_ in _rows(connection, GATES)}
    declared = {
        f"{read.value.system}.{name}"
        for read in workspace.sources.values()
        for name in read.value.extracts
    }
    found: dict[str, str] = {}
    for row in prior:
        extract = row["expectation"].rpartition(".")[0]
        if row["kind"] == "quarantine":
            if extract not in declared:
                found[row["case_id"]] = f"Withdrawn: {extract} is declared no more."
        elif row["expectation"] not in gates:
            found[row["case_id"]] = f"Withdrawn: {row['expectation']} is configured no more."
    return found


def table_of_cases(found: list[Case]) -> pa.Table:
    """Return cases as rows of dq_stewardship."""
    kinds = {"str": pa.string(), "bool": pa.bool_(), "int": pa.int64(), "date": pa.date32()}
    schema = pa.schema(
        # Annotations are text: `str | None` is a string that may be absent.
        {name: kinds[str(kind).split(" ")[0]] for name, kind in Case.__annotations__.items()}
    )
    return pa.Table.from_pylist([vars(case) for case in found], schema=schema)


def _gates(connection: duckdb.DuckDBPyConnection) -> list[Outcome]:
    """Return every gate: what it looks at is its column, where its name has one, or its table."""
    columns = {name: {c.name for c in table.columns} for name, table in contracts().items()}
    tested: list[Outcome] = []
    for gate, table, kind, is_passed, evaluated, failed, detail in connection.execute(
        GATES
    ).fetchall():
        name = table.split(".")[-1]
        first = gate.removeprefix(f"{table}.").split(".")[0]
        column = first if first in columns.get(table, set()) else "*"
        tested.append(
            Outcome(
                kind=KINDS.get(kind, "gate"),
                element=f"{name}.{column}",
                system=None,
                expectation=gate,
                evaluated_count=evaluated or 0,
                failed_count=0 if is_passed else max(failed or 0, 1),
                detail=detail or "",
                remedy="" if is_passed else "Correct the data, confirm them, or change the limit.",
            )
        )
    return tested


def _quarantined(
    connection: duckdb.DuckDBPyConnection, workspace: Workspace, prior: list[dict[str, Any]]
) -> list[Outcome]:
    """Return what is in quarantine by element, and which cases of before are so no longer."""
    loaded = {(system, extract): count for system, extract, count in _rows(connection, LOADED)}
    elements = _Elements(workspace)
    found: dict[tuple[str, str, str], Outcome] = {}
    for system, extract, code, column, failed, detail, remedy in _rows(connection, QUARANTINED):
        element = elements.of(system, extract, column)
        expectation = f"{system}.{extract}.{code}"
        known = found.get((element, system, expectation))
        found[element, system, expectation] = Outcome(
            kind="quarantine",
            element=element,
            system=system,
            expectation=expectation,
            evaluated_count=int(loaded.get((system, extract), 0)),
            failed_count=failed + (known.failed_count if known else 0),
            detail=known.detail if known else detail or "",
            remedy=known.remedy if known else remedy or "",
        )
    for row in prior:
        key = (row["element"], row["system"], row["expectation"])
        if row["kind"] == "quarantine" and key not in found:
            system, extract, _ = row["expectation"].split(".", 2)
            found[key] = Outcome(
                kind="quarantine",
                element=row["element"],
                system=row["system"],
                expectation=row["expectation"],
                evaluated_count=int(loaded.get((system, extract), 0)),
                failed_count=0,
            )
    return list(found.values())


def _rows(connection: duckdb.DuckDBPyConnection, query: str) -> list[tuple[Any, ...]]:
    return connection.execute(query).fetchall()


class _Elements:
    """Which data element a delivered column is, by the mappings that read it."""

    def __init__(self, workspace: Workspace) -> None:
        self.by_column: dict[tuple[str, str, str], str] = {}
        self.by_extract: dict[tuple[str, str], str] = {}
        for mapping in check_mappings(workspace)[0]:
            entity, place = mapping.mapping.entity, mapping.place
            self.by_extract.setdefault(place, f"{entity}.*")
            for column, tree in mapping.columns.items():
                for read in tree.find_all(exp.Column):
                    if read.table == "t":
                        self.by_column.setdefault((*place, read.name), f"{entity}.{column}")
                # Faults of the mapped value are booked under the entity's own column.
                self.by_column.setdefault((*place, column), f"{entity}.{column}")

    def of(self, system: str, extract: str, column: str | None) -> str:
        """Return the element of the first column named; the whole entity, or the extract."""
        first = (column or "").split(", ")[0]
        whole = self.by_extract.get((system, extract), f"{system}.{extract}")
        return self.by_column.get((system, extract, first), whole)
