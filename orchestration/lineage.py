"""Column lineage and schemas as Dagster metadata, from contracts and mappings."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import dagster as dg
import duckdb
import pyarrow as pa

from workspace.given_rows import arrow_table
from workspace.table_contract import TableContract
from workspace.warehouse import row_count

EDGES = dict.fromkeys(("table_name", "column_name", "from_table", "from_column"), pa.string())
Metadata = dict[str, Any]
Upstream = Mapping[str, Iterable[tuple[str, str]]]


def key_of(table: str) -> dg.AssetKey:
    """Return the asset key of a qualified table name."""
    return dg.AssetKey(table.split(".", 1))


def column_lineage(upstream: Upstream) -> dg.TableColumnLineage:
    """Return Dagster's form of column → [(table, column)]."""
    return dg.TableColumnLineage(
        deps_by_column={
            column: [
                dg.TableColumnDep(asset_key=key_of(table), column_name=name)
                for table, name in sources
            ]
            for column, sources in upstream.items()
        }
    )


def lineage_metadata(upstream: Upstream) -> Metadata:
    """Return column lineage twice: as Dagster stores it, and as its open-source pages show it."""
    lines = ["| column | comes from |", "|---|---|"]
    lines += [
        f"| `{column}` | {', '.join(f'`{table}.{name}`' for table, name in sources)} |"
        for column, sources in upstream.items()
    ]
    return {
        "dagster/column_lineage": column_lineage(upstream),
        "columns": dg.MetadataValue.md("\n".join(lines)),
    }


def contract_upstream(contract: TableContract) -> dict[str, list[tuple[str, str]]]:
    """Return column → [(table, column)] as the contract of a Python table declares it."""
    return {
        column.name: [split_column(name) for name in column.upstream]
        for column in contract.columns
        if column.upstream
    }


def split_column(name: str) -> tuple[str, str]:
    """Split `schema.table.column` into table and column."""
    table, column = name.rsplit(".", 1)
    return table, column


def table_metadata(contract: TableContract, rows: int) -> Metadata:
    """Return row count, column schema and column lineage of a table that Python wrote."""
    metadata: Metadata = {
        "dagster/row_count": rows,
        "dagster/table_name": contract.name,
        "dagster/column_schema": dg.TableSchema(
            columns=[
                dg.TableColumn(
                    name=column.name,
                    type=column.data_type,
                    description=column.description,
                    constraints=dg.TableColumnConstraints(nullable=not column.is_required),
                )
                for column in contract.columns
            ]
        ),
    }
    upstream = contract_upstream(contract)
    if upstream:
        metadata |= lineage_metadata(upstream)
    return metadata


def built_metadata(
    connection: duckdb.DuckDBPyConnection,
    table: str,
    types: Mapping[str, str],
    upstream: Upstream,
) -> Metadata:
    """Return row count, column schema and column lineage of a table or view that dbt built."""
    return {
        "dagster/row_count": row_count(connection, table),
        "dagster/table_name": table,
        "dagster/column_schema": dg.TableSchema(
            columns=[dg.TableColumn(name=name, type=kind) for name, kind in types.items()]
        ),
        **lineage_metadata(upstream),
    }


def book_column_lineage(
    connection: duckdb.DuckDBPyConnection, lineages: Mapping[str, Upstream]
) -> None:
    """Keep the lineage of these tables of dbt's for asset_lineage, in place of an earlier try's."""
    rows = [
        (table, column, upstream_table, upstream_column)
        for table, upstream in lineages.items()
        for column, sources in upstream.items()
        for upstream_table, upstream_column in sources
    ]
    connection.execute(
        "delete from control.lineage_found where list_contains(?, table_name)", [list(lineages)]
    )
    connection.register("lineage_tonight", arrow_table(EDGES, rows))
    connection.execute("insert into control.lineage_found select *, 'dbt' from lineage_tonight")
    connection.unregister("lineage_tonight")
