"""The letters of a text beyond ASCII: what they tell of how a file is encoded and composed."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from workspace.errors import TierwiseError
from workspace.ingest.formats.content import Fault
from workspace.ingest.formats.decoding import Encoding

SOUND = re.compile("[^\0-\x7f\ufffd]")
# Where the encodings of one byte a letter have theirs; 0xFF is what damaged bytes often are.
FOREIGN = re.compile(b"[\xc0-\xd6\xd8-\xf6\xf8-\xfe]")
FEWEST = 2  # records: a single one may have been damaged on its way


@dataclass(kw_only=True)
class Letters:
    """What the pieces of a file, looked at one after another, have of letters beyond ASCII."""

    is_ascii: bool = True
    is_composed: bool = True
    has_sound: bool = False
    beyond_count: int = 0
    foreign_count: int = 0

    def look(self, text: bytes) -> None:
        """Look at one more piece, which claims to be UTF-8."""
        if text.isascii():
            return
        self.is_ascii = False
        decoded = text.decode("utf-8", errors="replace")
        self.is_composed = self.is_composed and unicodedata.is_normalized("NFC", decoded)
        self.has_sound = self.has_sound or SOUND.search(decoded) is not None
        if not self.has_sound:
            self.beyond_count += sum(byte >= 0x80 for byte in text)
            self.foreign_count += len(FOREIGN.findall(text))

    def notes(self) -> list[str]:
        """Return a sentence where letters are written in parts: ingest composes them."""
        if self.is_composed:
            return []
        return ["Letters written in parts were composed (Unicode NFC)."]

    def refuse_undeclared(self, encoding: Encoding, faults: Iterable[Fault], place: str) -> None:
        """Raise FILE_ENCODING where a file that should be UTF-8 is plainly something else.

        It has letters, none of them is UTF-8, and they are bytes that other encodings write
        letters with. Set aside one by one, all customers with an umlaut would be lost each night.
        """
        if self.is_ascii or self.has_sound or not encoding.is_plain or encoding.is_single:
            return
        count = sum(fault.code == "ROW_ENCODING" for fault in faults)
        if count >= FEWEST and 2 * self.foreign_count >= self.beyond_count:
            cause = (
                f"{count} records hold letters beyond ASCII, and none of these is UTF-8: "
                "the file is in another encoding, such as cp1252."
            )
            raise TierwiseError("FILE_ENCODING", place=place, cause=cause)
