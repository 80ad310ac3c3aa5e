"""The books of a night: which files came, why a record is not loaded, what the gates found."""

from __future__ import annotations

import duckdb

from workspace.archive import Archived

# One statement for each table, so that a build can be opened at any step and read.
TABLES = """
create schema if not exists control;
create schema if not exists delivered;
create schema if not exists typed;
create schema if not exists raw;
create or replace table control.deliveries (
    system varchar, extract varchar, file_name varchar, file_sha256 varchar,
    byte_count bigint, record_count bigint, status varchar, code varchar, detail varchar,
    archived_path varchar, primary key (system, extract, file_name)
);
create or replace table control.row_faults (
    system varchar, extract varchar, file_sha256 varchar, record_number bigint,
    code varchar, column_name varchar, detail varchar
);
create or replace table control.row_skips (
    system varchar, extract varchar, file_sha256 varchar, record_number bigint, reason varchar
);
create or replace table control.gate_findings (
    gate_name varchar primary key, table_name varchar, kind varchar, is_passed boolean,
    is_blocking boolean, evaluated_count bigint, failed_count bigint, detail varchar
);
create or replace table control.lineage_found (
    table_name varchar, column_name varchar, upstream_table varchar, upstream_column varchar,
    kind varchar
);
"""


def open_books(connection: duckdb.DuckDBPyConnection) -> None:
    """Create the empty books and the schemas of the layers that ingest writes."""
    connection.execute(TABLES)


def table_of(system: str, extract: str, layer: str = "typed") -> str:
    """Return the qualified, quoted name of an extract's table in a layer."""
    return f'{layer}."{system}__{extract}"'


def forget(connection: duckdb.DuckDBPyConnection, system: str, extract: str) -> None:
    """Strike all that is booked of an extract, so that it can be landed again."""
    for book in ("deliveries", "row_faults", "row_skips"):
        connection.execute(
            f"delete from control.{book} where system = ? and extract = ?", [system, extract]
        )


def book_file(
    connection: duckdb.DuckDBPyConnection,
    system: str,
    extract: str,
    file_name: str,
    byte_count: int | None,
    *,
    status: str,
    code: str | None = None,
    detail: str | None = None,
    stored: Archived | None = None,
    records: int = 0,
) -> None:
    """Book a delivered file, or with an empty name that there was none.

    Status is read, duplicate (the bytes of one already read), superseded (by a newer full
    delivery), refused or missing; the last two have a FILE_ code.
    """
    connection.execute(
        "insert into control.deliveries values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [
            system,
            extract,
            file_name,
            stored.sha256 if stored else None,
            byte_count,
            records,
            status,
            code,
            detail,
            f"archive/{stored.sha256[:2]}/{stored.sha256}" if stored else None,
        ],
    )


def add_faults(
    connection: duckdb.DuckDBPyConnection, system: str, extract: str, faults: str
) -> None:
    """Book the rows of a query with columns _file, _record, code, column_name, detail."""
    connection.execute(
        f"""
        insert into control.row_faults
        select ?, ?, _file, _record, code, column_name, left(detail, 500) from ({faults})
        """,
        [system, extract],
    )


def add_skips(connection: duckdb.DuckDBPyConnection, system: str, extract: str, skips: str) -> None:
    """Book the rows of a query with columns _file, _record, reason."""
    connection.execute(
        f"insert into control.row_skips select ?, ?, _file, _record, reason from ({skips})",
        [system, extract],
    )


def drop_booked(connection: duckdb.DuckDBPyConnection, system: str, extract: str) -> None:
    """Take every row that a book names out of the extract's typed table."""
    for book in ("row_skips", "row_faults"):
        connection.execute(
            f"""
            delete from {table_of(system, extract)} as t
            where exists (
                select 1 from control.{book} as b
                where b.system = ? and b.extract = ?
                    and b.file_sha256 = t._file and b.record_number = t._record
            )
            """,
            [system, extract],
        )
