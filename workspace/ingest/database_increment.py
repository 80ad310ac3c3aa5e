"""How far a table has been fetched, so that the next fetch begins there."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import sqlalchemy as sa

from workspace.config.file_format import Format
from workspace.errors import TierwiseError

KEY = "tierwise.newest"
# A value is kept with its type, `int:10`, as text alone would say that 9 is newer than 10.
READERS: dict[str, Callable[[str], Any]] = {
    "int": int,
    "float": float,
    "str": str,
    "Decimal": Decimal,
    "date": date.fromisoformat,
    "datetime": datetime.fromisoformat,
}


def newest_in(file: Path) -> str | None:
    """Return the newest value that a fetched file reaches to, or None where it states none."""
    metadata = pq.read_metadata(file).metadata or {}
    newest = metadata.get(KEY.encode())
    return newest.decode() if newest is not None else None


def newest_of(
    connection: sa.Connection, table: sa.TableClause, dialect: Format, since: str | None
) -> str | None:
    """Return the newest value in the snapshot, `since` where the table holds none."""
    if dialect.incremental_by is None:
        return None
    column: sa.ColumnClause[Any] = sa.column(dialect.incremental_by)
    newest = connection.execute(sa.select(sa.func.max(column)).select_from(table)).scalar()
    if newest is None:
        return since
    text = newest.isoformat() if isinstance(newest, date) else str(newest)
    return f"{type(newest).__name__}:{text}"


def newer_than(since: str, dialect: Format, place: str) -> sa.ColumnElement[bool]:
    """Return the condition of the rows to fetch: those of the newest value again, and no value.

    A row without a value cannot be told old from new. Raises CONFIG_VALUE for a type that has no
    order to step back in.
    """
    kind, _, text = since.partition(":")
    if kind not in READERS or (kind == "str" and dialect.incremental_overlap):
        cause = f"{dialect.incremental_by} holds {kind}: it cannot be counted on or back."
        raise TierwiseError("CONFIG_VALUE", place=place, cause=cause)
    column: sa.ColumnClause[Any] = sa.column(dialect.incremental_by or "")
    bound = _back(READERS[kind](text), dialect.incremental_overlap)
    return sa.or_(column >= bound, column.is_(None))


def _back(value: Any, overlap: int) -> Any:
    match value:
        case str():
            return value
        case datetime():
            return value - timedelta(seconds=overlap)
        case date():
            return value - timedelta(days=overlap)
        case _:
            return value - overlap
