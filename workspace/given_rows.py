"""Rows that Python holds, as tables for SQL."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import duckdb
import pyarrow as pa


def create_from(
    connection: duckdb.DuckDBPyConnection, table: str, rows: object, *, is_temporary: bool = False
) -> None:
    """Replace a table by rows: an Arrow table or a Polars frame."""
    kind = "temp table" if is_temporary else "table"
    connection.register("_given_rows", rows)
    connection.execute(f"create or replace {kind} {table} as from _given_rows")
    connection.unregister("_given_rows")


def arrow_table(types: Mapping[str, pa.DataType], rows: Sequence[tuple[Any, ...]]) -> pa.Table:
    """Return rows, of which there may be none, as columns of these names and types."""
    columns = list(zip(*rows, strict=True)) or [()] * len(types)
    arrays = [pa.array(values, kind) for values, kind in zip(columns, types.values(), strict=True)]
    return pa.table(arrays, names=list(types))
