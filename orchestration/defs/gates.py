"""The gates: what must hold before tables are built on raw data, and before they are published."""

from __future__ import annotations

import json
from collections.abc import Iterator

import dagster as dg
import duckdb

from expectations.gate import GateResult, tables, validate
from orchestration.gate_book import Finding, book
from orchestration.resource import Night, served_workspace
from orchestration.stock_policy import sets_targets
from workspace.config.entities import entities
from workspace.folder import Workspace
from workspace.ingest.planned_files import READ
from workspace.warehouse import one_row

SUITE = "expectations"
# Where the records of a night that is held can be seen, and decided about.
LOOK = "See `tierwise quarantine list --build`."


def _suite(connection: duckdb.DuckDBPyConnection, workspace: Workspace, table: str) -> Finding:
    """Run one table's suite and keep its account for Data Docs."""
    if table.startswith("policies.") and not sets_targets(workspace):
        detail = "No cell has a service target: there is no stock policy to check."
        return Finding(
            gate=f"{table}.{SUITE}",
            table=table,
            kind="suite",
            is_passed=True,
            evaluated_count=0,
            detail=detail,
        )
    result = validate(table, connection.sql(f"select * from {table}").to_arrow_table())
    folder = workspace.build / "suites"
    folder.mkdir(exist_ok=True)
    (folder / f"{table}.json").write_text(json.dumps(result.document), encoding="utf-8")
    return Finding(
        gate=f"{table}.{SUITE}",
        table=table,
        kind="suite",
        is_passed=result.is_passed,
        evaluated_count=result.evaluated_count,
        failed_count=result.failed_count,
        detail=_detail(result),
    )


def _detail(result: GateResult) -> str:
    return " ".join(f"{f.column or 'rows'}: {f.observed} ({f.detail})" for f in result.failures)


def _quarantine_share(
    connection: duckdb.DuckDBPyConnection, workspace: Workspace, table: str
) -> Finding:
    """Compare, extract by extract, the quarantined share of what feeds an entity to its limit."""
    entity = table.split(".")[1]
    limit = workspace.file.gates.maximum_quarantine_share
    feeding = {
        (read.value.system, mapping.extract)
        for read in workspace.sources.values()
        for mapping in read.value.mappings
        if mapping.entity == entity
    }
    over: list[str] = []
    records = quarantined = 0
    for system, extract in sorted(feeding):
        delivered, held = one_row(
            connection,
            "select coalesce(sum(record_count), 0), coalesce(sum(quarantined_count), 0) "
            "from control.raw_extracts where system = ? and extract = ? "
            f"and status in {READ}",
            [system, extract],
        )
        records, quarantined = records + delivered, quarantined + held
        if held > limit * delivered:
            over.append(f"{system}.{extract}: {held} of {delivered} records, limit {limit:.1%}.")
    return Finding(
        gate=f"{table}.quarantine_share",
        table=table,
        kind="cross_table",
        is_passed=not over,
        is_blocking=_is_blocking(table),
        evaluated_count=int(records),
        failed_count=int(quarantined),
        detail=" ".join([*over, LOOK] if over else []),
    )


def _fed(workspace: Workspace) -> list[str]:
    """Return the raw tables that a mapping feeds; what no system delivers cannot be gated."""
    mapped = {m.entity for read in workspace.sources.values() for m in read.value.mappings}
    return [f"raw.{name}" for name in entities() if name in mapped]


def _is_blocking(table: str) -> bool:
    """Return whether a night is held when a raw table does not pass: not for data from outside."""
    return not entities()[table.split(".", 1)[1]].never_blocks


def _check_spec(table: str, name: str) -> dg.AssetCheckSpec:
    key = dg.AssetKey(table.split(".", 1))
    return dg.AssetCheckSpec(name=name, asset=key, blocking=_is_blocking(table))


def _leaving(table: str) -> dg.AssetChecksDefinition:
    """Return the check of one table: each by itself, as one may block what another is built on."""

    @dg.asset_check(asset=dg.AssetKey(table.split(".", 1)), name=SUITE, blocking=True)
    def suite(night: Night) -> dg.AssetCheckResult:
        with night.warehouse() as connection:
            finding = _suite(connection, night.workspace, table)
            book(connection, finding)
        return finding.as_check(SUITE)

    return suite


@dg.definitions
def gates() -> dg.Definitions:
    """Make the checks on what enters and on what leaves."""
    served = served_workspace()
    fed = _fed(served)
    entering = [table for table in tables() if table in fed]
    leaving = [table for table in tables() if not table.startswith("raw.")]

    @dg.multi_asset_check(
        name="entering",
        specs=[
            *(_check_spec(table, "quarantine_share") for table in fed),
            *(_check_spec(table, SUITE) for table in entering),
        ],
    )
    def entering_checks(night: Night) -> Iterator[dg.AssetCheckResult]:
        with night.warehouse() as connection:
            for table in fed:
                finding = _quarantine_share(connection, night.workspace, table)
                book(connection, finding)
                yield finding.as_check("quarantine_share")
            for table in entering:
                finding = _suite(connection, night.workspace, table)
                book(connection, finding)
                yield finding.as_check(SUITE)

    return dg.Definitions(asset_checks=[entering_checks, *(_leaving(table) for table in leaving)])
