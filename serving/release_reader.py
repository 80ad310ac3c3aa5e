"""Read-only access to one release.

An analyst's SQL runs here too, so a connection can neither write, nor reach a file or the network,
nor change its own limits, and every query ends.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
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

DATABASE = "tierwise.duckdb"
TIME_LIMIT_SECONDS = 60.0
LOCKED: dict[str, str | bool | int | float | list[str]] = {
    "enable_external_access": False,
    "python_enable_replacements": False,  # or a query could name our own variables as tables
    "lock_configuration": True,
}


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
        self, sql: str, parameters: Sequence[object] = (), *, seconds: float = TIME_LIMIT_SECONDS
    ) -> pl.DataFrame:
        """Return the rows of one query; decimals stay decimals.

        Raises TimeoutError past the time limit, and duckdb.Error for what DuckDB refuses.
        """
        with self._limited(seconds):
            relation = self._connection.sql(sql, params=list(parameters))
            frame: pl.DataFrame = relation.pl() if relation is not None else pl.DataFrame()
            return frame

    def rows(self, sql: str, parameters: Sequence[object] = ()) -> list[dict[str, Any]]:
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
            company=row.get("company_title", ""),
            currency=row.get("reporting_currency_code", "reporting currency"),
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
    """Open a release folder for reading; raises RELEASE_MISSING when it holds no database."""
    database = folder / DATABASE
    if not database.is_file():
        raise TierwiseError(
            "RELEASE_MISSING", place=str(folder), cause=f"There is no {DATABASE} in the folder."
        )
    try:
        connection = duckdb.connect(database, read_only=True, config=LOCKED)
    except duckdb.Error as error:
        raise TierwiseError("RELEASE_DAMAGED", place=str(database), cause=f"{error}.") from error
    return ReleaseReader(folder, connection)
