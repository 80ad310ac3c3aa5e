"""Whether more of a column can move a unit the wrong way in the order of segments.

The outcome of the rules is one function of the cell. Piece by piece along the column it is compared
with the best that any piece before has given, all other columns held. A cell without a segment is
passed over.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Literal

from models.segmentation.errors import SchemeError
from models.segmentation.hit_policy import HitPolicy
from models.segmentation.partition.exact import Found, Partition

_CONFLICT = "conflict"
Direction = Literal["up", "down"]


@dataclass(frozen=True, kw_only=True)
class Fall:
    """A row, two values of a column, lower and upper, and what they give: the upper is wrong."""

    found: Found
    values: tuple[str, str]
    segments: tuple[str, str]
    rules: tuple[int, ...]  # the rules that are true of either


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """The rules of a table as functions: what each says, and which come before all of them."""

    parts: Partition
    first: Sequence[int]
    fires: Sequence[int]
    segments: Sequence[str]
    policy: HitPolicy

    def function(self) -> int:
        """The place of the segment in the order, None without a segment. Raises TooCostlyError."""
        diagrams = self.parts.diagrams
        joined = diagrams.leaf(None)
        joins = {"first": _first, "only": _only, "agreed": _agreed, "most": _sum}
        for number in self.policy.ranked(self.segments):
            place = self._place(self.segments[number])
            value: Hashable = place
            if self.policy.decides == "most":
                value = tuple(int(place == other) for other in range(len(self.policy.order)))
            said = diagrams.map(partial(_when_true, value), self.fires[number])
            joined = diagrams.combine(joins[self.policy.decides], joined, said)
        joined = diagrams.map(_settled, joined)
        for before in self.first:
            joined = diagrams.combine(_unless, joined, before)
        return joined

    def fall(self, column: str, direction: Direction) -> Fall | None:
        """Find where more of a column moves a unit the wrong way. Raises TooCostlyError."""
        diagrams, domains = self.parts.diagrams, self.parts.domains
        level = next((n for n, domain in enumerate(domains) if domain.column == column), None)
        if level is None:
            return None
        outcome = self.function()
        pieces = list(range(1, domains[level].size))
        if direction == "down":
            pieces.reverse()
        best = diagrams.fixed(outcome, level, pieces[0])
        for place, piece in enumerate(pieces[1:], start=1):
            here = diagrams.fixed(outcome, level, piece)
            found = self.parts.find([diagrams.combine(_is_worse, best, here)])
            if found is not None:
                return self._shown(found, outcome, level, pieces[: place + 1])
            best = diagrams.combine(_best, best, here)
        return None

    def _shown(self, found: Found, outcome: int, level: int, pieces: Sequence[int]) -> Fall:
        cell = dict(self.parts.completed(found))
        places = {p: self.parts.at(outcome, {**cell, level: p}) for p in pieces}
        here = pieces[-1]
        before = next(p for p in reversed(pieces) if _is_worse(places[p], places[here]))
        ends = sorted((before, here))
        texts = [self.parts.domains[level].example(piece) for piece in ends]
        given = [self._segment(places[piece]) for piece in ends]
        rules = [
            number
            for number, fires in enumerate(self.fires)
            if any(self.parts.at(fires, {**cell, level: piece}) for piece in ends)
        ]
        return Fall(
            found=Found(cell={**cell, level: here}, is_proven=found.is_proven),
            values=(str(texts[0]), str(texts[1])),
            segments=(given[0], given[1]),
            rules=tuple(rules),
        )

    def _place(self, segment: str) -> int:
        if segment not in self.policy.order:
            raise SchemeError(f"segment {segment} has no place in the order of segments")
        return self.policy.order.index(segment)

    def _segment(self, place: Hashable) -> str:
        return self.policy.order[place] if isinstance(place, int) else "none"


def _when_true(value: Hashable, fires: Hashable) -> Hashable:
    return value if fires else None


def _first(before: Hashable, said: Hashable) -> Hashable:
    return said if before is None else before


def _only(before: Hashable, said: Hashable) -> Hashable:
    if before is None or said is None:
        return said if before is None else before
    return _CONFLICT


def _agreed(before: Hashable, said: Hashable) -> Hashable:
    return _CONFLICT if None not in {before, said} and before != said else _first(before, said)


def _sum(before: Hashable, said: Hashable) -> Hashable:
    if isinstance(before, tuple) and isinstance(said, tuple):
        return tuple(x + y for x, y in zip(before, said, strict=True))
    return _first(before, said)


def _settled(joined: Hashable) -> Hashable:
    """The place of the segment that most rules say, or that was found; a conflict is none."""
    if isinstance(joined, tuple):
        return joined.index(max(joined))
    return joined if isinstance(joined, int) else None


def _unless(outcome: Hashable, before: Hashable) -> Hashable:
    return None if before else outcome


def _is_worse(best: Hashable, here: Hashable) -> bool:
    return isinstance(best, int) and isinstance(here, int) and here > best


def _best(best: Hashable, here: Hashable) -> Hashable:
    if isinstance(best, int) and isinstance(here, int):
        return min(best, here)
    return here if best is None else best
