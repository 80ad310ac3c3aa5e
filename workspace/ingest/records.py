"""Counting and checking the records of delimited text ourselves, before DuckDB reads it.

DuckDB's reader is exact only on well-formed text: one unterminated quote swallowed three records
into one reject, and a renamed header loads into the wrong columns. So record boundaries, field
counts, quotes, NUL and encoding are settled here, on the bytes, vectorised.
"""

from __future__ import annotations

import codecs
import csv
import re
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from workspace.config.source_file import Format
from workspace.errors import TierwiseError

LONGEST_RECORD_BYTES = 1_000_000
MALFORMED_LIMIT = 1_000
TOTAL_LINE = re.compile(r"^\W*(grand|sub)?[\s-]*(total|summe|gesamt|somme|totaal)\b", re.IGNORECASE)
CR, LF, NUL = 13, 10, 0

Positions = npt.NDArray[np.int64]


@dataclass(frozen=True, kw_only=True)
class Fault:
    """Why one record cannot be parsed; `record` counts from 1 after the header."""

    record: int
    code: str
    detail: str


@dataclass(frozen=True, kw_only=True)
class Records:
    """The records of one file.

    `starts` and `ends` are positions in `text`, which is UTF-8; `offsets_known` says whether they
    are also byte offsets in the delivered file (not so for UTF-16).
    """

    text: bytes
    header: tuple[str, ...]
    starts: Positions
    ends: Positions
    base: int
    faults: tuple[Fault, ...]
    is_clean: bool
    blank_count: int = 0
    _encoding: str = field(default="utf-8")

    @property
    def count(self) -> int:
        """Number of data records, the header and blank lines not counted."""
        return len(self.starts)

    def raw(self, record: int) -> str:
        """Return the text of one record as far as it can be decoded."""
        start, end = self.starts[record - 1], self.ends[record - 1]
        return self.text[start:end].decode("utf-8", errors="replace")

    def offset(self, record: int) -> int:
        """Return the byte offset of one record in the delivered file."""
        start = int(self.starts[record - 1])
        if self._encoding == "utf-8":
            return self.base + start
        return self.base + len(self.text[:start].decode("utf-8").encode(self._encoding))

    def parsable(self) -> tuple[bytes, Positions]:
        """Return the text of the records without fault, and their record numbers."""
        numbers = np.arange(1, self.count + 1)
        bad = np.array(sorted({fault.record for fault in self.faults}), dtype=np.int64)
        good = np.setdiff1d(numbers, bad, assume_unique=True)
        pieces = [self.text[self.starts[n - 1] : self.ends[n - 1]] for n in good]
        return b"\n".join(pieces) + (b"\n" if pieces else b""), good


def read_records(data: bytes, dialect: Format, *, place: str) -> Records:
    """Find the records of a delivered file.

    Raises TierwiseError with FILE_EMPTY, FILE_ENCODING, FILE_HEADER, FILE_DIALECT or
    FILE_TRUNCATED for a file that cannot be read at all.
    """
    if not data:
        raise TierwiseError("FILE_EMPTY", place=place, cause="The file has zero bytes.")
    text, base, encoding = _decoded(data, dialect, place)
    split = _split(text, dialect, place)
    starts, ends = split.starts, split.ends
    filled = ends > starts
    blank_count = int((~filled).sum())
    starts, ends = starts[filled], ends[filled]
    if not len(starts):
        raise TierwiseError("FILE_EMPTY", place=place, cause="The file has no line of text.")
    header = _header(text[starts[0] : ends[0]], dialect, place)
    starts, ends = starts[1:], ends[1:]
    faults = _faults(text, starts, ends, len(header), dialect, split)
    return Records(
        text=text,
        header=header,
        starts=starts,
        ends=ends,
        base=base,
        faults=tuple(faults),
        is_clean=not faults and not blank_count and not split.has_lone_cr,
        blank_count=blank_count,
        _encoding=encoding,
    )


@dataclass(frozen=True, kw_only=True)
class _Split:
    """Record boundaries, delimiters outside quotes, and starts of badly quoted lines."""

    starts: Positions
    ends: Positions
    delimiters: Positions
    malformed: frozenset[int]
    has_lone_cr: bool


def _decoded(data: bytes, dialect: Format, place: str) -> tuple[bytes, int, str]:
    """Return UTF-8 text, the bytes before it (a mark), and the encoding offsets refer to."""
    declared = codecs.lookup(dialect.encoding).name
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        wide = "utf-16-le" if data.startswith(codecs.BOM_UTF16_LE) else "utf-16-be"
        return data[2:].decode(wide, errors="replace").encode(), 2, wide
    if declared.startswith("utf-16"):
        cause = "The contract declares UTF-16, but the file starts without a byte order mark."
        raise TierwiseError("FILE_ENCODING", place=place, cause=cause)
    if data.count(b"\0", 0, 4096) > min(len(data), 4096) // 8:
        cause = f"The file is full of NUL bytes, as UTF-16 read as {declared} is."
        raise TierwiseError("FILE_ENCODING", place=place, cause=cause)
    if declared in {"utf-8", "ascii"}:
        base = 3 if data.startswith(codecs.BOM_UTF8) else 0
        return data[base:], base, "utf-8"
    return data.decode(declared, errors="replace").encode(), 0, declared


def _split(text: bytes, dialect: Format, place: str) -> _Split:
    """Find records; a line whose quotes break the dialect ends at its line end and is marked."""
    bytes_ = np.frombuffer(text, dtype=np.uint8)
    line_ends, has_lone_cr = _line_ends(bytes_)
    quotes = np.flatnonzero(bytes_ == ord(dialect.quote))
    delimiters = np.flatnonzero(bytes_ == ord(dialect.delimiter))
    malformed: set[int] = set()
    while len(quotes):
        broken = _first_broken_quote(bytes_, quotes, dialect)
        if broken is None:
            break
        if len(malformed) >= MALFORMED_LIMIT:
            cause = f"Over {MALFORMED_LIMIT} records break the declared quoting."
            raise TierwiseError("FILE_DIALECT", place=place, cause=cause)
        at = int(np.searchsorted(line_ends, broken))
        start = int(line_ends[at - 1]) + 1 if at else 0
        end = int(line_ends[at]) if at < len(line_ends) else len(text)
        malformed.add(start)
        quotes = quotes[(quotes < start) | (quotes >= end)]
    if len(quotes):
        line_ends = line_ends[np.searchsorted(quotes, line_ends) % 2 == 0]
        delimiters = delimiters[np.searchsorted(quotes, delimiters) % 2 == 0]
    if not len(line_ends) or line_ends[-1] < len(text) - 1:
        line_ends = np.append(line_ends, len(text))
    starts = np.concatenate([np.zeros(1, dtype=np.int64), line_ends[:-1] + 1])
    ends = line_ends
    trailing_cr = (ends > starts) & (bytes_[np.maximum(ends - 1, 0)] == CR)
    return _Split(
        starts=starts,
        ends=ends - trailing_cr,
        delimiters=delimiters,
        malformed=frozenset(malformed),
        has_lone_cr=has_lone_cr,
    )


def _line_ends(bytes_: npt.NDArray[np.uint8]) -> tuple[Positions, bool]:
    """Return positions of LF and of CR that no LF follows."""
    line_feeds = np.flatnonzero(bytes_ == LF)
    returns = np.flatnonzero(bytes_ == CR)
    inner = returns[returns < len(bytes_) - 1]
    lone = inner[bytes_[inner + 1] != LF]
    return np.sort(np.concatenate([line_feeds, lone])), bool(len(lone))


def _first_broken_quote(
    bytes_: npt.NDArray[np.uint8], quotes: Positions, dialect: Format
) -> int | None:
    """Return the first quote that neither opens nor closes a field nor is doubled, or None."""
    edge = np.array([ord(dialect.delimiter), CR, LF, ord(dialect.quote)], dtype=np.uint8)
    padded = np.concatenate([np.array([LF], np.uint8), bytes_, np.array([LF], np.uint8)])
    opening, closing = quotes[0::2], quotes[1::2]
    bad_open = opening[~np.isin(padded[opening], edge)]
    # A quote that closes badly on another line than its opening was opened by mistake there.
    bad_pairs = opening[: len(closing)][~np.isin(padded[closing + 2], edge)]
    candidates = [int(found[0]) for found in (bad_open, bad_pairs) if len(found)]
    if len(opening) > len(closing):
        candidates.append(int(opening[-1]))
    return min(candidates) if candidates else None


def _header(line: bytes, dialect: Format, place: str) -> tuple[str, ...]:
    """Parse the header: names trimmed of spaces that are invisible in a mail."""
    try:
        text = line.decode("utf-8")
    except UnicodeDecodeError as error:
        cause = f"The header is not {dialect.encoding}: {error.reason} at byte {error.start}."
        raise TierwiseError("FILE_ENCODING", place=place, cause=cause) from error
    names = next(csv.reader([text], delimiter=dialect.delimiter, quotechar=dialect.quote))
    clean = tuple(name.replace("\u200b", "").replace("\ufeff", "").strip() for name in names)
    if "" in clean or len(set(clean)) != len(clean):
        cause = f"The header has an empty or repeated name: {', '.join(clean)[:200]}."
        raise TierwiseError("FILE_HEADER", place=place, cause=cause)
    return clean


def _faults(
    text: bytes, starts: Positions, ends: Positions, width: int, dialect: Format, split: _Split
) -> list[Fault]:
    """Say what is wrong with each record that DuckDB must not see; one fault for each."""
    found: dict[int, Fault] = {}

    def add(index: int, code: str, detail: str) -> None:
        found.setdefault(index, Fault(record=index + 1, code=code, detail=detail))

    for index in np.flatnonzero(np.isin(starts, list(split.malformed))):
        add(int(index), "ROW_QUOTE", "A quote neither opens nor closes a field.")
    for index in np.flatnonzero(ends - starts > LONGEST_RECORD_BYTES):
        add(int(index), "ROW_TOO_LONG", f"{ends[index] - starts[index]} bytes.")
    nul = np.flatnonzero(np.frombuffer(text, dtype=np.uint8) == NUL)
    for index in np.unique(np.searchsorted(ends, nul)):
        if index < len(starts) and starts[index] <= nul.max():
            add(int(index), "ROW_NUL", "The record holds a NUL byte.")
    for index in _undecodable(text, starts, ends):
        add(index, "ROW_ENCODING", f"The record is not {dialect.encoding}.")
    fields = np.searchsorted(split.delimiters, ends) - np.searchsorted(split.delimiters, starts) + 1
    for index in np.flatnonzero(fields != width):
        line = text[starts[index] : ends[index]].decode("utf-8", errors="replace")
        is_total = TOTAL_LINE.match(line.lstrip(dialect.quote)) is not None
        detail = f"{fields[index]} fields where the header has {width}."
        add(int(index), "ROW_TOTAL_LINE" if is_total else "ROW_ARITY", detail)
    for index in _total_lines(text, starts, ends, dialect):
        add(index, "ROW_TOTAL_LINE", "A total line stands among the records.")
    return [found[index] for index in sorted(found)]


def _undecodable(text: bytes, starts: Positions, ends: Positions) -> list[int]:
    """Return indexes of records that are not UTF-8, or hold what a decoder had to replace."""
    bad: list[int] = []
    at = text.find(b"\xef\xbf\xbd")
    while at >= 0:
        bad.append(int(np.searchsorted(ends, at)))
        at = text.find(b"\xef\xbf\xbd", int(ends[min(bad[-1], len(ends) - 1)]) + 1)
    position = 0
    while position < len(text):
        try:
            text[position:].decode("utf-8")
        except UnicodeDecodeError as error:
            index = int(np.searchsorted(ends, position + error.start))
            if index >= len(ends):
                break
            bad.append(index)
            position = int(ends[index]) + 1
        else:
            break
    return [index for index in bad if index < len(starts)]


def _total_lines(text: bytes, starts: Positions, ends: Positions, dialect: Format) -> list[int]:
    """Return indexes of records that begin with a word for total and are mostly empty."""
    lowered = text.lower()
    found: set[int] = set()
    for word in (b"total", b"summe", b"gesamt", b"somme", b"totaal"):
        at = lowered.find(word)
        while at >= 0:
            index = int(np.searchsorted(ends, at))
            if index < len(starts) and starts[index] <= at <= starts[index] + 12:
                line = text[starts[index] : ends[index]].decode("utf-8", errors="replace")
                values = line.split(dialect.delimiter)
                empty = sum(1 for value in values if not value.strip(' "'))
                if TOTAL_LINE.match(values[0].strip('" ')) and empty * 2 >= len(values):
                    found.add(index)
            at = lowered.find(word, at + 1)
    return sorted(found)
