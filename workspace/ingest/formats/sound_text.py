"""The text that DuckDB reads: the file itself where it is sound, else a copy that is."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from workspace.config.file_format import Format
from workspace.ingest.formats.content import Fault
from workspace.ingest.formats.decoding import Encoding
from workspace.ingest.formats.record_faults import Examined
from workspace.ingest.formats.record_pieces import Piece

LINE_END = b"\n"


@dataclass(kw_only=True)
class SoundText:
    """Takes pieces in order; from the first that DuckDB must not see as it is, all are copied.

    In the copy each record ends with LF, blank lines are gone, and a faulty record is a line of
    absent values, so that the others keep their numbers.
    """

    file: Path
    scratch: Path
    dialect: Format
    encoding: Encoding
    newline: str | None = None
    copied: Path | None = None
    has_header: bool = True
    _stream: BinaryIO | None = field(default=None, repr=False)

    def __enter__(self) -> SoundText:
        """Take pieces until the end of the block."""
        return self

    def __exit__(self, *_: object) -> None:
        """Finish the copy."""
        if self._stream is not None:
            self._stream.close()

    def __post_init__(self) -> None:
        """Say whether the first line of the file is its header."""
        self.has_header = self.dialect.has_header

    def add(self, piece: Piece, records: Examined, faults: tuple[Fault, ...]) -> None:
        """Take the next piece, examined."""
        if self._stream is None and self._is_sound(piece, faults):
            self.newline = self.newline or piece.bounds.newline
            return
        if self._stream is None:
            self._stream = self._begin(piece)
        self._write(records, faults, self._stream)

    @property
    def text(self) -> Path:
        """Return the file to read."""
        return self.copied or self.file

    def _is_sound(self, piece: Piece, faults: tuple[Fault, ...]) -> bool:
        """Tell whether DuckDB reads a piece as we do.

        Of quoted text with CR LF it loses records where a value holds another line end.
        """
        bounds = piece.bounds
        return (
            self.encoding.is_plain
            and not self.dialect.preamble_lines
            and all(fault.is_readable for fault in faults)
            and bounds.newline is not None
            and (self.newline in {None, bounds.newline} or not bounds.line_count)
            and (bounds.newline == "\n" or not len(bounds.quotes))
            and bool((bounds.ends > bounds.starts).all())
        )

    def _begin(self, piece: Piece) -> BinaryIO:
        """Start the copy with the pieces that were sound."""
        self.copied = self.scratch / "sound.csv"
        stream = self.copied.open("wb")
        is_begun = self.newline is not None
        self.has_header = self.has_header and is_begun
        if is_begun:
            with self.file.open("rb") as source:
                source.seek(self.encoding.mark_bytes)
                _copy(source, stream, piece.offset - self.encoding.mark_bytes, self.newline)
        self.newline = "\n"
        return stream

    def _write(self, records: Examined, faults: tuple[Fault, ...], stream: BinaryIO) -> None:
        absent = (self.dialect.quote * 2 + self.dialect.delimiter * (records.width - 1)).encode()
        broken = [fault.record - 1 for fault in faults if not fault.is_readable]
        first = 0
        for index in [*broken, len(records.starts)]:
            if first < index:
                stream.write(_lines(records, first, index))
            if index < len(records.starts):
                stream.write(absent + LINE_END)
            first = index + 1


def _lines(records: Examined, first: int, end: int) -> bytes:
    """Return records first to end, each with one line end."""
    text, starts, ends = records.text, records.starts[first:end], records.ends[first:end]
    if records.bounds.newline == "\n" and bool((starts[1:] - ends[:-1] == 1).all()):
        return text[starts[0] : ends[-1]] + LINE_END
    pairs = zip(starts.tolist(), ends.tolist(), strict=True)
    return b"".join(text[begin:finish] + LINE_END for begin, finish in pairs)


def _copy(source: BinaryIO, target: BinaryIO, byte_count: int, newline: str | None) -> None:
    """Copy whole lines; those with CR LF hold no quotes, so that each CR belongs to a line end."""
    while byte_count and (chunk := source.read(min(byte_count, 1 << 22))):
        byte_count -= len(chunk)
        target.write(chunk.replace(b"\r", b"") if newline == "\r\n" else chunk)
