"""What serving costs: pools of cost by activity, and what each order line pays."""

import dagster as dg
import duckdb

from orchestration.costing.allocation import ALLOCATION, LINE_COSTS, allocate_pools, cost_lines
from orchestration.python_table import python_table
from workspace.folder import Workspace


def _allocate(connection: duckdb.DuckDBPyConnection, workspace: Workspace) -> str:
    """Divide the pools among activities, idle capacity and what nobody is charged for."""
    return allocate_pools(connection, workspace.costing)


def _charge(connection: duckdb.DuckDBPyConnection, workspace: Workspace) -> str:
    """Charge order lines for what they used."""
    return cost_lines(connection, workspace.costing)


@dg.definitions
def costing() -> dg.Definitions:
    """Make the assets of activity-based costing."""
    return dg.Definitions(
        assets=[
            python_table(ALLOCATION, _allocate, deps=["features.int_freight_shares"]),
            python_table(LINE_COSTS, _charge, deps=["features.int_cost_pools"], kind="duckdb"),
        ]
    )
