"""What every gate of the night found, whichever tool evaluated it; dq_gates publishes it."""

from __future__ import annotations

from dataclasses import dataclass

import dagster as dg
import duckdb


@dataclass(frozen=True, kw_only=True)
class Finding:
    """The verdict of one gate; `code` is the error of a night that it holds."""

    gate: str
    table: str
    kind: str
    is_passed: bool
    is_blocking: bool = True
    evaluated_count: int = 1
    failed_count: int = 0
    detail: str = ""
    code: str = "GATE_FAILED"

    def as_check(self, name: str) -> dg.AssetCheckResult:
        """Return the verdict as Dagster's check result on the table's asset."""
        return dg.AssetCheckResult(
            passed=self.is_passed,
            check_name=name,
            asset_key=self.table.split(".", 1),
            severity=dg.AssetCheckSeverity.ERROR
            if self.is_blocking
            else dg.AssetCheckSeverity.WARN,
            metadata={
                "evaluated": self.evaluated_count,
                "failed": self.failed_count,
                "detail": self.detail or "as expected",
                "code": self.code,
            },
        )


def book(connection: duckdb.DuckDBPyConnection, finding: Finding) -> None:
    """Write a verdict, over an earlier one of the same gate when a step is tried again."""
    connection.execute(
        """
        insert or replace into control.gate_findings
            (gate_name, table_name, kind, is_passed, is_blocking, evaluated_count, failed_count,
             detail)
        values (?, ?, ?, ?, ?, ?, ?, ?)
        """,
        [
            finding.gate,
            finding.table,
            finding.kind,
            finding.is_passed,
            finding.is_blocking,
            finding.evaluated_count,
            finding.failed_count,
            finding.detail,
        ],
    )


def book_data_test(connection: duckdb.DuckDBPyConnection, result: dg.AssetCheckResult) -> None:
    """Write the verdict of one dbt data test."""
    counted = result.metadata.get("dagster_dbt/failed_row_count")
    failed = counted.value if isinstance(counted, dg.IntMetadataValue) else int(not result.passed)
    table = ".".join(result.asset_key.path) if result.asset_key else ""
    finding = Finding(
        gate=f"{table}.{result.check_name}",
        table=table,
        kind="data_test",
        is_passed=result.passed,
        is_blocking=result.severity == dg.AssetCheckSeverity.ERROR,
        failed_count=failed or 0,
    )
    book(connection, finding)
