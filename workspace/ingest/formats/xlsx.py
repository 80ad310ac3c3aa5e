"""Excel workbooks: the declared sheet and range, read as a stream into a scratch table of text.

Read by openpyxl, which keeps the digits of whole numbers and holds one row at a time: 2 million
cells took 55 MB and 11 s; calamine took 1.4 s, but 172 MB, makes every number a double, and does
not say which cells are formulas.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

import pyarrow as pa

from workspace.config.file_format import Column, Format
from workspace.config.source_file import Extract
from workspace.errors import TierwiseError
from workspace.ingest.formats.column_names import declared_names, renamed_note
from workspace.ingest.formats.content import Content, Fault, Place, Positions
from workspace.ingest.formats.record_faults import TOTAL_LINE
from workspace.ingest.formats.text_table import TextTable
from workspace.ingest.formats.workbook import Row, Sheet, unwarned
from workspace.ingest.formats.xlsx_values import cell_text

BATCH_ROWS = 20_000


@dataclass(kw_only=True)
class _Scan:
    """What is known of a sheet so far."""

    extract: Extract
    dialect: Format
    sheet: Sheet
    place: str
    header: tuple[str, ...] = ()
    columns: tuple[Column | None, ...] = ()
    record_count: int = 0
    blank_count: int = 0
    formula_count: int = 0
    faults: list[Fault] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def open_content(
    file: Path, extract: Extract, dialect: Format, *, scratch: Path, place: str
) -> Content:
    """Read the records of a sheet; each is a row of the range that is not blank.

    Raises TierwiseError with FILE_EMPTY, FILE_CORRUPT, FILE_BOMB, FILE_SCHEMA_DRIFT or
    FILE_HEADER.
    """
    with unwarned(), Sheet(file, dialect, place) as sheet:
        scan = _Scan(extract=extract, dialect=dialect, sheet=sheet, place=place)
        rows = sheet.rows()
        scan.header = _header(scan, rows)
        scan.columns = tuple(extract.columns.get(name) for name in scan.header)
        with TextTable(scratch, scan.header) as table:
            _read(scan, rows, table)
            return Content(
                header=scan.header,
                record_count=scan.record_count,
                relation=table.relation(scan.header),
                faults=tuple(scan.faults),
                blank_count=scan.blank_count,
                notes=_notes(scan),
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
    """Return the row and the values of ascending record numbers; cells have no byte offsets."""
    del marks, scratch  # a workbook has no marks, and nothing is written
    wanted = set(records.tolist())
    with unwarned(), Sheet(file, dialect, place) as sheet:
        filled = (row for row in sheet.rows() if not row.is_blank)
        numbered = enumerate(filled, start=0 if dialect.has_header else 1)
        found = (row for record, row in numbered if record in wanted)
        return [_place(row, dialect) for row in islice(found, len(wanted))]


def _place(row: Row, dialect: Format) -> Place:
    values = [cell_text(value, None, dialect) for value in row.values]
    text = json.dumps({"row": row.number, "values": values}, ensure_ascii=False)
    return Place(byte_offset=None, raw_text=text)


def _read(scan: _Scan, rows: Iterator[Row], table: TextTable) -> None:
    """Write the rows of the range, batch by batch."""
    batch: list[list[str | None]] = []
    for row in rows:
        if row.is_blank:
            scan.blank_count += 1
        else:
            batch.append(_record(scan, row))
        if len(batch) == BATCH_ROWS:
            _write(table, batch)
            batch = []
    _write(table, batch)


def _header(scan: _Scan, rows: Iterator[Row]) -> tuple[str, ...]:
    """Return the names in the first row of the range, or without a header those declared."""
    declared, sheet = tuple(scan.extract.columns), scan.sheet
    if not scan.dialect.has_header:
        if len(declared) != sheet.width:
            cause = f"The range has {sheet.width} columns, the contract {len(declared)}."
            raise TierwiseError("FILE_HEADER", place=scan.place, cause=cause)
        return declared
    row = next(rows, None)
    if row is None or row.is_blank:
        cause = f"The first row of {scan.dialect.range} on {scan.dialect.sheet} is empty."
        raise TierwiseError("FILE_EMPTY", place=scan.place, cause=cause)
    if merged := sheet.merged(row.number):
        cause = f"Cells of the header are merged: {merged}."
        raise TierwiseError("FILE_HEADER", place=scan.place, cause=cause)
    names = [(cell_text(value, None, scan.dialect) or "").strip() for value in row.values]
    if "" in names or len({name.lower() for name in names}) != len(names):
        cause = f"The header has an empty or repeated name: {', '.join(names)[:200]!r}."
        raise TierwiseError("FILE_HEADER", place=scan.place, cause=cause)
    declared_as = declared_names(names, declared)
    scan.notes += renamed_note(declared_as, names)
    return declared_as


def _record(scan: _Scan, row: Row) -> list[str | None]:
    """Return the texts of a row, nulls where it is faulty."""
    scan.record_count += 1
    scan.formula_count += len(row.formulas)
    texts = [
        cell_text(value, column, scan.dialect)
        for value, column in zip(row.values, scan.columns, strict=True)
    ]
    fault = _fault(scan, row, texts)
    if fault is not None:
        scan.faults.append(fault)
    return [None] * len(texts) if fault and not fault.is_readable else texts


def _fault(scan: _Scan, row: Row, texts: list[str | None]) -> Fault | None:
    """Return what is wrong with a row as it stands on the sheet."""
    record, number = scan.record_count, row.number
    if merged := scan.sheet.merged(number):
        detail = f"Row {number}: {merged} are merged, so that one value may stand for several."
        return Fault(record=record, code="ROW_ARITY", detail=detail)
    for index in row.uncalculated:
        detail = f"Row {number}: {scan.header[index]} is a formula without a stored value."
        return Fault(record=record, code="ROW_TYPE", detail=detail)
    if any(text is not None and "\0" in text for text in texts):
        detail = f"Row {number} holds a NUL character."
        return Fault(record=record, code="ROW_NUL", detail=detail)
    first = next((text for text in texts if text), "")
    if TOTAL_LINE.match(first) and 2 * sum(not text for text in texts) >= len(texts):
        detail = f"Row {number} is a line of totals."
        return Fault(record=record, code="ROW_TOTAL_LINE", detail=detail, is_readable=True)
    return None


def _write(table: TextTable, batch: list[list[str | None]]) -> None:
    if batch:
        table.add([pa.array(column, type=pa.string()) for column in zip(*batch, strict=True)])


def _notes(scan: _Scan) -> tuple[str, ...]:
    if scan.formula_count:
        formulas = (
            f"{scan.formula_count} cells are formulas: the values stored with them were read."
        )
        return (*scan.notes, formulas)
    return tuple(scan.notes)
