"""Which encoding a file's bytes are in, confirmed by decoding all of them."""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from charset_normalizer import from_bytes

from workspace.errors import TierwiseError

# A Macintosh's encoding of a script, and that of Windows, which ERPs run on.
WINDOWS = {
    "mac_roman": "cp1252", "mac_iceland": "cp1252", "mac_latin2": "cp1250",
    "mac_cyrillic": "cp1251", "mac_greek": "cp1253", "mac_turkish": "cp1254",
}  # fmt: skip
OF_OLD_MACHINES = ("cp4", "cp7", "cp8", "cp1006", "cp1125", "hp_")
PIECE = 1 << 22
SAMPLE_BYTES = 200_000
# Byte order marks, and the codec that reads and drops each.
MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
MOST_DOUBTS = 3
LIKELIEST = 5
# A stray NUL is a broken record; where they abound the bytes are no text of one byte a character.
MOST_NULS = 0.05
MOSTLY = 0.9


@dataclass(frozen=True, kw_only=True)
class Encoding:
    """A codec that decodes the whole file, and why it was taken."""

    codec: str
    reason: str
    is_ascii: bool = False

    @property
    def reading(self) -> str:
        """Return the codec to open the file with: it drops a byte order mark."""
        return "utf-8-sig" if self.codec == "utf-8" else self.codec


def encoding_of(file: Path) -> Encoding:
    """Return the encoding of a file.

    Raises TierwiseError with FILE_ENCODING when no codec decodes all of it, FILE_TYPE when it is
    no text.
    """
    with file.open("rb") as opened:
        start = opened.read(SAMPLE_BYTES)
    marked = next((codec for mark, codec in MARKS if start.startswith(mark)), None)
    if marked is None and start.count(b"\0") > len(start) * MOST_NULS:
        cause = "The file is no delimited text, or UTF-16 without the mark that says so."
        raise TierwiseError("FILE_TYPE", place=str(file), cause=cause)
    if marked is not None and decodes(file, marked):
        return Encoding(codec=marked, reason="by its byte order mark; every byte decodes")
    if decodes(file, "ascii"):
        reason = "ASCII throughout, so that most encodings would do"
        return Encoding(codec="utf-8", reason=reason, is_ascii=True)
    if decodes(file, "utf-8"):
        return Encoding(codec="utf-8", reason="every byte decodes, which other encodings rarely do")
    return _spoiled_utf8(file) or _one_byte_encoding(file)


def _spoiled_utf8(file: Path) -> Encoding | None:
    """Return UTF-8 where only a few lines that tell something do not decode."""
    lines = _telling_lines(file).splitlines()
    sound = sum(_is_utf8(line) for line in lines)
    if sound < len(lines) * MOSTLY:
        return None
    reason = f"{len(lines) - sound} of the {len(lines)} lines that tell do not decode: ROW_ENCODING"
    return Encoding(codec="utf-8", reason=reason)


def _is_utf8(line: bytes) -> bool:
    try:
        line.decode("utf-8")
    except UnicodeError:
        return False
    return True


def _one_byte_encoding(file: Path) -> Encoding:
    """Ask for the likeliest encodings of the lines that tell, then decode everything.

    Of encodings that read the same characters, cp1252 is named: what Western ERPs write.
    """
    sample = _telling_lines(file)
    named = [str(match.encoding) for match in from_bytes(sample)]
    found = [WINDOWS.get(name, name) for name in named]
    likely = sorted(found, key=lambda name: name.startswith(OF_OLD_MACHINES))
    texts = {name: sample.decode(name, "replace") for name in ["cp1252", *likely]}
    if texts["cp1252"] in [texts[name] for name in likely[:LIKELIEST]]:
        likely = ["cp1252", *likely]
    confirmed = [name for name in dict.fromkeys([*likely, "cp1252"]) if decodes(file, name)]
    if not confirmed:
        cause = "No encoding that its bytes suggest decodes all of them: several may be mixed."
        raise TierwiseError("FILE_ENCODING", place=str(file), cause=cause)
    others = [name for name in confirmed[1:] if texts[name] != texts[confirmed[0]]]
    doubt = f"; {', '.join(others[:MOST_DOUBTS])} would read other characters" if others else ""
    return Encoding(codec=confirmed[0], reason=f"no UTF-8; every byte decodes{doubt}")


def _telling_lines(file: Path) -> bytes:
    """Return the first lines that hold a byte above ASCII: the others tell nothing."""
    lines: list[bytes] = []
    size = 0
    with file.open("rb") as opened:
        for line in opened:
            if not line.isascii():
                lines.append(line[:10_000])
                size += len(lines[-1])
            if size > SAMPLE_BYTES:
                break
    return b"".join(lines)


def decodes(file: Path, codec: str) -> bool:
    """Return whether a codec decodes every byte of a file, in bounded memory."""
    decoder = codecs.getincrementaldecoder(codec)()
    try:
        for piece in _pieces(file):
            decoder.decode(piece)
        decoder.decode(b"", final=True)
    except UnicodeError:
        return False
    return True


def _pieces(file: Path) -> Iterator[bytes]:
    with file.open("rb") as opened:
        while piece := opened.read(PIECE):
            yield piece
