"""Where matching works: a schema that is gone afterwards, and what it keeps from night to night."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

WORK = "matching_work"
# A database of its own where a file is given, else a schema that goes with the work.
KEPT = "matching_kept"


@contextmanager
def working_schema(
    connection: duckdb.DuckDBPyConnection, *, kept: Path | None = None
) -> Iterator[None]:
    """Keep what is written on the way in a schema of its own, and leave nothing else behind.

    `kept` is the file of what the next night can use; one that cannot be read is begun anew.
    """
    _drop(connection, WORK)
    connection.execute(f"create schema {WORK}")
    if kept is None:
        _drop(connection, KEPT)
        connection.execute(f"create schema {KEPT}")
    else:
        _attach(connection, kept)
    try:
        yield
    finally:
        _drop(connection, WORK)
        if kept is None:
            _drop(connection, KEPT)
        else:
            connection.execute(f"detach {KEPT}")


def _drop(connection: duckdb.DuckDBPyConnection, schema: str) -> None:
    connection.execute(f"drop schema if exists {schema} cascade")


def _attach(connection: duckdb.DuckDBPyConnection, file: Path) -> None:
    """Open the file, or begin it anew: it is torn, or another version of DuckDB has written it."""
    file.parent.mkdir(parents=True, exist_ok=True)
    try:
        connection.execute(f"attach '{file}' as {KEPT}")
    except duckdb.Error:
        file.unlink(missing_ok=True)
        file.with_name(f"{file.name}.wal").unlink(missing_ok=True)
        connection.execute(f"attach '{file}' as {KEPT}")
