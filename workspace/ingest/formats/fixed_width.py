"""Text of fixed width: fields at declared positions, counted in characters and not in bytes."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from workspace.config.file_format import Format
from workspace.config.source_file import Extract
from workspace.errors import TierwiseError
from workspace.ingest.formats.content import NO_POSITIONS, Content, Fault, Place, Positions
from workspace.ingest.formats.decoding import encoding_of
from workspace.ingest.formats.letters import Letters
from workspace.ingest.formats.lines import (
    FAULT_LIMIT,
    LONGEST_LINE_BYTES,
    Lines,
    filled,
    find_lines,
    lines_of,
    marks_of,
)
from workspace.ingest.formats.text_table import TextTable


@dataclass(kw_only=True)
class _Scan:
    """What is known of a file so far; `width` is where the last declared field ends."""

    dialect: Format
    place: str
    width: int
    to_pass: int
    record_count: int = 0
    blank_count: int = 0
    faults: list[Fault] = field(default_factory=list)
    marks: list[Positions] = field(default_factory=list)
    letters: Letters = field(default_factory=Letters)


def open_content(
    file: Path, extract: Extract, dialect: Format, *, scratch: Path, place: str
) -> Content:
    """Cut the lines into fields; the header is the names of the declared positions.

    Raises TierwiseError with FILE_EMPTY, FILE_ENCODING, FILE_DIALECT or FILE_TRUNCATED.
    """
    positions = dialect.positions
    width = max(start + length - 1 for start, length in positions.values())
    scan = _Scan(dialect=dialect, place=place, width=width, to_pass=dialect.preamble_lines)
    encoding = encoding_of(file, dialect.encoding, place)
    with TextTable(scratch, list(positions)) as table:
        for lines in lines_of(file, encoding):
            _examine(scan, _without_preamble(scan, lines), table)
        if not scan.record_count and not extract.may_be_empty:
            cause = "The file has no line of text."
            raise TierwiseError("FILE_EMPTY", place=place, cause=cause)
        scan.letters.refuse_undeclared(encoding, scan.faults, place)
        return Content(
            header=tuple(positions),
            record_count=scan.record_count,
            relation=table.relation(tuple(positions)),
            faults=tuple(scan.faults),
            blank_count=scan.blank_count,
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
    del scratch  # other formats unpack there
    return find_lines(file, encoding_of(file, dialect.encoding, place), marks, records)


def _without_preamble(scan: _Scan, lines: Lines) -> Lines:
    passed = min(scan.to_pass, len(lines.texts))
    scan.to_pass -= passed
    return Lines(
        texts=lines.texts[passed:],
        offsets=lines.offsets[passed:],
        is_open=lines.is_open and passed < len(lines.texts),
    )


def _examine(scan: _Scan, lines: Lines, table: TextTable) -> None:
    """Cut some lines; a faulty one stands in the table as nulls."""
    kept = filled(lines)
    scan.blank_count += len(lines.texts) - len(kept.texts)
    scan.marks.append(marks_of(kept, scan.record_count))
    texts: list[str | None] = []
    for number, text in enumerate(kept.texts, start=scan.record_count + 1):
        scan.letters.look(text)
        line, code, detail = _line(text, scan)
        if code:
            scan.faults.append(Fault(record=number, code=code, detail=detail))
        texts.append(None if code else line)
    scan.record_count += len(kept.texts)
    whole = pa.array(texts, type=pa.string())
    fields = [
        pc.utf8_rtrim(pc.utf8_slice_codeunits(whole, start - 1, start - 1 + length), " ")
        for start, length in scan.dialect.positions.values()
    ]
    table.add(fields)
    _refuse_truncated(scan, kept)
    if len(scan.faults) > FAULT_LIMIT or (scan.faults and len(scan.faults) == scan.record_count):
        first = scan.faults[0].detail
        cause = f"{len(scan.faults)} of the first {scan.record_count} lines are broken: {first}"
        raise TierwiseError("FILE_DIALECT", place=scan.place, cause=cause)


def _line(text: bytes, scan: _Scan) -> tuple[str, str, str]:
    """Return a line with the code and the detail of what is wrong with it, empty when nothing is.

    A line that is too short may have lost its last digits; only the contract can say that it
    lost nothing but spaces.
    """
    if len(text) > LONGEST_LINE_BYTES:
        return "", "ROW_TOO_LONG", f"More than {LONGEST_LINE_BYTES} bytes."
    if b"\0" in text:
        return "", "ROW_NUL", "The record holds a NUL byte."
    try:
        line = text.decode("utf-8")
    except UnicodeDecodeError as error:
        number = len(text[: error.start].decode("utf-8")) + 1
        detail = f"Character {number} of the record is not {scan.dialect.encoding}."
        return "", "ROW_ENCODING", detail
    if len(line) < scan.width and scan.dialect.short_lines == "refuse":
        return "", "ROW_ARITY", f"{len(line)} characters where the fields take {scan.width}."
    if line[scan.width :].strip(" "):
        count = len(line.rstrip(" "))
        return "", "ROW_ARITY", f"{count} characters where the fields take {scan.width}."
    return line, "", ""


def _refuse_truncated(scan: _Scan, kept: Lines) -> None:
    """Refuse a file whose last line is short and has no line end: its transfer broke off."""
    last = scan.faults[-1] if scan.faults else None
    if kept.is_open and last and last.record == scan.record_count and last.code == "ROW_ARITY":
        cause = f"Record {last.record}, the last, is incomplete: {last.detail}"
        raise TierwiseError("FILE_TRUNCATED", place=scan.place, cause=cause)
