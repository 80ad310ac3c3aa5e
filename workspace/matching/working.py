"""The schema in which matching works: there while it works, gone afterwards."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import duckdb

WORK = "matching_work"


@contextmanager
def working_schema(connection: duckdb.DuckDBPyConnection) -> Iterator[None]:
    """Keep what is written on the way in a schema of its own, and leave nothing behind."""
    connection.execute(f"drop schema if exists {WORK} cascade")
    connection.execute(f"create schema {WORK}")
    try:
        yield
    finally:
        connection.execute(f"drop schema if exists {WORK} cascade")
