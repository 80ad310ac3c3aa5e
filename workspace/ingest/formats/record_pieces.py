"""A delimited file in pieces of whole records, so that its size never decides the memory."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from workspace.config.file_format import Format
from workspace.ingest.formats.decoding import Encoding, decoded_pieces, delivered_lengths
from workspace.ingest.formats.record_bounds import Bounds, find_bounds
from workspace.ingest.formats.record_faults import LONGEST_RECORD_BYTES

PIECE_BYTES = 1 << 22  # larger pieces take three times as long: each is fresh memory
# A quote that opens so far before a piece's end may be closed in the next piece.
OPEN_BYTES = LONGEST_RECORD_BYTES + 1


@dataclass(frozen=True, kw_only=True)
class Piece:
    """Whole records of a file: their UTF-8 text, and the byte of the file where it starts."""

    text: bytes
    offset: int
    bounds: Bounds
    is_last: bool


def record_pieces(
    file: Path,
    encoding: Encoding,
    dialect: Format,
    *,
    start: int | None = None,
    piece_bytes: int = PIECE_BYTES,
) -> Iterator[Piece]:
    """Yield a file in pieces, from its first byte or from a byte where a record starts."""
    offset = encoding.mark_bytes if start is None else start
    kept = b""
    for decoded in decoded_pieces(file, encoding, start=offset, piece_bytes=piece_bytes):
        text = kept + decoded
        bounds = _whole_records(text, dialect)
        if bounds is None:
            kept = text
            continue
        yield Piece(text=bounds.text, offset=offset, bounds=bounds, is_last=False)
        cut = len(bounds.text)
        offset += int(delivered_lengths(text, encoding, np.array([cut], dtype=np.int64))[0])
        kept = text[cut:]
    if kept:
        bounds = find_bounds(kept, delimiter=dialect.delimiter, quote=dialect.quote)
        yield Piece(text=kept, offset=offset, bounds=bounds, is_last=True)


def _whole_records(text: bytes, dialect: Format) -> Bounds | None:
    """Return the bounds of the records that are surely whole, None where there is none yet.

    The last line always waits: whether the file ends with it decides if it was truncated. A line
    with a quote that seems open waits as well, as long as a record may be.
    """
    cut = max(text.rfind(b"\n", 0, len(text) - 1), text.rfind(b"\r", 0, len(text) - 2)) + 1
    while cut:
        bounds = find_bounds(text[:cut], delimiter=dialect.delimiter, quote=dialect.quote)
        open_lines = [line for line in bounds.malformed if line > len(text) - OPEN_BYTES]
        if not open_lines:
            return bounds
        # The record before the open line ends there, unless a value before reaches into it.
        cut = min(open_lines)
    return None
