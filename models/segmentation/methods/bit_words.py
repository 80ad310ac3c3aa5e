"""SQL over the boxes in which a cell lies: which segment and which rule they give.

The boxes are numbers of up to 62 bits, one expression for each (`boxes.py`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from models.segmentation.partition.boxes import Boxes

CONFLICT = 0  # the number of no segment: several rules are true that may not be
Decides = Literal["only", "agreed", "most", "first"]
Words = Sequence[str]


@dataclass(frozen=True, kw_only=True)
class Judge:
    """How boxes decide: segments count from 1 in their order; null is a cell without a box."""

    boxes: Boxes
    decides: Decides
    rule_segments: tuple[str, ...]
    segments: tuple[str, ...]

    def number(self, fired: Words) -> str:
        """SQL of the number of the segment, CONFLICT, or null."""
        masks = [self.mask(segment) for segment in self.segments]
        if self.decides == "most":
            return _most(fired, masks)
        if self.decides == "first":
            return _of_lowest(fired, masks, [str(n) for n in range(1, len(masks) + 1)])
        within = [_within(fired, mask) for mask in masks]
        if self.decides == "only":
            within = [f"{_count(fired)} = 1 and {_any(fired, mask)}" for mask in masks]
        branches = " ".join(f"when {test} then {n}" for n, test in enumerate(within, start=1))
        return f"case when {_none(fired)} then null {branches} else {CONFLICT} end"

    def is_same(self, fired: Words, current: Words, number: str) -> str:
        """SQL that is true where boxes give the segment whose boxes are `current`, else false."""
        if self.decides == "most":
            return f"coalesce({self.number(fired)}, -1) = {number}"
        if self.decides == "only":
            return f"({_count(fired)} = 1 and {_any(fired, current)})"
        if self.decides == "agreed":
            return f"(not ({_none(fired)}) and {_within(fired, current)})"
        tests = [f"({_lowest(word)} & {at}) <> 0" for word, at in zip(fired, current, strict=True)]
        if len(tests) == 1:
            return f"({tests[0]})"
        branches = " ".join(
            f"when {word} <> 0 then {test}" for word, test in zip(fired, tests, strict=True)
        )
        return f"case {branches} else false end"

    def mask(self, segment: str) -> tuple[str, ...]:
        """The boxes of a segment."""
        alike = [n for n, other in enumerate(self.rule_segments) if other == segment]
        return tuple(map(str, self.boxes.of(alike)))

    def rule(self, fired: Words, current: Words, names: Sequence[str]) -> str:
        """SQL of the first true rule that says what was decided; `names` are SQL."""
        deciding = [f"({word} & {at})" for word, at in zip(fired, current, strict=True)]
        asked = dict.fromkeys(self.boxes.owner)
        masks = [tuple(map(str, self.boxes.of([rule]))) for rule in asked]
        return _of_lowest(deciding, masks, [names[rule] for rule in asked])


@dataclass(frozen=True, kw_only=True)
class CellWords:
    """The boxes in which a cell lies, from the columns `_a<level>_<word>` of its pieces."""

    boxes: Boxes

    def of(self, *, without: int | None = None) -> list[str]:
        """SQL of the boxes, whatever the piece of one level is."""
        everything = self.boxes.of(self.boxes.owner)
        return [
            " & ".join(f"_a{level}_{word}" for level in self.boxes.levels if level != without)
            or f"cast({everything[word]} as bigint)"
            for word in range(self.boxes.words)
        ]


def by_piece(piece: str, values: Sequence[int]) -> str:
    """SQL that turns a piece into a number; the commonest number comes last, as `else`."""
    common = max(set(values), key=lambda value: (values.count(value), -value))
    branches = " ".join(f"when {n} then {v}" for n, v in enumerate(values) if v != common)
    return f"case {piece} {branches} else {common} end" if branches else str(common)


def _lowest(word: str) -> str:
    return f"({word} & -({word}))"


def _none(fired: Words) -> str:
    return " and ".join(f"{word} = 0" for word in fired)


def _any(fired: Words, mask: Words) -> str:
    tests = [f"({word} & {at}) <> 0" for word, at in zip(fired, mask, strict=True)]
    return f"({' or '.join(tests)})"


def _within(fired: Words, mask: Words) -> str:
    return " and ".join(f"({word} & {at}) = {word}" for word, at in zip(fired, mask, strict=True))


def _count(fired: Words) -> str:
    return "(" + " + ".join(f"cast(bit_count({word}) as integer)" for word in fired) + ")"


def _most(fired: Words, masks: Sequence[Words]) -> str:
    counts = [
        _count([f"({word} & {at})" for word, at in zip(fired, mask, strict=True)]) for mask in masks
    ]
    branches = [
        f"when {' and '.join(f'{count} >= {later}' for later in counts[n:])} then {n}"
        for n, count in enumerate(counts[:-1], start=1)
    ]
    return f"case when {_none(fired)} then null {' '.join(branches)} else {len(counts)} end"


def _of_lowest(fired: Words, masks: Sequence[Words], results: Sequence[str]) -> str:
    """SQL of the result whose mask has the lowest bit that is set; null where none is."""
    cases = []
    for place, word in enumerate(fired):
        branches = " ".join(
            f"when ({_lowest(word)} & {mask[place]}) <> 0 then {result}"
            for mask, result in zip(masks, results, strict=True)
            if mask[place] != "0"
        )
        if branches:
            cases.append(f"when {word} <> 0 then case {branches} end")
    return f"case {' '.join(cases)} end" if cases else "null"
