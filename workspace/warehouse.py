"""The working database of a night: opening it, and writing tables that keep to their contract."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb

from workspace.errors import TierwiseError
from workspace.table_contract import TableContract, contract


@contextmanager
def connect(file: Path, *, read_only: bool = False) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open a DuckDB file and close it again, so that dbt's process finds it free."""
    connection = duckdb.connect(str(file), read_only=read_only)
    try:
        yield connection
    finally:
        connection.close()


def one_row(
    connection: duckdb.DuckDBPyConnection, query: str, values: list[object] | None = None
) -> tuple[Any, ...]:
    """Return the only row of a query.

    The result is fetched to its end: DuckDB 2.0 refuses other work on a connection while a result
    is open, and `fetchone` leaves it so.
    """
    (row,) = connection.execute(query, values).fetchall()
    return tuple(row)


def row_count(connection: duckdb.DuckDBPyConnection, table: str) -> int:
    """Return the number of rows of a table."""
    return int(one_row(connection, f"select count(*) from {table}")[0])


def create_by_contract(
    connection: duckdb.DuckDBPyConnection, name: str, *, is_written_once: bool = False
) -> TableContract:
    """Create an empty table as its contract says: types, required columns, key.

    A table that is written once has no index for its key: whoever writes it tests that.
    """
    wanted = contract(name)
    if not wanted.key:
        raise TierwiseError("TABLE_CONTRACT", place=name, cause="The contract names no key.")
    columns = [
        f"{column.name} {column.data_type}"
        + (" not null" if column.is_required or column.name in wanted.key else "")
        for column in wanted.columns
    ]
    if not is_written_once:
        columns.append(f"primary key ({', '.join(wanted.key)})")
    connection.execute(f"create schema if not exists {wanted.schema}")
    connection.execute(f"create or replace table {name} ({', '.join(columns)})")
    return wanted


def write_by_contract(
    connection: duckdb.DuckDBPyConnection, name: str, query: str, *, is_sorted: bool = False
) -> int:
    """Replace a table by the rows of a query, by column name and in the order of its key.

    Rows that come in that order (`is_sorted`) are not sorted again: a third of the time.
    Returns the row count. Raises TABLE_CONTRACT when columns differ, a required value is null, a
    key repeats or a value does not fit its type.
    """
    wanted = contract(name)
    given = [row[0] for row in connection.execute(f"describe {query}").fetchall()]
    declared = [column.name for column in wanted.columns]
    if sorted(given) != sorted(declared):
        odd = sorted(set(given) ^ set(declared))
        cause = f"Given and declared columns differ by {', '.join(odd)}."
        raise TierwiseError("TABLE_CONTRACT", place=name, cause=cause)
    create_by_contract(connection, name, is_written_once=True)
    columns = ", ".join(declared)
    key = ", ".join(f"{column} nulls first" for column in wanted.key)
    order = "" if is_sorted else f"order by {key}"
    try:
        connection.execute(
            f"insert into {name} ({columns}) select {columns} from ({query}) {order}"
        )
    except (duckdb.ConstraintException, duckdb.ConversionException) as error:
        cause = str(error).split("\n")[0]
        raise TierwiseError("TABLE_CONTRACT", place=name, cause=cause) from error
    _refuse_repeated_keys(connection, wanted)
    return row_count(connection, name)


def _refuse_repeated_keys(connection: duckdb.DuckDBPyConnection, wanted: TableContract) -> None:
    """Raise TABLE_CONTRACT for a key that two rows have.

    Of a million rows with a key of two texts this takes 0.2 s; an index that would refuse the
    second row, 1.3 s.
    """
    key = ", ".join(wanted.key)
    found = connection.execute(
        f"select {key} from {wanted.name} group by {key} having count(*) > 1 order by all limit 1"
    ).fetchall()
    if found:
        values = ", ".join(
            f"{column} {value}" for column, value in zip(wanted.key, found[0], strict=True)
        )
        cause = f"More than one row has the key {values}."
        raise TierwiseError("TABLE_CONTRACT", place=wanted.name, cause=cause)
