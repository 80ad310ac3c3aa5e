"""JSON Lines: one object a line, read so that no digit of a number is lost.

DuckDB and most readers turn a number into a double: 12345678901234567890 would lose digits, 1.10
its zero. Here a number stays the text it was delivered as, and a nested value is kept as JSON.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from workspace.config.file_format import Column, Format
from workspace.config.source_file import Extract
from workspace.errors import TierwiseError
from workspace.ingest.formats.column_names import declared_names, renamed_note
from workspace.ingest.formats.content import NO_POSITIONS, Content, Fault, Place, Positions
from workspace.ingest.formats.decoding import encoding_of
from workspace.ingest.formats.json_values import FaultyLineError, Pairs, object_of, text_of
from workspace.ingest.formats.letters import Letters
from workspace.ingest.formats.lines import (
    FAULT_LIMIT,
    Lines,
    filled,
    find_lines,
    lines_of,
    marks_of,
)
from workspace.ingest.formats.text_table import TextTable

# More keys than this, and they are data: products by their number, say.
LARGEST_HEADER = 2_000
SHOWN_NOTES = 3


@dataclass(kw_only=True)
class _Scan:
    """What is known of a file so far."""

    columns: dict[str, Column]
    dialect: Format
    place: str
    header: dict[str, None] = field(default_factory=dict)
    notes: dict[str, None] = field(default_factory=dict)
    record_count: int = 0
    blank_count: int = 0
    faults: list[Fault] = field(default_factory=list)
    marks: list[Positions] = field(default_factory=list)
    letters: Letters = field(default_factory=Letters)


def open_content(
    file: Path, extract: Extract, dialect: Format, *, scratch: Path, place: str
) -> Content:
    """Find the records of a file; the header is the union of its keys, in order of appearance.

    Raises TierwiseError with FILE_EMPTY, FILE_ENCODING, FILE_DIALECT, FILE_HEADER or
    FILE_TRUNCATED.
    """
    scan = _Scan(columns=extract.columns, dialect=dialect, place=place)
    encoding = encoding_of(file, "utf-8", place)
    with TextTable(scratch, list(extract.columns)) as table:
        for lines in lines_of(file, encoding):
            _examine(scan, lines, table)
        if not scan.record_count and not extract.may_be_empty:
            cause = "The file has no line of text."
            raise TierwiseError("FILE_EMPTY", place=place, cause=cause)
        scan.letters.refuse_undeclared(encoding, scan.faults, place)
        header = tuple(scan.header if scan.record_count else extract.columns)
        return Content(
            header=header,
            record_count=scan.record_count,
            relation=table.relation(header),
            faults=tuple(scan.faults),
            blank_count=scan.blank_count,
            notes=tuple(scan.notes)[:SHOWN_NOTES],
            marks=np.concatenate(scan.marks) if scan.marks else NO_POSITIONS,
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
    """Return where ascending record numbers stand, and their text."""
    del dialect, scratch  # JSON is always UTF-8, and other formats unpack there
    return find_lines(file, encoding_of(file, "utf-8", place), marks, records)


def _examine(scan: _Scan, lines: Lines, table: TextTable) -> None:
    """Read the objects of some lines; a faulty one stands in the table as nulls."""
    kept = filled(lines)
    scan.blank_count += len(lines.texts) - len(kept.texts)
    scan.marks.append(marks_of(kept, scan.record_count))
    values: dict[str, list[str | None]] = {name: [] for name in scan.columns}
    for number, text in enumerate(kept.texts, start=scan.record_count + 1):
        scan.letters.look(text)
        try:
            row = _row(object_of(text), scan)
        except FaultyLineError as error:
            scan.faults.append(Fault(record=number, code=error.code, detail=str(error)))
            row = {}
        except RecursionError:
            detail = "The values are nested too deeply."
            scan.faults.append(Fault(record=number, code="ROW_JSON", detail=detail))
            row = {}
        for name, column in values.items():
            column.append(row.get(name))
    scan.record_count += len(kept.texts)
    table.add(list(values.values()))
    _refuse_truncated(scan, kept)
    _refuse_wrong_kind(scan)


def _row(pairs: Pairs, scan: _Scan) -> dict[str, str | None]:
    """Return the text of the declared columns, and note all keys."""
    columns = scan.columns
    delivered = [name for name, _ in pairs]
    names = declared_names(delivered, columns)
    scan.notes.update(dict.fromkeys(renamed_note(names, delivered)))
    row = {
        name: text_of(value, columns[name], scan.dialect)
        for name, (_, value) in zip(names, pairs, strict=True)
        if name in columns
    }
    for text in (*names, *row.values()):
        if text is not None and not text.isascii() and not _is_encodable(text):
            raise FaultyLineError("ROW_ENCODING", "Half a character stands in a text or key.")
        if text is not None and "\0" in text:
            raise FaultyLineError("ROW_NUL", "The record holds a NUL character.")
    scan.header.update(dict.fromkeys(names))
    return row


def _is_encodable(text: str) -> bool:
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


def _refuse_wrong_kind(scan: _Scan) -> None:
    if len(scan.header) > LARGEST_HEADER:
        cause = f"The objects have more than {LARGEST_HEADER} different keys: are they data?"
        raise TierwiseError("FILE_HEADER", place=scan.place, cause=cause)
    count = len(scan.faults)
    if count > FAULT_LIMIT or (count and count == scan.record_count):
        cause = (
            f"{count} of the first {scan.record_count} lines are broken: {scan.faults[0].detail}"
        )
        raise TierwiseError("FILE_DIALECT", place=scan.place, cause=cause)


def _refuse_truncated(scan: _Scan, kept: Lines) -> None:
    """Refuse a file whose last line is no JSON and has no line end: its transfer broke off."""
    last = scan.faults[-1] if scan.faults else None
    if kept.is_open and last and last.record == scan.record_count and last.code == "ROW_JSON":
        cause = f"Record {last.record}, the last, is incomplete: {last.detail}"
        raise TierwiseError("FILE_TRUNCATED", place=scan.place, cause=cause)
