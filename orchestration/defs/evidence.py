"""Evidence on the night as a whole: where every column comes from, and what the gates found."""

import dagster as dg
import duckdb
import pyarrow as pa

from orchestration.lineage import contract_upstream
from orchestration.python_table import python_table
from workspace.config.entities import entities
from workspace.folder import Workspace
from workspace.ingest.mapping_lineage import entity_upstream
from workspace.table_contract import contracts, feature_tables, public_tables


def _lineage(connection: duckdb.DuckDBPyConnection, workspace: Workspace) -> str:
    """Join what mappings say, what dbt's SQL says, and what the contracts of Python tables say."""
    rows = [
        (f"raw.{name}", column, table, source, "mapping")
        for name in entities()
        for column, sources in entity_upstream(workspace, name).items()
        for table, source in sources
    ]
    rows += [
        (
            contract.name,
            column,
            table,
            source,
            "rule" if contract.schema == "segments" else "python",
        )
        for contract in contracts().values()
        if contract.is_python
        for column, sources in contract_upstream(contract).items()
        for table, source in sources
    ]
    names = ("table_name", "column_name", "upstream_table", "upstream_column", "kind")
    declared = {name: [row[n] for row in rows] for n, name in enumerate(names)}
    connection.register("declared", pa.table(declared))
    return """
        select * from declared
        union
        select * from control.lineage_found
    """


def _gates(connection: duckdb.DuckDBPyConnection, workspace: Workspace) -> str:
    """Publish what the gates found; all blocking ones have run before what they block."""
    del connection, workspace
    return "select * from control.gate_findings"


def _features(connection: duckdb.DuckDBPyConnection, workspace: Workspace) -> str:
    """List how every feature is measured, as its contract declares."""
    del workspace
    rows = [
        {
            "table_name": table.table,
            "column_name": column.name,
            "data_type": column.data_type,
            "unit": column.measure.unit,
            "time_window": column.measure.window,  # the plain word is reserved in SQL
            "estimator": column.measure.estimator,
            "grade": column.measure.grade,
            "can_be_null": not column.is_required,
            "meaning": column.description,
        }
        for table in feature_tables()
        for column in table.columns
        if column.measure is not None
    ]
    connection.register("declared", pa.Table.from_pylist(rows))
    return "select * from declared"


@dg.definitions
def evidence() -> dg.Definitions:
    """Make the assets that speak of the whole night, and so come after everything else."""
    tables = [table.name for table in public_tables() if table.schema != "control"]
    return dg.Definitions(
        assets=[
            python_table(
                "control.feature_declarations", _features, deps=["night.parameters"], kind="yaml"
            ),
            python_table("control.asset_lineage", _lineage, deps=tables, kind="sqlglot"),
            python_table(
                "control.dq_gates", _gates, deps=[*tables, "control.dq_outliers"], kind="sql"
            ),
        ]
    )
