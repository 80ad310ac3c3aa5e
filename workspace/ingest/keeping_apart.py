"""Firms that are kept apart: what they deliver is read and accounted for, and in no raw table.

So it changes no golden record, feature, rank or segment of the company, and cannot stop its night
for want of a rate or a unit. The rows wait in views of `apart`, where matching looks at them.
"""

from __future__ import annotations

import duckdb
import pyarrow as pa

from workspace.ingest.parsing import literal
from workspace.overlays import kept_apart
from workspace.warehouse import row_count

SCHEMA = "apart"


def keep_apart(connection: duckdb.DuckDBPyConnection) -> None:
    """Move the rows of systems that are kept apart from raw.<entity> to apart.<entity>.

    Call it once, after the entities are filled. Theirs is what they deliver, and what bears their
    keys whoever delivers it.
    """
    names = ", ".join(map(literal, kept_apart(connection)))
    if not names:
        return
    theirs = f"(_namespace in ({names}) or _system in ({names}))"
    connection.execute(f"create schema if not exists {SCHEMA}")
    filled = connection.execute(
        "select view_name from duckdb_views() where schema_name = 'raw' order by all"
    ).fetchall()
    for (entity,) in filled:
        connection.execute(f"alter view raw.{entity} rename to {entity}_of_all")
        connection.execute(
            f"create view raw.{entity} as select * from raw.{entity}_of_all where not {theirs}"
        )
        connection.execute(
            f"create view {SCHEMA}.{entity} as select * from raw.{entity}_of_all where {theirs}"
        )


def has_rows_apart(connection: duckdb.DuckDBPyConnection, entity: str) -> bool:
    """Say whether rows of an entity are kept apart tonight."""
    found = connection.execute(
        "select count(*) from duckdb_views() where schema_name = ? and view_name = ?",
        [SCHEMA, entity],
    ).fetchall()
    return found != [(0,)] and row_count(connection, f"{SCHEMA}.{entity}") > 0


def rows_apart(connection: duckdb.DuckDBPyConnection, entity: str, query: str) -> pa.Table:
    """Return what a query over views of raw.<entity> gives of the rows that are kept apart.

    Staging tables are such views. While it runs, the view of the raw table is that of the others.
    """
    connection.execute("begin")
    try:
        connection.execute(f"create or replace view raw.{entity} as from {SCHEMA}.{entity}")
        found: pa.Table = connection.sql(query).to_arrow_table()
        return found
    finally:
        connection.execute("rollback")
