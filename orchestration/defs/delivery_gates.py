"""The gates on deliveries: as much as before, news at all, and what the source says it sent."""

from __future__ import annotations

from collections.abc import Callable

import dagster as dg
import duckdb

from orchestration.gate_book import Finding, book
from orchestration.resource import Night
from workspace.folder import Workspace
from workspace.ingest.control_totals import reconciliation_findings
from workspace.ingest.delivery_gates import Findings, freshness_findings, volume_findings

TABLE = "control.raw_extracts"
Gate = Callable[[duckdb.DuckDBPyConnection, Workspace], Findings]
GATES: dict[str, tuple[str, Gate]] = {
    "volume_is_within_its_band": ("GATE_VOLUME", volume_findings),
    "extracts_bring_news": ("GATE_FRESHNESS", freshness_findings),
    "totals_are_those_of_the_source": ("GATE_RECON", reconciliation_findings),
}


def _check(name: str, code: str, gate: Gate) -> dg.AssetChecksDefinition:
    @dg.asset_check(
        asset=dg.AssetKey(TABLE.split(".")), name=name, description=gate.__doc__, blocking=True
    )
    def check(night: Night) -> dg.AssetCheckResult:
        with night.warehouse() as connection:
            evaluated, wrong = gate(connection, night.workspace)
            finding = Finding(
                gate=f"{TABLE}.{name}",
                table=TABLE,
                kind="cross_table",
                is_passed=not wrong,
                evaluated_count=evaluated,
                failed_count=len(wrong),
                detail=" ".join(wrong),
                code=code,
            )
            book(connection, finding)
        return finding.as_check(name)

    return check


@dg.definitions
def delivery_gates() -> dg.Definitions:
    """Make one blocking check for each gate."""
    return dg.Definitions(asset_checks=[_check(name, *gate) for name, gate in GATES.items()])
