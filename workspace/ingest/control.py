"""The books of a night: which files came, why a record is not loaded, what the gates found."""

from __future__ import annotations

from collections.abc import Iterable

import duckdb
import pyarrow as pa

from workspace.ingest.parsing import literal
from workspace.ingest.planned_files import READ, PlannedFile
from workspace.ledger.landing import land_decisions

# A row of an entity, where it was delivered, and what is wrong with it.
FOUND = {
    "_system": pa.string(),
    "_file": pa.string(),
    "_record": pa.int64(),
    "code": pa.string(),
    "column_name": pa.string(),
    "detail": pa.string(),
}
# One statement for each table, so that a build can be opened at any step and read.
TABLES = """
create schema if not exists control;
create schema if not exists typed;
create schema if not exists raw;
create or replace table control.deliveries (
    system varchar, extract varchar, file_name varchar, file_sha256 varchar,
    byte_count bigint, record_count bigint, status varchar, code varchar, detail varchar,
    archived_path varchar, file_date date, delivered_date date, is_built boolean,
    primary key (system, extract, file_name, status)
);
create or replace table control.row_faults (
    system varchar, extract varchar, file_sha256 varchar, record_number bigint,
    code varchar, column_name varchar, detail varchar, byte_offset bigint, raw_text varchar
);
create or replace table control.row_skips (
    system varchar, extract varchar, file_sha256 varchar, record_number bigint, reason varchar
);
create or replace table control.delivered_days (
    system varchar, extract varchar, file_sha256 varchar, delivered_day date, record_count bigint
);
create or replace table control.newest_dates (
    system varchar, extract varchar, file_sha256 varchar, entity varchar, column_name varchar,
    newest_date date
);
create or replace table control.parts (
    system varchar, extract varchar, file_sha256 varchar, folder varchar
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
BOOKS = ("deliveries", "row_faults", "row_skips", "delivered_days", "newest_dates", "parts")


def open_books(connection: duckdb.DuckDBPyConnection) -> None:
    """Create the empty books and the schemas of the layers that ingest writes."""
    connection.execute(TABLES)
    land_decisions(connection)


def table_of(system: str, extract: str) -> str:
    """Return the qualified, quoted name of an extract's typed rows."""
    return f'typed."{system}__{extract}"'


def forget(connection: duckdb.DuckDBPyConnection, system: str, extract: str) -> None:
    """Strike all that is booked of an extract, so that it can be landed again."""
    for book in BOOKS:
        connection.execute(
            f"delete from control.{book} where system = ? and extract = ?", [system, extract]
        )


def book_file(
    connection: duckdb.DuckDBPyConnection,
    system: str,
    extract: str,
    file: PlannedFile,
    *,
    records: int = 0,
    is_built: bool = False,
    detail: str | None = None,
) -> None:
    """Book a planned file; `is_built` when its part was made tonight."""
    sha256 = file.sha256
    connection.execute(
        "insert into control.deliveries values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [
            system,
            extract,
            file.name,
            sha256,
            file.byte_count,
            records,
            file.status,
            file.code,
            file.detail or detail,
            f"archive/{sha256[:2]}/{sha256}" if sha256 else None,
            file.file_date,
            file.delivered_date,
            is_built,
        ],
    )


def add_faults(
    connection: duckdb.DuckDBPyConnection, system: str, extract: str, faults: str
) -> None:
    """Book the rows of a query with columns _file, _record, code, column_name, detail.

    The typed view of the extract leaves these records out from then on.
    """
    connection.execute(
        f"""
        insert into control.row_faults
        select ?, ?, _file, _record, code, column_name, left(detail, 500), null, null
        from ({faults})
        """,
        [system, extract],
    )


def add_entity_faults(
    connection: duckdb.DuckDBPyConnection, rows: str, extracts: Iterable[tuple[str, str]]
) -> None:
    """Book rows of entities, each under the one of these extracts that it was delivered in.

    `rows` is a relation with the columns of FOUND; an extract goes by its system and name.
    """
    for system, extract in sorted(set(extracts)):
        faults = f"""
            select f._file, f._record, f.code, f.column_name, f.detail
            from {rows} as f
            semi join control.deliveries as d on d.file_sha256 = f._file
                and d.status in {READ}
                and d.system = {literal(system)} and d.extract = {literal(extract)}
            where f._system = {literal(system)}
        """
        add_faults(connection, system, extract, faults)


def add_skips(connection: duckdb.DuckDBPyConnection, system: str, extract: str, skips: str) -> None:
    """Book the rows of a query with columns _file, _record, reason."""
    connection.execute(
        f"insert into control.row_skips select ?, ?, _file, _record, reason from ({skips})",
        [system, extract],
    )
