"""Python tables as assets: written by their contract, described by it in Dagster."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import dagster as dg
import duckdb

from orchestration.lineage import contract_upstream, table_metadata
from orchestration.refusal import refusals
from orchestration.resource import NIGHTS, Night
from workspace.folder import Workspace
from workspace.table_contract import contract
from workspace.warehouse import write_by_contract

Computation = Callable[[duckdb.DuckDBPyConnection, Workspace], str]


def python_table(
    name: str,
    compute: Computation,
    *,
    deps: Sequence[str] = (),
    kind: str = "polars",
    is_sorted: bool = False,
) -> dg.AssetsDefinition:
    """Return the asset of one table.

    `compute` prepares what it needs on the connection and returns the query that gives the rows,
    in the order of the table's key where `is_sorted`.
    The asset depends on the tables that the contract's columns come from, and on `deps`.
    """
    described = contract(name)
    sources = {table for pairs in contract_upstream(described).values() for table, _ in pairs}
    upstream = sorted((sources | set(deps)) - {name})

    @dg.asset(
        key=name.split("."),
        deps=[table.split(".", 1) for table in upstream],
        description=described.description,
        group_name=described.schema,
        kinds={"python", kind, "duckdb"},
        partitions_def=NIGHTS,
    )
    def table(night: Night) -> dg.MaterializeResult:
        with refusals(), night.warehouse() as connection:
            query = compute(connection, night.workspace)
            rows = write_by_contract(connection, name, query, is_sorted=is_sorted)
        return dg.MaterializeResult(metadata=table_metadata(described, rows))

    return table
