"""Delimited text: counting and checking its records ourselves, before DuckDB reads it.

DuckDB's reader is exact only on well-formed text: one unterminated quote swallowed three records
into one reject, and a renamed header loads into the wrong columns. So record boundaries, field
counts, quotes, NUL and encoding are settled here, on the bytes, in pieces of bounded memory.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from workspace.config.file_format import Format
from workspace.config.source_file import Extract
from workspace.errors import TierwiseError
from workspace.ingest.formats.content import Content, Fault, Place, Positions
from workspace.ingest.formats.decoding import (
    Encoding,
    after_lines,
    delivered_lengths,
    encoding_of,
)
from workspace.ingest.formats.header_line import names_of
from workspace.ingest.formats.letters import Letters
from workspace.ingest.formats.record_faults import Examined, find_faults
from workspace.ingest.formats.record_pieces import Piece, record_pieces
from workspace.ingest.formats.sound_text import SoundText
from workspace.ingest.parsing import literal

# More lines than this with quotes in the wrong place, and the dialect is wrong, not the lines.
MALFORMED_LIMIT = 1_000
MALFORMED_SHARE = 0.1
FAULT_LIMIT = 200_000  # a fault is an object of 200 bytes: past this the file itself is wrong
MARK_EVERY = 4_096  # records; a mark costs 8 bytes, and finding a record reads so many


@dataclass(kw_only=True)
class _Scan:
    """What is known of a file so far, piece by piece."""

    dialect: Format
    place: str
    encoding: Encoding
    declared: tuple[str, ...]
    header: tuple[str, ...] = ()
    record_count: int = 0
    blank_count: int = 0
    line_count: int = 0
    malformed_count: int = 0
    letters: Letters = field(default_factory=Letters)
    notes: list[str] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    marks: list[Positions] = field(default_factory=list)


def open_content(
    file: Path,
    extract: Extract,
    dialect: Format,
    *,
    scratch: Path,
    place: str,
) -> Content:
    """Find the records of a delivered file.

    Raises TierwiseError with FILE_EMPTY, FILE_ENCODING, FILE_HEADER, FILE_DIALECT or
    FILE_TRUNCATED for a file that cannot be read at all.
    """
    if not file.stat().st_size:
        raise TierwiseError("FILE_EMPTY", place=place, cause="The file has zero bytes.")
    encoding = encoding_of(file, dialect.encoding, place)
    scan = _Scan(dialect=dialect, place=place, encoding=encoding, declared=tuple(extract.columns))
    if not dialect.has_header:
        scan.header = scan.declared
    start = after_lines(file, encoding, dialect.preamble_lines, place)
    sound = SoundText(file=file, scratch=scratch, dialect=dialect, encoding=encoding)
    with sound:
        for piece in record_pieces(file, encoding, dialect, start=start):
            _examine(scan, piece, sound)
    if not scan.header:
        raise TierwiseError("FILE_EMPTY", place=place, cause="The file has no line of text.")
    _refuse_dialect(scan)
    scan.letters.refuse_undeclared(encoding, scan.faults, place)
    marks = np.concatenate(scan.marks) if scan.marks else np.empty(0, dtype=np.int64)
    return Content(
        header=scan.header,
        record_count=scan.record_count,
        relation=_relation(scan, sound),
        faults=tuple(scan.faults),
        blank_count=scan.blank_count,
        marks=marks,
        notes=(*scan.notes, *scan.letters.notes()),
        is_ascii=scan.letters.is_ascii,
    )


def _examine(scan: _Scan, piece: Piece, sound: SoundText) -> None:
    """Find the records of a piece and their faults, and pass the text on."""
    bounds = piece.bounds
    is_filled = bounds.ends > bounds.starts
    starts, ends = bounds.starts[is_filled], bounds.ends[is_filled]
    scan.line_count += bounds.line_count
    scan.letters.look(piece.text)
    scan.malformed_count += len(bounds.malformed)
    scan.blank_count += int(len(is_filled) - len(starts))
    if not scan.header and len(starts):
        if starts[0] in bounds.malformed:
            cause = "In the header, a quote neither opens nor closes a name."
            raise TierwiseError("FILE_HEADER", place=scan.place, cause=cause)
        line = piece.text[starts[0] : ends[0]]
        scan.header, notes = names_of(line, scan.dialect, scan.declared, scan.place)
        scan.notes += notes
        starts, ends = starts[1:], ends[1:]
    records = Examined(
        text=piece.text,
        starts=starts,
        ends=ends,
        bounds=bounds,
        width=len(scan.header),
        dialect=scan.dialect,
    )
    faults = find_faults(records)
    if piece.is_last:
        _refuse_truncated(records, faults, scan)
    first_mark = -scan.record_count % MARK_EVERY
    offsets = delivered_lengths(piece.text, scan.encoding, starts[first_mark::MARK_EVERY])
    scan.marks.append(piece.offset + offsets)
    scan.faults += [replace(fault, record=scan.record_count + fault.record) for fault in faults]
    scan.record_count += len(starts)
    if len(scan.faults) > FAULT_LIMIT:
        cause = f"{len(scan.faults)} of the first {scan.record_count} records are broken."
        raise TierwiseError("FILE_DIALECT", place=scan.place, cause=cause)
    sound.add(piece, records, faults)


def _relation(scan: _Scan, sound: SoundText) -> str:
    """Return SQL that reads the text: the dialect as declared, nothing guessed.

    CR LF is left to the reader: told so, DuckDB 2.0.0 read no record of a sound file of 18,494 and
    said nothing.
    """
    dialect = scan.dialect
    columns = ", ".join(f"{literal(column)}: 'varchar'" for column in scan.header)
    line_end = ", new_line = '\\n'" if sound.newline == "\n" else ""
    return (
        f"read_csv({literal(str(sound.text))}, header = {sound.has_header}, auto_detect = false, "
        f"strict_mode = true, delim = {literal(dialect.delimiter)}, "
        f"quote = {literal(dialect.quote)}, escape = {literal(dialect.quote)}, "
        f"columns = {{{columns}}}{line_end})"
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
    """Return where ascending record numbers stand, and their text, reading from the mark before."""
    del scratch  # other formats unpack there
    encoding = encoding_of(file, dialect.encoding, place)
    found: list[Place] = []
    for mark in np.unique((records - 1) // MARK_EVERY).tolist():
        wanted = records[(records - 1) // MARK_EVERY == mark] - mark * MARK_EVERY
        found += _places_after(file, dialect, encoding, int(marks[mark]), wanted)
    return found


def _places_after(
    file: Path, dialect: Format, encoding: Encoding, start: int, wanted: Positions
) -> list[Place]:
    """Return the places of the nth records that begin at a byte or after it."""
    found: list[Place] = []
    passed = 0
    for piece in record_pieces(file, encoding, dialect, start=start, piece_bytes=1 << 20):
        bounds = piece.bounds
        is_filled = bounds.ends > bounds.starts
        starts, ends = bounds.starts[is_filled], bounds.ends[is_filled]
        here = wanted[(wanted > passed) & (wanted <= passed + len(starts))] - passed - 1
        offsets = piece.offset + delivered_lengths(piece.text, encoding, starts[here])
        found += [
            Place(byte_offset=offset, raw_text=piece.text[begin:end].decode(errors="replace"))
            for offset, begin, end in zip(
                offsets.tolist(), starts[here].tolist(), ends[here].tolist(), strict=True
            )
        ]
        passed += len(starts)
        if passed >= wanted[-1]:
            break
    return found


def _refuse_dialect(scan: _Scan) -> None:
    count = scan.malformed_count
    if count > max(MALFORMED_LIMIT, MALFORMED_SHARE * scan.line_count):
        cause = f"{count} of {scan.line_count} lines break the declared quoting."
        raise TierwiseError("FILE_DIALECT", place=scan.place, cause=cause)


def _refuse_truncated(records: Examined, faults: tuple[Fault, ...], scan: _Scan) -> None:
    """Refuse a file whose last line is incomplete and has no line end: its transfer broke off."""
    text, count = records.text, len(records.starts)
    if text.endswith((b"\n", b"\r")) or not count:
        return
    if scan.dialect.last_line_end == "needed":
        cause = f"Record {scan.record_count + count}, the last, has no line end."
        raise TierwiseError("FILE_TRUNCATED", place=scan.place, cause=cause)
    if not faults or faults[-1].record < count:
        return
    if faults[-1].code in {"ROW_QUOTE", "ROW_ARITY"}:
        number = scan.record_count + count
        cause = f"Record {number}, the last, is incomplete: {faults[-1].detail}"
        raise TierwiseError("FILE_TRUNCATED", place=scan.place, cause=cause)
