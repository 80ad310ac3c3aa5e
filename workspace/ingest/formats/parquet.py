"""Parquet: read by DuckDB where it lies, its native types kept.

A bit that turned in a page is found where the writer left checksums, by its structure or when the
page is unpacked; in plain or lightly packed values it may pass. A manifest with a hash finds all.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from workspace.config.file_format import Format
from workspace.config.source_file import Extract
from workspace.errors import TierwiseError
from workspace.ingest.formats.column_names import declared_names, renamed_note
from workspace.ingest.formats.content import Content, Place, Positions, Table
from workspace.ingest.formats.native_types import BYTES, read_as
from workspace.ingest.formats.parquet_pages import find_page_faults
from workspace.ingest.parsing import identifier, literal

MAGIC = b"PAR1"
LARGEST_HEADER = 2_000
# Columns that the reader adds to those of a file.
FILE, ROW = "_delivered_file", "file_row_number"


def open_content(
    file: Path,
    extract: Extract,
    dialect: Format,
    *,
    scratch: Path,
    place: str,
) -> Content:
    """Read the schema, compare the structure and the checksums of the pages.

    Raises TierwiseError with FILE_EMPTY, FILE_TRUNCATED, FILE_CORRUPT, FILE_HEADER or
    FILE_SCHEMA_DRIFT.
    """
    del dialect, scratch  # what is typed needs no format, and nothing is copied
    metadata = _metadata(file, place)
    delivered = _header(metadata, place)
    header = declared_names(delivered, extract.columns)
    natives = dict(zip(header, _natives(file, place), strict=True))
    for fault in find_page_faults(file, metadata):
        cause = f"{fault.column} in row group {fault.row_group + 1}: {fault.detail}."
        raise TierwiseError("FILE_CORRUPT", place=place, cause=cause)
    for name, native in natives.items():
        column = extract.columns.get(name)
        if column is not None and native in BYTES:
            cause = f"{name} is of bytes; the contract declares {column.type}."
            raise TierwiseError("FILE_SCHEMA_DRIFT", place=place, cause=cause)
    table = table_of([file], natives, extract)
    return Content(
        header=header,
        relation=table.relation,
        types=table.types,
        record_count=metadata.num_rows,
        natives=natives,
        notes=tuple(renamed_note(header, delivered)),
    )


def table_of(files: Sequence[Path], natives: Mapping[str, str], extract: Extract) -> Table:
    """Return the table of files that have these columns, with the _file and _record of each row.

    A file's name is the hash of its bytes, as in the archive.
    """
    values: list[str] = []
    types: dict[str, str] = {}
    for name, native in natives.items():
        value, kept = read_as(name, native, extract.columns.get(name))
        values.append(f"{value} as {identifier(name)}")
        if kept is not None:
            types[name] = kept
    listed = ", ".join(literal(str(file)) for file in files)
    return Table(
        header=tuple(natives),
        relation=(
            f"(select {', '.join(values)}, parse_filename({FILE}) as _file, {ROW} + 1 as _record "
            f"from read_parquet([{listed}], filename = {literal(FILE)}, {ROW} = true))"
        ),
        types=types,
    )


def find_places(
    file: Path,
    dialect: Format,
    marks: Positions,
    records: Positions,
    *,
    scratch: Path,
    place: str,
) -> list[Place]:
    """Return the values of ascending record numbers as JSON; Parquet has no byte offsets."""
    # What is typed needs no format, row groups are marks enough, and the file has been read before.
    del dialect, marks, scratch, place
    with duckdb.connect() as connection:
        numbers = pa.table({"number": records - 1})
        connection.register("_numbers", numbers)
        found = connection.execute(
            f"""
            select cast(columns(* exclude (file_row_number)) as varchar)
            from read_parquet({literal(str(file))}, file_row_number = true)
            semi join _numbers on file_row_number = number order by file_row_number
            """
        )
        names = [column[0] for column in found.description or ()]
        return [
            Place(
                byte_offset=None,
                raw_text=json.dumps(dict(zip(names, row, strict=True)), ensure_ascii=False),
            )
            for row in found.fetchall()
        ]


def _metadata(file: Path, place: str) -> pq.FileMetaData:
    size = file.stat().st_size
    if not size:
        raise TierwiseError("FILE_EMPTY", place=place, cause="The file has zero bytes.")
    with file.open("rb") as stream:
        stream.seek(-min(len(MAGIC), size), 2)
        if size < 3 * len(MAGIC) or stream.read() != MAGIC:
            cause = "The Parquet file breaks off before its end."
            raise TierwiseError("FILE_TRUNCATED", place=place, cause=cause)
    try:
        return pq.read_metadata(file)
    except (pa.ArrowException, OSError) as error:
        cause = f"The schema of the Parquet file is damaged: {str(error).splitlines()[0][:200]}."
        raise TierwiseError("FILE_CORRUPT", place=place, cause=cause) from error


def _header(metadata: pq.FileMetaData, place: str) -> tuple[str, ...]:
    try:
        names = tuple(metadata.schema.to_arrow_schema().names)
    except (pa.ArrowException, OSError, UnicodeDecodeError) as error:
        cause = f"The schema of the Parquet file is damaged: {error}."
        raise TierwiseError("FILE_CORRUPT", place=place, cause=cause) from error
    lowered = [FILE, ROW, *(name.lower() for name in names)]
    repeated = sorted({name for name in names if lowered.count(name.lower()) > 1})
    if repeated or "" in names or len(names) > LARGEST_HEADER:
        found = ", ".join(repeated or names)[:200]
        cause = f"Of {len(names)} columns some have empty, equal or reserved names: {found!r}."
        raise TierwiseError("FILE_HEADER", place=place, cause=cause)
    return names


def _natives(file: Path, place: str) -> list[str]:
    """Return DuckDB's type of each column, in order."""
    try:
        with duckdb.connect() as connection:
            query = f"describe select * from read_parquet({literal(str(file))})"
            return [str(row[1]) for row in connection.execute(query).fetchall()]
    except duckdb.Error as error:
        cause = f"The Parquet file cannot be read: {str(error).splitlines()[0][:200]}"
        raise TierwiseError("FILE_CORRUPT", place=place, cause=cause) from error
