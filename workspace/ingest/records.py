"""Counting and checking the records of delimited text ourselves, before DuckDB reads it.

DuckDB's reader is exact only on well-formed text: one unterminated quote swallowed three records
into one reject, and a renamed header loads into the wrong columns. So record boundaries, field
counts, quotes, NUL and encoding are settled here, on the bytes, vectorised.
"""

from __future__ import annotations

import codecs
import csv
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from workspace.config.file_format import Format
from workspace.errors import TierwiseError
from workspace.ingest.record_bounds import LF, Bounds, Positions, find_bounds
from workspace.ingest.record_faults import Examined, Fault, find_faults

# More lines than this with quotes in the wrong place, and the dialect is wrong, not the lines.
MALFORMED_LIMIT = 1_000
MALFORMED_SHARE = 0.1
ASCII = bytes(range(128))
LONGEST_HEADER_BYTES = 100_000
INVISIBLE = str.maketrans("", "", "\u200b\ufeff")


@dataclass(frozen=True, kw_only=True)
class Decoded:
    """A file as UTF-8, in which bytes that could not be decoded stand as escaped surrogates.

    `base` counts the bytes of the byte order mark. `encoding` is what byte offsets refer to:
    utf-8 where `text` is the file itself, `single` for one byte a character, or a codec's name.
    """

    text: bytes
    base: int
    encoding: str


@dataclass(frozen=True, kw_only=True)
class Records:
    """The records of one file; `starts` and `ends` are positions in the decoded text.

    `newline` is set where DuckDB can read the delivered bytes as they are.
    """

    decoded: Decoded
    header: tuple[str, ...]
    starts: Positions
    ends: Positions
    faults: tuple[Fault, ...]
    blank_count: int
    newline: str | None

    @property
    def count(self) -> int:
        """Number of data records, the header and blank lines not counted."""
        return len(self.starts)

    def raw(self, record: int) -> str:
        """Return the text of one record as far as it can be decoded."""
        start, end = self.starts[record - 1], self.ends[record - 1]
        return self.decoded.text[start:end].decode("utf-8", errors="replace")

    def offsets(self, records: Positions) -> Positions:
        """Return the byte offsets of ascending records in the delivered file."""
        return self.decoded.base + _delivered_lengths(self.decoded, self.starts[records - 1])

    def parsable(self) -> tuple[bytes, Positions]:
        """Return the text of the records without fault, one a line, and their record numbers."""
        bad = np.array([fault.record for fault in self.faults], dtype=np.int64)
        good = np.setdiff1d(np.arange(1, self.count + 1), bad, assume_unique=True)
        starts, ends = self.starts[good - 1], self.ends[good - 1]
        content = np.append(np.frombuffer(self.decoded.text, dtype=np.uint8), np.uint8(LF))
        content[ends] = LF
        steps = np.zeros(len(content) + 1, dtype=np.int8)
        steps[starts] += 1
        steps[ends + 1] -= 1
        return content[np.cumsum(steps[:-1], dtype=np.int8).astype(bool)].tobytes(), good


def read_records(data: bytes, dialect: Format, *, place: str) -> Records:
    """Find the records of a delivered file.

    Raises TierwiseError with FILE_EMPTY, FILE_ENCODING, FILE_HEADER, FILE_DIALECT or
    FILE_TRUNCATED for a file that cannot be read at all.
    """
    if not data:
        raise TierwiseError("FILE_EMPTY", place=place, cause="The file has zero bytes.")
    decoded = _decode(data, dialect, place)
    if not decoded.text:
        raise TierwiseError("FILE_EMPTY", place=place, cause="The file is a byte order mark.")
    bounds = find_bounds(decoded.text, delimiter=dialect.delimiter, quote=dialect.quote)
    _refuse_dialect(bounds, place)
    is_filled = bounds.ends > bounds.starts
    starts, ends = bounds.starts[is_filled], bounds.ends[is_filled]
    if not len(starts):
        raise TierwiseError("FILE_EMPTY", place=place, cause="The file has no line of text.")
    header = _header(decoded.text[starts[0] : ends[0]], dialect, place)
    examined = Examined(
        text=decoded.text,
        starts=starts[1:],
        ends=ends[1:],
        bounds=bounds,
        width=len(header),
        dialect=dialect,
    )
    faults = find_faults(examined)
    _refuse_truncated(examined, faults, place)
    blank_count = int((~is_filled).sum())
    is_plain = not faults and not blank_count and decoded.encoding == "utf-8"
    return Records(
        decoded=decoded,
        header=header,
        starts=examined.starts,
        ends=examined.ends,
        faults=faults,
        blank_count=blank_count,
        newline=bounds.newline if is_plain else None,
    )


def _decode(data: bytes, dialect: Format, place: str) -> Decoded:
    """Decode what is not UTF-8 so that every byte can be found again."""
    declared = codecs.lookup(dialect.encoding).name
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return _decode_utf16(data, place)
    if declared.startswith("utf-16"):
        cause = "The contract declares UTF-16, but the file starts without a byte order mark."
        raise TierwiseError("FILE_ENCODING", place=place, cause=cause)
    if data.count(b"\0", 0, 4096) > min(len(data), 4096) // 8:
        cause = f"The file is full of NUL bytes, as UTF-16 read as {declared} is."
        raise TierwiseError("FILE_ENCODING", place=place, cause=cause)
    base = len(codecs.BOM_UTF8) if data.startswith(codecs.BOM_UTF8) else 0
    is_plain = data.isascii() and ASCII.decode("ascii").encode(declared) == ASCII
    if base or is_plain or declared in {"utf-8", "ascii"}:
        return Decoded(text=data[base:], base=base, encoding="utf-8")
    characters = data.decode(declared, errors="surrogateescape")
    return Decoded(
        text=characters.encode("utf-8", errors="surrogatepass"),
        base=0,
        encoding="single" if len(characters) == len(data) else declared,
    )


def _decode_utf16(data: bytes, place: str) -> Decoded:
    encoding = "utf-16-le" if data.startswith(codecs.BOM_UTF16_LE) else "utf-16-be"
    if len(data) % 2:
        cause = "The file is UTF-16 and ends within a character."
        raise TierwiseError("FILE_TRUNCATED", place=place, cause=cause)
    characters = data[2:].decode(encoding, errors="surrogatepass")
    text = characters.encode("utf-8", errors="surrogatepass")
    return Decoded(text=text, base=2, encoding=encoding)


def _delivered_lengths(decoded: Decoded, positions: Positions) -> Positions:
    """Return how many delivered bytes stand before each of some ascending positions."""
    if decoded.encoding == "utf-8" or not len(positions):
        return positions
    content = np.frombuffer(decoded.text, dtype=np.uint8)
    inner = np.flatnonzero((content & 0xC0) == 0x80)
    characters = positions - np.searchsorted(inner, positions)
    if decoded.encoding == "single":
        return characters
    if decoded.encoding.startswith("utf-16"):
        pairs = np.flatnonzero(content >= 0xF0)
        return 2 * (characters + np.searchsorted(pairs, positions))
    bounds = [0, *positions.tolist()]
    pieces = [
        decoded.text[start:end].decode("utf-8", errors="surrogatepass")
        for start, end in pairwise(bounds)
    ]
    lengths = [len(piece.encode(decoded.encoding, errors="surrogateescape")) for piece in pieces]
    return np.cumsum(np.array(lengths, dtype=np.int64))


def _header(line: bytes, dialect: Format, place: str) -> tuple[str, ...]:
    """Parse the header: names trimmed of spaces that are invisible in a mail."""
    if len(line) > LONGEST_HEADER_BYTES:
        cause = f"The header line is longer than {LONGEST_HEADER_BYTES} bytes."
        raise TierwiseError("FILE_HEADER", place=place, cause=cause)
    try:
        text = line.decode("utf-8")
    except UnicodeDecodeError as error:
        cause = f"The header is not {dialect.encoding}: {error.reason} at byte {error.start}."
        raise TierwiseError("FILE_ENCODING", place=place, cause=cause) from error
    names = next(csv.reader([text], delimiter=dialect.delimiter, quotechar=dialect.quote))
    clean = tuple(name.translate(INVISIBLE).strip() for name in names)
    if "" in clean or len(set(clean)) != len(clean) or "\0" in text:
        cause = f"The header has an empty, repeated or broken name: {', '.join(clean)[:200]!r}."
        raise TierwiseError("FILE_HEADER", place=place, cause=cause)
    return clean


def _refuse_dialect(bounds: Bounds, place: str) -> None:
    count = len(bounds.malformed)
    if count > max(MALFORMED_LIMIT, MALFORMED_SHARE * bounds.line_count):
        cause = f"{count} of {bounds.line_count} lines break the declared quoting."
        raise TierwiseError("FILE_DIALECT", place=place, cause=cause)


def _refuse_truncated(records: Examined, faults: tuple[Fault, ...], place: str) -> None:
    """Refuse a file whose last line is incomplete and has no line end: its transfer broke off."""
    text, count = records.text, len(records.starts)
    if not faults or faults[-1].record < count or text.endswith((b"\n", b"\r")):
        return
    if faults[-1].code in {"ROW_QUOTE", "ROW_ARITY"}:
        cause = f"Record {count}, the last, is incomplete: {faults[-1].detail}"
        raise TierwiseError("FILE_TRUNCATED", place=place, cause=cause)
