"""Decisions in force as rows of a table that the night reads and the release publishes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import duckdb
import pyarrow as pa

from workspace.warehouse import create_by_contract, write_by_contract


def land_decided(
    connection: duckdb.DuckDBPyConnection, table: str, rows: Sequence[Any], kind: type
) -> int:
    """Create a table of decisions, empty or not, from dataclasses of a kind; return its row count.

    `decided_at` is an ISO instant in UTC and becomes a timestamp.
    """
    if not rows:
        create_by_contract(connection, table)
        return 0
    columns = {name: [getattr(row, name) for row in rows] for name in kind.__annotations__}
    connection.register("_decided", pa.table(columns))
    landed = write_by_contract(
        connection,
        table,
        "select * replace (cast(cast(decided_at as timestamptz) at time zone 'UTC' as timestamp) "
        "as decided_at) from _decided",
    )
    connection.unregister("_decided")
    return landed
