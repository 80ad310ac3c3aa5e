"""Rules as bits: which rules are true of a cell, found by one `and` over whole numbers.

A condition is a union of disjoint boxes, each a set of pieces of some columns. Every box has a bit.
For a piece of a column, the boxes that allow it are one number; the boxes in which a cell lies are
the bitwise and of the numbers of its pieces. Lower bits are asked first, so that the box that
decides under `first` is the lowest bit that is set. Source: Lakshman & Stiliadis (1998), SIGCOMM,
who classify packets so.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from models.segmentation.partition.diagram import TooCostlyError
from models.segmentation.partition.exact import Partition

BITS = 62  # of one number: a bigint keeps its sign, and -x does not overflow
WORDS = 4
MAXIMUM_BOXES = BITS * WORDS  # of one table; what it costs to run grows with them


@dataclass(frozen=True, kw_only=True)
class Boxes:
    """The boxes of rules in the order in which they are asked."""

    owner: tuple[int, ...]  # by bit: the number of the rule whose box it is
    pieces: tuple[Mapping[int, frozenset[int]], ...]  # by bit: the pieces it allows, by level

    @property
    def words(self) -> int:
        """How many numbers hold the bits."""
        return max(1, -(-len(self.owner) // BITS))

    @property
    def levels(self) -> tuple[int, ...]:
        """The levels on which a box depends."""
        return tuple(sorted({level for box in self.pieces for level in box}))

    def allowing(self, level: int, piece: int) -> tuple[int, ...]:
        """The boxes that allow a piece, as numbers."""
        return self._words(
            bit for bit, box in enumerate(self.pieces) if level not in box or piece in box[level]
        )

    def of(self, rules: Sequence[int]) -> tuple[int, ...]:
        """The boxes of some rules, as numbers."""
        wanted = set(rules)
        return self._words(bit for bit, rule in enumerate(self.owner) if rule in wanted)

    def _words(self, bits: Iterable[int]) -> tuple[int, ...]:
        words = [0] * self.words
        for bit in bits:
            words[bit // BITS] |= 1 << bit % BITS
        return tuple(words)


def boxes(partition: Partition, ranked: Sequence[int]) -> Boxes:
    """Take the conditions of a partition apart, in the order in which they are asked.

    Raises TooCostlyError beyond MAXIMUM_BOXES.
    """
    owner: list[int] = []
    pieces: list[Mapping[int, frozenset[int]]] = []
    fires = partition.fires
    for rule in ranked:
        partition.diagrams.begin()
        for box, is_true in partition.diagrams.cells(fires[rule]):
            if is_true:
                owner.append(rule)
                pieces.append(box)
            if len(owner) > MAXIMUM_BOXES:
                raise TooCostlyError(f"over {MAXIMUM_BOXES} boxes")
    return Boxes(owner=tuple(owner), pieces=tuple(pieces))
