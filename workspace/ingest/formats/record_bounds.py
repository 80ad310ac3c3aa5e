"""Where the records of delimited text begin and end, found on its bytes, vectorised.

An unterminated quote must not swallow the records after it, so a line whose quotes break the
dialect ends at its own line end and is marked, and the quotes of the other lines count as before.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from workspace.ingest.formats.content import Positions

Bytes = npt.NDArray[np.uint8]
CR, LF = 13, 10


@dataclass(frozen=True, kw_only=True)
class Bounds:
    """Record boundaries of a text, the quotes that count, and starts of badly quoted lines.

    `newline` is the line end that every line has; None where they differ.
    """

    text: bytes
    delimiter: str
    starts: Positions
    ends: Positions
    quotes: Positions
    malformed: tuple[int, ...]
    line_count: int
    newline: str | None

    def delimiters(self) -> Positions:
        """Return where the delimiters outside quotes stand."""
        content = np.frombuffer(self.text, dtype=np.uint8)
        found = _positions(self.text, content, ord(self.delimiter))
        if not len(self.quotes):
            return found
        outside: Positions = found[np.searchsorted(self.quotes, found) % 2 == 0]
        return outside

    def have_width(self, width: int) -> bool:
        """Tell whether each line surely has so many fields: a third of the cost of counting."""
        if len(self.quotes) or self.malformed or self.newline is None:
            return False
        others = bytes(byte for byte in range(256) if byte not in {LF, ord(self.delimiter)})
        marks = self.text.translate(None, others)
        one = self.delimiter.encode() * (width - 1) + b"\n"
        if not self.text.endswith(b"\n"):
            return marks + b"\n" == one * (self.line_count + 1)
        return marks == one * self.line_count


def find_bounds(text: bytes, *, delimiter: str, quote: str) -> Bounds:
    """Find the records of a text; blank lines are among them."""
    content = np.frombuffer(text, dtype=np.uint8)
    line_ends, newline = _line_ends(text, content)
    line_count = len(line_ends)
    quotes = _positions(text, content, ord(quote))
    malformed: list[int] = []
    if len(quotes):
        quotes, malformed = _sound_quotes(content, quotes, line_ends, ord(delimiter))
        line_ends = line_ends[np.searchsorted(quotes, line_ends) % 2 == 0]
    if not len(line_ends) or line_ends[-1] < len(text) - 1:
        line_ends = np.append(line_ends, len(text))
    starts = np.concatenate([np.zeros(1, dtype=np.int64), line_ends[:-1] + 1])
    before = content[np.maximum(line_ends - 1, 0)]
    return Bounds(
        text=text,
        delimiter=delimiter,
        starts=starts,
        ends=line_ends - ((line_ends > starts) & (before == CR)),
        quotes=quotes,
        malformed=tuple(malformed),
        line_count=line_count,
        newline=newline,
    )


def _positions(text: bytes, content: Bytes, byte: int) -> Positions:
    """Return where a byte stands; looking whether it does costs a tenth of listing where."""
    if byte not in text:
        return np.empty(0, dtype=np.int64)
    return np.flatnonzero(content == byte)


def _line_ends(text: bytes, content: Bytes) -> tuple[Positions, str | None]:
    """Return positions of LF and of CR that no LF follows, and the line end they all have."""
    line_feeds = _positions(text, content, LF)
    returns = _positions(text, content, CR)
    if not len(returns):
        return line_feeds, "\n"
    following = np.append(content, np.uint8(CR))[returns + 1]
    lone = returns[following != LF]
    if len(lone):
        return np.sort(np.concatenate([line_feeds, lone])), None
    return line_feeds, "\r\n" if len(returns) == len(line_feeds) else None


def _sound_quotes(
    content: Bytes, quotes: Positions, line_ends: Positions, delimiter: int
) -> tuple[Positions, list[int]]:
    """Return the quotes without those of malformed lines, and the starts of these lines.

    A quote opens after a delimiter, a line end or another quote, and closes before one of them.
    `misplaced[0]` lists the quotes that are wrong if every second one from the first opens,
    `misplaced[1]` if every second one from the second does; so each search is one bisection.
    """
    count = len(quotes)
    edges = np.array([delimiter, CR, LF, content[quotes[0]]], dtype=np.uint8)
    margin = np.array([LF], dtype=np.uint8)
    padded = np.concatenate([margin, content, margin])
    bad_opening, bad_closing = ~np.isin(padded[quotes], edges), ~np.isin(padded[quotes + 2], edges)
    is_even = np.arange(count) % 2 == 0
    misplaced = [
        np.flatnonzero(np.where(is_even, bad_opening, bad_closing)),
        np.flatnonzero(np.where(is_even, bad_closing, bad_opening)),
    ]
    is_sound = np.ones(count, dtype=bool)
    malformed: list[int] = []
    first = 0  # the quotes before this one are settled
    while first < count:
        wrong = misplaced[first % 2]
        at = int(np.searchsorted(wrong, first))
        found = int(wrong[at]) if at < len(wrong) else count
        if found == count and (count - first) % 2 == 0:
            break
        # A quote that closes badly was opened by mistake, perhaps on a line before.
        broken = found - (found - first) % 2
        first = _strike(quotes, line_ends, first, broken, is_sound, malformed)
    return quotes[is_sound], malformed


def _strike(
    quotes: Positions,
    line_ends: Positions,
    first: int,
    broken: int,
    is_sound: npt.NDArray[np.bool_],
    malformed: list[int],
) -> int:
    """Mark the line of a broken quote, and each whose value would end in it; return the next."""
    following = 0
    while True:
        line = int(np.searchsorted(line_ends, quotes[broken]))
        start = int(line_ends[line - 1]) + 1 if line else 0
        end = line_ends[line] if line < len(line_ends) else quotes[-1] + 1
        malformed.append(start)
        low = max(first, int(np.searchsorted(quotes, start)))
        high = int(np.searchsorted(quotes, end))
        is_sound[low:high] = False
        following = following or high
        if (low - first) % 2 == 0:
            return following
        broken = low - 1
