"""Units of measure: the conversions that ingest resolves, as tables that facts and people read."""

import dagster as dg
import duckdb

from orchestration.python_table import python_table
from workspace.folder import Workspace
from workspace.ingest.accounts import close_books
from workspace.ingest.meaning import is_settled, settle


def _settled(connection: duckdb.DuckDBPyConnection, workspace: Workspace) -> None:
    """Resolve units and rates where ingest has not, and close its books again over them."""
    if not is_settled(connection):
        settle(connection, workspace)
        close_books(connection, workspace)


def _conversions(connection: duckdb.DuckDBPyConnection, workspace: Workspace) -> str:
    """Return what each unit of each item is worth."""
    _settled(connection, workspace)
    return "select * from control.conversions_found"


def _codes(connection: duckdb.DuckDBPyConnection, workspace: Workspace) -> str:
    """Return what each unit code of each system stands for."""
    _settled(connection, workspace)
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
