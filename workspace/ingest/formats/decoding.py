"""Delivered bytes as UTF-8, piece by piece, so that every byte can be found again."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np

from workspace.errors import TierwiseError
from workspace.ingest.formats.content import Positions

ASCII = bytes(range(128))
PIECE_BYTES = 1 << 24
LINE_END = re.compile(rb"\r\n|\r|\n")
LONGEST_PREAMBLE_BYTES = 10_000_000
UTF16 = {codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be"}


@dataclass(frozen=True, kw_only=True)
class Encoding:
    """How a file is encoded: the codec, the bytes of its mark, and how offsets are counted.

    `is_plain` says that its bytes behind the mark are UTF-8 or claim to be, so that nothing need
    be decoded. `is_single` says that each character is one byte.
    """

    codec: str
    mark_bytes: int
    is_plain: bool
    is_single: bool


def encoding_of(file: Path, declared: str, place: str) -> Encoding:
    """Tell a file's encoding by its mark, else by the contract.

    Raises FILE_ENCODING where the first bytes contradict the contract, FILE_TRUNCATED for UTF-16
    that ends within a character.
    """
    with file.open("rb") as stream:
        head = stream.read(4096)
    name = codecs.lookup(declared).name
    if head[:2] in UTF16:
        if file.stat().st_size % 2:
            cause = "The file is UTF-16 and ends within a character."
            raise TierwiseError("FILE_TRUNCATED", place=place, cause=cause)
        return Encoding(codec=UTF16[head[:2]], mark_bytes=2, is_plain=False, is_single=False)
    if name.startswith("utf-16"):
        cause = "The contract declares UTF-16, but the file starts without a byte order mark."
        raise TierwiseError("FILE_ENCODING", place=place, cause=cause)
    # Of a text in other letters only the delimiters have NUL: its first line tells.
    if head.count(b"\0") > len(head) // 8 or head.split(b"\n", 1)[0].count(b"\0") > 1:
        cause = f"The file is full of NUL bytes, as UTF-16 read as {name} is."
        raise TierwiseError("FILE_ENCODING", place=place, cause=cause)
    mark = len(codecs.BOM_UTF8) if head.startswith(codecs.BOM_UTF8) else 0
    if mark or name in {"utf-8", "ascii"}:
        return Encoding(codec="utf-8", mark_bytes=mark, is_plain=True, is_single=False)
    if ASCII.decode("ascii").encode(name) == ASCII and _is_ascii(file):
        return Encoding(codec="utf-8", mark_bytes=0, is_plain=True, is_single=True)
    return Encoding(codec=name, mark_bytes=0, is_plain=False, is_single=_is_single_byte(name))


def _is_ascii(file: Path) -> bool:
    with file.open("rb") as stream:
        while piece := stream.read(PIECE_BYTES):
            if not piece.isascii():
                return False
    return True


def _is_single_byte(codec: str) -> bool:
    every = bytes(range(256))
    try:
        return len(every.decode(codec, errors="surrogateescape")) == len(every)
    except UnicodeDecodeError:
        return False


def decoded_pieces(
    file: Path, encoding: Encoding, *, start: int, piece_bytes: int
) -> Iterator[bytes]:
    """Yield a file's text from a byte on as UTF-8, cut anywhere.

    A byte that is not of the codec stands as an escaped surrogate, so that its record is found.
    """
    errors = "surrogatepass" if encoding.codec.startswith("utf-16") else "surrogateescape"
    decoder = codecs.getincrementaldecoder(encoding.codec)(errors=errors)
    with file.open("rb") as stream:
        stream.seek(start)
        while piece := stream.read(piece_bytes):
            if encoding.is_plain:
                yield piece
            else:
                yield decoder.decode(piece).encode("utf-8", errors="surrogatepass")
        if not encoding.is_plain:
            yield decoder.decode(b"", final=True).encode("utf-8", errors="surrogatepass")


def after_lines(file: Path, encoding: Encoding, count: int, place: str) -> int:
    """Return the byte after so many lines. Raises FILE_HEADER for a file of no more than these."""
    if not count:
        return encoding.mark_bytes
    text = b""
    for piece in decoded_pieces(file, encoding, start=encoding.mark_bytes, piece_bytes=1 << 20):
        text += piece
        ends = [
            found.end() for found, _ in zip(LINE_END.finditer(text), range(count), strict=False)
        ]
        # A CR at the end of the text may be half of a line end.
        if len(ends) == count and (ends[-1] < len(text) or not text.endswith(b"\r")):
            position = np.array([ends[-1]], dtype=np.int64)
            return encoding.mark_bytes + int(delivered_lengths(text, encoding, position)[0])
        if len(text) > LONGEST_PREAMBLE_BYTES:
            break
    cause = f"The file does not go on after its {count} lines of preamble."
    raise TierwiseError("FILE_HEADER", place=place, cause=cause)


def delivered_lengths(text: bytes, encoding: Encoding, positions: Positions) -> Positions:
    """Return how many delivered bytes stand before each of some ascending positions in a text."""
    if encoding.is_plain or not len(positions):
        return positions
    content = np.frombuffer(text, dtype=np.uint8)
    if encoding.is_single or encoding.codec.startswith("utf-16"):
        inner = np.flatnonzero((content & 0xC0) == 0x80)
        characters = positions - np.searchsorted(inner, positions)
        if encoding.is_single:
            return characters
        pairs = np.flatnonzero(content >= 0xF0)
        return 2 * (characters + np.searchsorted(pairs, positions))
    bounds = [0, *positions.tolist()]
    pieces = [
        text[start:end].decode("utf-8", errors="surrogatepass") for start, end in pairwise(bounds)
    ]
    lengths = [len(piece.encode(encoding.codec, errors="surrogateescape")) for piece in pieces]
    return np.cumsum(np.array(lengths, dtype=np.int64))
