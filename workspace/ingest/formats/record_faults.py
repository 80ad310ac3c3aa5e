"""What is wrong with a record that DuckDB must not see, found on the bytes, vectorised."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from workspace.config.file_format import Format
from workspace.ingest.formats.content import Fault, Positions
from workspace.ingest.formats.record_bounds import Bounds

LONGEST_RECORD_BYTES = 1_000_000
TOTAL_LINE = re.compile(r"^\W*(grand|sub)?[\s-]*(total|summe|gesamt|somme|totaal)\b", re.IGNORECASE)
TOTAL_HEADS = (b"tot", b"sum", b"ges", b"som", b"gra", b"sub")
IS_HEAD = np.array([chr(byte).lower() in "tsg" for byte in range(256)])
# How far into a record a word for total may begin.
TOTAL_REACH_BYTES = 12
# Bytes that a word may begin with: letters, digits, and all that is not ASCII.
IS_WORD = np.array([byte >= 0x80 or chr(byte).isalnum() or byte in b"_" for byte in range(256)])

Found = Iterator[tuple[int, str, str]]


@dataclass(frozen=True, kw_only=True)
class Examined:
    """The records of a text, without its header and blank lines, and the header's width."""

    text: bytes
    starts: Positions
    ends: Positions
    bounds: Bounds
    width: int
    dialect: Format

    def line(self, index: int) -> str:
        """Return a record as far as it can be decoded."""
        return self.text[self.starts[index] : self.ends[index]].decode("utf-8", errors="replace")

    def indexes_of(self, positions: Positions) -> list[int]:
        """Return the indexes of the records that the positions lie in."""
        indexes = np.searchsorted(self.ends, positions, side="right")
        is_within = indexes < len(self.ends)
        indexes, positions = indexes[is_within], positions[is_within]
        found: list[int] = np.unique(indexes[self.starts[indexes] <= positions]).tolist()
        return found


def find_faults(records: Examined) -> tuple[Fault, ...]:
    """Return one fault for each record that has any: the first kind in the order below."""
    found: dict[int, Fault] = {}
    for kind in (_quotes, _lengths, _nulls, _encoding, _widths, _totals):
        for index, code, detail in kind(records):
            fault = Fault(record=index + 1, code=code, detail=detail, is_readable=kind is _totals)
            found.setdefault(index, fault)
    return tuple(found[index] for index in sorted(found))


def _quotes(records: Examined) -> Found:
    if records.bounds.malformed:
        malformed = np.isin(records.starts, np.array(records.bounds.malformed))
        for index in np.flatnonzero(malformed).tolist():
            yield index, "ROW_QUOTE", "A quote neither opens nor closes a field."


def _lengths(records: Examined) -> Found:
    lengths = records.ends - records.starts
    for index in np.flatnonzero(lengths > LONGEST_RECORD_BYTES).tolist():
        yield index, "ROW_TOO_LONG", f"{lengths[index]} bytes."


def _nulls(records: Examined) -> Found:
    if 0 in records.text:
        positions = np.flatnonzero(np.frombuffer(records.text, dtype=np.uint8) == 0)
        for index in records.indexes_of(positions):
            yield index, "ROW_NUL", "The record holds a NUL byte."


def _encoding(records: Examined) -> Found:
    if records.text.isascii():
        return
    try:
        records.text.decode("utf-8")
    except UnicodeDecodeError:
        positions = np.flatnonzero(np.frombuffer(records.text, dtype=np.uint8) >= 0x80)
        for index in records.indexes_of(positions):
            line = records.text[records.starts[index] : records.ends[index]]
            try:
                line.decode("utf-8")
            except UnicodeDecodeError as error:
                number = len(line[: error.start].decode("utf-8")) + 1
                detail = f"Character {number} of the record is not {records.dialect.encoding}."
                yield index, "ROW_ENCODING", detail


def _widths(records: Examined) -> Found:
    if records.bounds.have_width(records.width):
        return
    delimiters = records.bounds.delimiters()
    widths = np.searchsorted(delimiters, records.ends) - np.searchsorted(delimiters, records.starts)
    for index in np.flatnonzero(widths + 1 != records.width).tolist():
        is_total = TOTAL_LINE.match(records.line(index).lstrip(records.dialect.quote)) is not None
        detail = f"{widths[index] + 1} fields where the header has {records.width}."
        yield index, "ROW_TOTAL_LINE" if is_total else "ROW_ARITY", detail


def _totals(records: Examined) -> Found:
    """Find records that begin with a word for total and are at least half empty."""
    content = np.frombuffer(records.text, dtype=np.uint8)
    is_stop = IS_WORD.copy()
    is_stop[ord(records.dialect.delimiter)] = True
    words = records.starts.copy()
    for _ in range(TOTAL_REACH_BYTES):
        marks = np.flatnonzero(~is_stop[content[words]])
        if not len(marks):
            break
        words[marks] = np.minimum(words[marks] + 1, records.ends[marks] - 1)
    for index in np.flatnonzero(IS_HEAD[content[words]]).tolist():
        head = records.text[words[index] : words[index] + 3].lower()
        if head in TOTAL_HEADS and _is_total(records, index):
            yield index, "ROW_TOTAL_LINE", "A total line stands among the records."


def _is_total(records: Examined, index: int) -> bool:
    values = records.line(index).split(records.dialect.delimiter)
    empty = sum(1 for value in values if not value.strip(' "'))
    return empty * 2 >= len(values) and TOTAL_LINE.match(values[0].strip('" ')) is not None
