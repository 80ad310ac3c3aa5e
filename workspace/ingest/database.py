"""Tables of a running database, fetched in one snapshot into Parquet files that are delivered.

PostgreSQL is read in one REPEATABLE READ READ ONLY transaction: all extracts of a system show one
moment, whatever is written meanwhile. Rows come through a cursor on the server's side in chunks.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, quote_plus

import pyarrow as pa
import pyarrow.parquet as pq
import sqlalchemy as sa

from workspace.config.file_format import Format
from workspace.config.source_file import Extract
from workspace.errors import TierwiseError
from workspace.ingest.database_columns import FetchedColumn, checked_columns, quoted_table
from workspace.ingest.database_increment import KEY, newer_than, newest_of
from workspace.synced_file import partial_of, sync

CHUNK_ROWS = 20_000
GROUP_ROWS = 100_000
CONNECT_SECONDS = 30
# How each kind of database is asked for one moment; SQLite takes one with its first read.
ISOLATION = {
    "postgresql": "REPEATABLE READ",
    "mysql": "REPEATABLE READ",
    "mariadb": "REPEATABLE READ",
    "mssql": "SNAPSHOT",
    "oracle": "SERIALIZABLE",
}
Progress = Callable[[str, int], None]


@dataclass(frozen=True, kw_only=True)
class Fetch:
    """One table to fetch; `since` is the newest value fetched before, None for all rows."""

    extract: Extract
    dialect: Format
    target: Path
    place: str
    since: str | None = None


@dataclass(frozen=True, kw_only=True)
class Fetched:
    """What fetching a table came to; `unknown` are columns that the contract does not name."""

    target: Path
    row_count: int
    unknown: tuple[str, ...]
    newest: str | None


def fetch(url: str, fetches: Sequence[Fetch], progress: Progress) -> list[Fetched]:
    """Fetch tables of one database in one snapshot; `progress` hears place and rows so far.

    Each file takes its name when all are whole. Raises TierwiseError with CONFIG_ENVIRONMENT,
    SYS_DATABASE or FILE_SCHEMA_DRIFT; no message holds a part of the URL that is secret.
    """
    try:
        fetched = _fetch_all(url, fetches, progress)
        for one in fetches:
            partial_of(one.target).rename(one.target)
            sync(one.target.parent)
    finally:
        for one in fetches:
            partial_of(one.target).unlink(missing_ok=True)
    return fetched


def _fetch_all(url: str, fetches: Sequence[Fetch], progress: Progress) -> list[Fetched]:
    """Write every table under its partial name."""
    place = fetches[0].place
    with _secrets_kept(url, place):
        parsed = _parsed(url, place)
        engine = sa.create_engine(
            parsed, poolclass=sa.NullPool, hide_parameters=True, connect_args=_arguments(parsed)
        )
        with engine.connect() as connection:
            connection = _at_one_moment(connection)
            fetched = [_fetch(connection, one, progress) for one in fetches]
            connection.rollback()
    return fetched


def _parsed(url: str, place: str) -> sa.URL:
    try:
        return sa.make_url(url)
    except (sa.exc.ArgumentError, ValueError) as error:
        cause = "The variable holds no SQLAlchemy URL, such as postgresql://user@host/database."
        raise TierwiseError("CONFIG_ENVIRONMENT", place=place, cause=cause) from error


def _arguments(url: sa.URL) -> dict[str, object]:
    if url.get_backend_name() == "postgresql" and url.get_driver_name() == "psycopg":
        return {"connect_timeout": CONNECT_SECONDS, "application_name": "tierwise"}
    return {}


def _at_one_moment(connection: sa.Connection) -> sa.Connection:
    """Begin the transaction that reads one state of the database and cannot write."""
    kind = connection.dialect.name
    if kind == "postgresql":
        connection = connection.execution_options(
            isolation_level=ISOLATION[kind], postgresql_readonly=True
        )
        connection.exec_driver_sql("set local time zone 'UTC'")
        connection.exec_driver_sql("set local datestyle = 'ISO'")
    elif kind == "sqlite":
        connection.exec_driver_sql("pragma query_only = on")
        connection.exec_driver_sql("begin")
    elif kind in ISOLATION:
        connection = connection.execution_options(isolation_level=ISOLATION[kind])
    return connection


def _fetch(connection: sa.Connection, one: Fetch, progress: Progress) -> Fetched:
    table = quoted_table(one.dialect)
    columns, unknown = checked_columns(connection, one.extract, one.dialect, one.place)
    statement = sa.select(*(column.expression for column in columns)).select_from(table)
    statement = statement.order_by(*(sa.column(name) for name in one.extract.key))
    newest = newest_of(connection, table, one.dialect, one.since)
    if one.since is not None:
        statement = statement.where(newer_than(one.since, one.dialect, one.place))
    schema = pa.schema([(column.name, column.type) for column in columns])
    one.target.parent.mkdir(parents=True, exist_ok=True)
    count = 0
    # No path of a contract matches the name of what is not whole.
    with pq.ParquetWriter(partial_of(one.target), schema, write_page_checksum=True) as writer:
        for batch in _batches(connection, statement, columns, schema, one.place):
            writer.write_table(batch, row_group_size=GROUP_ROWS)
            count += batch.num_rows
            progress(one.place, count)
        if newest is not None:
            writer.add_key_value_metadata({KEY: newest})
    sync(partial_of(one.target))
    return Fetched(target=one.target, row_count=count, unknown=unknown, newest=newest)


def _batches(
    connection: sa.Connection,
    statement: sa.Select[tuple[object, ...]],
    columns: Sequence[FetchedColumn],
    schema: pa.Schema,
    place: str,
) -> Iterator[pa.Table]:
    """Yield the rows in tables of about GROUP_ROWS, as exactly as they were stored."""
    streamed = connection.execution_options(stream_results=True, max_row_buffer=CHUNK_ROWS)
    gathered: list[pa.RecordBatch] = []
    with streamed.execute(statement) as result:
        for rows in result.partitions(CHUNK_ROWS):
            values = zip(*rows, strict=True)
            arrays = [
                column.array(list(v), place) for column, v in zip(columns, values, strict=True)
            ]
            gathered.append(pa.record_batch(arrays, schema=schema))
            if len(gathered) * CHUNK_ROWS >= GROUP_ROWS:
                yield pa.Table.from_batches(gathered)
                gathered = []
    if gathered:
        yield pa.Table.from_batches(gathered)


@contextmanager
def _secrets_kept(url: str, place: str) -> Iterator[None]:
    """Say what went wrong with a database, without the URL or what may be secret in it.

    The driver's own exception is not chained: a traceback would print it as it is.
    """
    try:
        yield
    except ModuleNotFoundError as error:
        cause = f"The database's driver is not installed: {error.name}."
        raise TierwiseError("SYS_DATABASE", place=place, cause=cause) from None
    except sa.exc.DBAPIError as error:
        text = _without_secrets(str(error.orig), url)
        raise TierwiseError("SYS_DATABASE", place=place, cause=text) from None
    except sa.exc.SQLAlchemyError as error:
        text = _without_secrets(str(error), url)
        raise TierwiseError("SYS_DATABASE", place=place, cause=text) from None


def _without_secrets(text: str, url: str) -> str:
    """Return the first line of a message, its secrets struck out."""
    secrets = {url}
    try:
        parsed = sa.make_url(url)
    except (sa.exc.ArgumentError, ValueError):
        pass
    else:
        given = [(value,) if isinstance(value, str) else value for value in parsed.query.values()]
        values = [parsed.password, *(value for one in given for value in one)]
        secrets |= {form(str(one)) for one in values if one for form in (str, quote, quote_plus)}
    for secret in sorted(secrets, key=len, reverse=True):
        text = text.replace(secret, "***")
    return f"{text.strip().splitlines()[0][:300] if text.strip() else 'No message.'}"
