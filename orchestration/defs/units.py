"""Units of measure: the conversions that ingest resolves, as tables that facts and people read."""

import dagster as dg
import duckdb

from orchestration.python_table import python_table
from workspace.folder import Workspace


def _conversions(_: duckdb.DuckDBPyConnection, __: Workspace) -> str:
    """Return what each unit of each item is worth."""
    return "select * from control.conversions_found"


def _codes(_: duckdb.DuckDBPyConnection, __: Workspace) -> str:
    """Return what each unit code of each system stands for."""
    return "select * from control.unit_codes_found"


@dg.definitions
def units() -> dg.Definitions:
    """Make the assets of the two tables."""
    return dg.Definitions(
        assets=[
            python_table("golden.uom_conversion", _conversions, deps=["raw.fx_rates"]),
            python_table("golden.int_unit_codes_resolved", _codes, kind="sql"),
        ]
    )
