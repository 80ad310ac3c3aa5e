"""The lines of a text file, in pieces of bounded memory, and where single ones stand."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from workspace.ingest.formats.content import Place, Positions
from workspace.ingest.formats.decoding import Encoding, decoded_pieces, delivered_lengths

LONGEST_LINE_BYTES = 1_000_000
PIECE_BYTES = 1 << 23
FAULT_LIMIT = 200_000  # a fault is an object of 200 bytes: past this the file itself is wrong
MARK_EVERY = 4_096  # records; a mark costs 8 bytes, and finding a record reads so many


@dataclass(frozen=True, kw_only=True)
class Lines:
    """Some lines in UTF-8 without their ends, and the delivered bytes at which they start.

    A line that is too long is cut somewhere behind LONGEST_LINE_BYTES. `is_open` says that the
    last one ends with the file and has no line end.
    """

    texts: list[bytes]
    offsets: Positions
    is_open: bool = False


def lines_of(
    file: Path, encoding: Encoding, *, start: int | None = None, piece_bytes: int = PIECE_BYTES
) -> Iterator[Lines]:
    """Yield the lines of a file from a byte on; LF, CR LF and CR end a line, in any mixture."""
    offset = encoding.mark_bytes if start is None else start
    text, gap = b"", 0  # the delivered bytes that were let go of the line that `text` begins with
    for piece in decoded_pieces(file, encoding, start=offset, piece_bytes=piece_bytes):
        text += piece
        # A carriage return at the very end may have its line feed in the next piece.
        cut = max(text.rfind(b"\n"), text.rfind(b"\r", 0, len(text) - 1)) + 1
        if cut:
            yield _split(text[:cut], encoding, offset, gap)
            offset, gap = offset + gap + _delivered(text[:cut], encoding), 0
            text = text[cut:]
        if len(text) > LONGEST_LINE_BYTES + 8:
            text, let_go = _shortened(text)
            gap += _delivered(let_go, encoding)
    if text:
        yield _split(text, encoding, offset, gap)


def _shortened(text: bytes) -> tuple[bytes, bytes]:
    """Cut a long line between two characters, keeping a carriage return at its end."""
    cut = LONGEST_LINE_BYTES + 1
    cut += next((step for step in range(4) if text[cut + step] & 0xC0 != 0x80), 0)
    end = len(text) - text.endswith(b"\r")
    return text[:cut] + text[end:], text[cut:end]


def _delivered(text: bytes, encoding: Encoding) -> int:
    return int(delivered_lengths(text, encoding, np.array([len(text)], dtype=np.int64))[0])


def _split(text: bytes, encoding: Encoding, offset: int, gap: int) -> Lines:
    kept = text.splitlines(keepends=True)
    starts = np.cumsum([0, *(len(line) for line in kept[:-1])], dtype=np.int64)
    offsets = offset + delivered_lengths(text, encoding, starts)
    offsets[1:] += gap
    return Lines(
        texts=[line.rstrip(b"\r\n") for line in kept],
        offsets=offsets,
        is_open=not text.endswith((b"\n", b"\r")),
    )


def filled(lines: Lines) -> Lines:
    """Return the lines that hold more than spaces."""
    kept = [index for index, text in enumerate(lines.texts) if text.strip()]
    if len(kept) == len(lines.texts):
        return lines
    return Lines(
        texts=[lines.texts[index] for index in kept],
        offsets=lines.offsets[kept],
        is_open=lines.is_open and bool(kept) and kept[-1] == len(lines.texts) - 1,
    )


def marks_of(lines: Lines, records_before: int) -> Positions:
    """Return the offsets of those records among the lines that are marked."""
    return lines.offsets[-records_before % MARK_EVERY :: MARK_EVERY]


def find_lines(file: Path, encoding: Encoding, marks: Positions, records: Positions) -> list[Place]:
    """Return where ascending records stand, one a filled line, reading from the mark before."""
    found: list[Place] = []
    for mark in np.unique((records - 1) // MARK_EVERY).tolist():
        wanted = records[(records - 1) // MARK_EVERY == mark] - mark * MARK_EVERY
        passed = 0
        for lines in lines_of(file, encoding, start=int(marks[mark]), piece_bytes=1 << 20):
            kept = filled(lines)
            here = wanted[(wanted > passed) & (wanted <= passed + len(kept.texts))] - passed - 1
            found += [
                Place(
                    byte_offset=int(kept.offsets[index]),
                    raw_text=kept.texts[index].decode(errors="replace"),
                )
                for index in here.tolist()
            ]
            passed += len(kept.texts)
            if passed >= wanted[-1]:
                break
    return found
