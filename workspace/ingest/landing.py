"""Landing one extract: archive its files, count their records, and let DuckDB read them as text."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa

from workspace.archive import Archived, archive
from workspace.config.file_format import Format
from workspace.config.source_file import Extract, SourceFile
from workspace.config.strict import suggestion
from workspace.errors import TierwiseError
from workspace.folder import Workspace
from workspace.ingest.control import add_faults, book_file, drop_booked, forget, table_of
from workspace.ingest.delivery import delivered_files, missing_file, name_of
from workspace.ingest.parsing import identifier, literal
from workspace.ingest.records import Records, read_records
from workspace.ingest.repeated_keys import book_keys
from workspace.ingest.typed_rows import book_faults, book_skips, parse
from workspace.warehouse import one_row, row_count


@dataclass(frozen=True, kw_only=True)
class Landed:
    """What landing one extract came to, in records."""

    file_count: int
    record_count: int
    typed_count: int
    faulty_count: int
    skipped_count: int
    hashes: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class _Target:
    """The extract that files are landed into, and how their text is written."""

    connection: duckdb.DuckDBPyConnection
    system: str
    name: str
    extract: Extract
    dialect: Format

    def book(self, file_name: str, path: Path | None = None, **found: Any) -> None:
        """Book what became of a file."""
        byte_count = path.stat().st_size if path else None
        book_file(self.connection, self.system, self.name, file_name, byte_count, **found)


def land(
    connection: duckdb.DuckDBPyConnection, workspace: Workspace, source: SourceFile, name: str
) -> Landed:
    """Land one extract of a system into `delivered` (text) and `typed` (parsed, usable rows).

    Landing again starts over. Raises TierwiseError with a FILE_ code for a file that must be
    refused whole; the books of the build then say which.
    """
    target = _Target(
        connection=connection,
        system=source.system,
        name=name,
        extract=source.extracts[name],
        dialect=source.format_of(name),
    )
    forget(connection, source.system, name)
    columns = ", ".join(f"{identifier(column)} varchar" for column in target.extract.columns)
    connection.execute(
        f"create or replace table {table_of(source.system, name, 'delivered')} "
        f"({columns}, _file varchar, _record bigint)"
    )
    hashes = _land_files(target, workspace, source)
    parse(connection, source, name)
    book_skips(connection, workspace, source, name)
    book_faults(connection, workspace, source, name)
    book_keys(connection, source, name)
    drop_booked(connection, source.system, name)
    return _landed(connection, source, name, hashes)


def _land_files(target: _Target, workspace: Workspace, source: SourceFile) -> tuple[str, ...]:
    """Archive and read the files of an extract; return their hashes."""
    delivery = delivered_files(workspace, source, target.extract)
    for path in delivery.superseded:
        target.book(name_of(workspace, source, target.extract, path), path, status="superseded")
    if not delivery.files:
        target.book("", status="missing", code="FILE_MISSING")
        if target.extract.required:
            raise missing_file(workspace, source, target.name)
    read: dict[str, int] = {}
    for path in delivery.files:
        file_name = name_of(workspace, source, target.extract, path)
        try:
            stored = archive(path, workspace.archive)
            if stored.sha256 in read:
                records = read[stored.sha256]
                target.book(file_name, path, status="duplicate", stored=stored, records=records)
            else:
                read[stored.sha256] = _read_file(target, file_name, path, stored)
        except TierwiseError as error:
            target.book(file_name, path, status="refused", code=error.code, detail=error.cause)
            raise
    return tuple(read)


def _read_file(target: _Target, file_name: str, path: Path, stored: Archived) -> int:
    """Read one file into `delivered`, book its faults, and return its number of records."""
    place = f"{target.system}.{target.name} ({file_name})"
    records = read_records(stored.path.read_bytes(), target.dialect, place=place)
    extra = _compare_header(records, target.extract, place)
    if not records.count and not target.extract.may_be_empty:
        raise TierwiseError("FILE_HEADER_ONLY", place=place, cause="No record follows the header.")
    _insert(target, records, stored, place)
    if records.faults:
        faults = {
            "_file": pa.repeat(stored.sha256, len(records.faults)),
            "_record": [fault.record for fault in records.faults],
            "code": [fault.code for fault in records.faults],
            "column_name": pa.repeat("", len(records.faults)),
            "detail": [fault.detail for fault in records.faults],
        }
        target.connection.register("_faults", pa.table(faults))
        add_faults(target.connection, target.system, target.name, "select * from _faults")
        target.connection.unregister("_faults")
    detail = f"Columns the contract does not name: {', '.join(extra)}." if extra else None
    found = {"stored": stored, "records": records.count, "detail": detail}
    target.book(file_name, path, status="read", **found)
    return records.count


def _compare_header(records: Records, extract: Extract, place: str) -> list[str]:
    """Compare by name; return the delivered columns that the contract does not know."""
    declared = list(extract.columns)
    missing = [column for column in declared if column not in records.header]
    extra = [column for column in records.header if column not in declared]
    if missing:
        if len(records.header) == 1 and len(declared) > 1:
            cause = f"The header is one column, `{records.header[0][:80]}`: another delimiter?"
            raise TierwiseError("FILE_DIALECT", place=place, cause=cause)
        if not set(declared) & set(records.header):
            found = ", ".join(records.header[:5])[:200]
            cause = f"The first line names none of the declared columns, but {found}."
            raise TierwiseError("FILE_HEADER", place=place, cause=cause)
        near = suggestion(missing[0], extra)
        cause = f"The file lacks the columns {', '.join(missing)}.{near}"
        raise TierwiseError("FILE_SCHEMA_DRIFT", place=place, cause=cause)
    return extra


def _insert(target: _Target, records: Records, stored: Archived, place: str) -> None:
    """Let DuckDB read the records without fault, and count that it read each of them.

    A sound file is read where it is archived; else its sound records are written out first.
    """
    if records.newline is not None:
        numbers = np.arange(1, records.count + 1)
        _read_csv(target, records, stored.path, header=True)
    else:
        text, numbers = records.parsable()
        with tempfile.NamedTemporaryFile(suffix=".csv") as sound:
            sound.write(text)
            sound.flush()
            _read_csv(target, records, Path(sound.name), header=False)
    parsed_count = row_count(target.connection, "_read")
    if parsed_count != len(numbers):
        cause = f"{len(numbers)} records were counted, {parsed_count} were parsed."
        raise TierwiseError("FILE_CONSERVATION", place=place, cause=cause)
    target.connection.register("_numbers", pa.table({"_record": numbers}))
    target.connection.execute(
        f"""
        insert into {table_of(target.system, target.name, "delivered")}
        select r.*, {literal(stored.sha256)}, n._record
        from _read as r positional join _numbers as n
        """
    )
    target.connection.unregister("_numbers")
    target.connection.execute("drop table _read")


def _read_csv(target: _Target, records: Records, file: Path, *, header: bool) -> None:
    """Read a file into the table _read: text only, the dialect as declared, nothing guessed.

    The line end is left to the reader: told that it is CR LF, DuckDB 2.0.0 read no record of a
    sound file of 18,494 and said nothing.
    """
    dialect = target.dialect
    columns = ", ".join(f"{literal(column)}: 'varchar'" for column in records.header)
    wanted = ", ".join(identifier(column) for column in target.extract.columns)
    target.connection.execute(
        f"""
        create or replace temp table _read as
        select {wanted} from read_csv(
            {literal(str(file))}, header = {header}, auto_detect = false, strict_mode = true,
            delim = {literal(dialect.delimiter)}, quote = {literal(dialect.quote)},
            escape = {literal(dialect.quote)}, columns = {{{columns}}}
        )
        """
    )


def _landed(
    connection: duckdb.DuckDBPyConnection, source: SourceFile, name: str, hashes: tuple[str, ...]
) -> Landed:
    counts = one_row(
        connection,
        f"""
        select
            (select coalesce(sum(record_count), 0) from control.deliveries
                where system = $1 and extract = $2 and status = 'read'),
            (select count(*) from {table_of(source.system, name)}),
            (select count(distinct (file_sha256, record_number)) from control.row_faults
                where system = $1 and extract = $2),
            (select count(*) from control.row_skips where system = $1 and extract = $2)
        """,
        [source.system, name],
    )
    records, typed, faulty, skipped = (int(count) for count in counts)
    if records != typed + faulty + skipped:
        cause = f"{records} records, but {typed} usable + {faulty} faulty + {skipped} skipped."
        raise TierwiseError("FILE_CONSERVATION", place=f"{source.system}.{name}", cause=cause)
    return Landed(
        file_count=len(hashes),
        record_count=records,
        typed_count=typed,
        faulty_count=faulty,
        skipped_count=skipped,
        hashes=hashes,
    )
