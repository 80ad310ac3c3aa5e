"""Read-only access to a release, or to two side by side.

An analyst's SQL runs here too: a connection answers queries and nothing else, reaches no file but
the release's own, cannot change its limits, and every query ends.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from threading import Timer
from types import TracebackType
from typing import Any

import duckdb
import polars as pl

from workspace.errors import TierwiseError
from workspace.releases import tables_of

DATABASE = "tierwise.duckdb"
TIME_LIMIT_SECONDS = 60.0
Parameters = Sequence[object] | Mapping[str, object]
QUERIES = {duckdb.StatementType.SELECT, duckdb.StatementType.EXPLAIN}


@dataclass(frozen=True, kw_only=True)
class Manifest:
    """What a release says about itself in `publish_manifest`."""

    release_id: str
    as_of_date: date
    previous_release_id: str | None
    company: str
    currency: str


class ReleaseReader:
    """An open release: queries in, frames out."""

    def __init__(self, folder: Path, connection: duckdb.DuckDBPyConnection) -> None:
        """Keep the folder and its locked connection; use `open_release` to get one."""
        self.folder = folder
        self._connection = connection

    def __enter__(self) -> ReleaseReader:
        """Return the reader; leaving the block closes it."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close the connection."""
        self.close()

    def close(self) -> None:
        """Release the database file."""
        self._connection.close()

    def query(
        self, sql: str, parameters: Parameters = (), *, seconds: float = TIME_LIMIT_SECONDS
    ) -> pl.DataFrame:
        """Return the rows of one query; decimals stay decimals. Parameters go by place or by name.

        Raises TimeoutError past the time limit, and duckdb.Error for SQL that is wrong or is not
        one query.
        """
        kinds = [statement.type for statement in self._connection.extract_statements(sql)]
        if len(kinds) != 1 or kinds[0] not in QUERIES:
            raise duckdb.PermissionException("A release answers one query at a time, and no more.")
        with self._limited(seconds):
            given = dict(parameters) if isinstance(parameters, Mapping) else list(parameters)
            frame: pl.DataFrame = self._connection.sql(sql, params=given).pl()
            return frame

    def rows(self, sql: str, parameters: Parameters = ()) -> list[dict[str, Any]]:
        """Return the rows of one query as dictionaries, for small answers."""
        return self.query(sql, parameters).to_dicts()

    def value(self, sql: str, parameters: Sequence[object] = ()) -> Any:
        """Return the single value of a query; None when it has no row."""
        frame = self.query(sql, parameters)
        return frame.item(0, 0) if frame.height else None

    @cached_property
    def columns(self) -> dict[str, dict[str, str]]:
        """Name and type of each column, by table, in the order of the tables."""
        found: dict[str, dict[str, str]] = {}
        for row in self.rows(
            "select table_name, column_name, data_type from duckdb_columns() "
            "where schema_name = 'main' and not internal order by table_name, column_index"
        ):
            found.setdefault(row["table_name"], {})[row["column_name"]] = row["data_type"]
        return found

    @cached_property
    def manifest(self) -> Manifest:
        """What the release says about itself."""
        row = self.rows("select * from publish_manifest")[0]
        return Manifest(
            release_id=row["release_id"],
            as_of_date=row["as_of_date"],
            previous_release_id=row["previous_release_id"] or None,
            company=row["company_title"],
            currency=row["reporting_currency_code"],
        )

    @contextmanager
    def _limited(self, seconds: float) -> Iterator[None]:
        timer = Timer(seconds, self._connection.interrupt)
        timer.daemon = True
        timer.start()
        try:
            yield
        except duckdb.InterruptException as error:
            raise TimeoutError(
                f"The query ran longer than {seconds:g} seconds. Narrow it, or raise the limit."
            ) from error
        finally:
            timer.cancel()


def open_release(folder: Path) -> ReleaseReader:
    """Open a release folder for reading; its tables have their own names.

    Raises RELEASE_MISSING when it holds no database, RELEASE_DAMAGED when that cannot be opened.
    """
    connection = _unlocked()
    files = _attach(connection, folder, "release", "memory.main")
    connection.execute("set search_path = 'release.main,memory.main'")
    _lock(connection, files)
    return ReleaseReader(folder, connection)


def open_pair(before: Path, after: Path) -> ReleaseReader:
    """Open two releases in one connection, as schemas `before` and `after`."""
    connection = _unlocked()
    files: list[Path] = []
    for name, folder in (("before", before), ("after", after)):
        connection.execute(f"create schema memory.{name}")
        files += _attach(connection, folder, f"{name}_release", f"memory.{name}")
        for table in _tables(connection, f"{name}_release"):
            connection.execute(
                f'create view memory.{name}."{table}" as from {name}_release.main."{table}"'
            )
    _lock(connection, files)
    return ReleaseReader(after, connection)


def _unlocked() -> duckdb.DuckDBPyConnection:
    """Return a connection for which our own variables are no tables."""
    return duckdb.connect(":memory:", config={"python_enable_replacements": False})


def _attach(
    connection: duckdb.DuckDBPyConnection, folder: Path, name: str, schema: str
) -> list[Path]:
    """Attach a release, with views on tables too large for its database; return their files."""
    database = folder / DATABASE
    if not database.is_file():
        raise TierwiseError(
            "RELEASE_MISSING", place=str(folder), cause=f"There is no {DATABASE} in the folder."
        )
    try:
        connection.execute(f"attach {_quoted(database)} as {name} (read_only)")
    except duckdb.Error as error:
        raise TierwiseError("RELEASE_DAMAGED", place=str(database), cause=f"{error}.") from error
    held = _tables(connection, name)
    files = {table: parts for table, parts in tables_of(folder).items() if table not in held}
    for table, parts in files.items():
        read = ", ".join(_quoted(file) for file in parts)
        connection.execute(f'create view {schema}."{table}" as from read_parquet([{read}])')
    return [file for parts in files.values() for file in parts]


def _tables(connection: duckdb.DuckDBPyConnection, database: str) -> list[str]:
    rows = connection.execute(
        "select table_name from duckdb_tables() where database_name = ? order by table_name",
        [database],
    ).fetchall()
    return [name for (name,) in rows]


def _lock(connection: duckdb.DuckDBPyConnection, files: Sequence[Path]) -> None:
    """Leave nothing reachable but what is attached and the files named, for good."""
    paths = ", ".join(_quoted(file) for file in files)
    connection.execute(f"set allowed_paths = [{paths}]")
    connection.execute("set enable_external_access = false")
    connection.execute("set lock_configuration = true")


def _quoted(path: Path) -> str:
    return "'" + str(path).replace("'", "''") + "'"
