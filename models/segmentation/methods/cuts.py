"""Classes along one value: how a ladder of cuts is written in SQL.

On a rising ladder a unit is in the first segment whose cut it does not exceed, as with thresholds.
On a falling one it is in the first segment whose cut it reaches, as with classes A, B and C. A cut
may be a number or a column; one that is null gives its segment to nobody.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise

from models.segmentation.errors import SchemeError
from models.segmentation.sql_values import plain_decimal, quoted


@dataclass(frozen=True, kw_only=True)
class Cut:
    """Where a segment ends: a share (0 to 1), a count, or a value of the column."""

    segment_id: str
    up_to: Decimal


def check_cuts(cuts: Sequence[Cut], *other_segments: str) -> None:
    """Raise SchemeError for cuts that are no numbers, do not climb, or share a segment."""
    values = [cut.up_to for cut in cuts]
    shown = ", ".join(map(str, values)) or "there are none"
    if not values or not all(value.is_finite() for value in values):
        raise SchemeError(f"cuts are numbers: {shown}")
    if any(high <= low for low, high in pairwise(values)):
        raise SchemeError(f"cuts climb: {shown}")
    names = [*(cut.segment_id for cut in cuts), *other_segments]
    if len(names) != len(set(names)):
        raise SchemeError(f"a segment has one place among the cuts: {', '.join(names)}")


@dataclass(frozen=True, kw_only=True)
class Ladder:
    """Segments in order, and the SQL of the cuts between them: one fewer than segments."""

    value: str
    segments: tuple[str, ...]
    cuts: tuple[str, ...]
    is_falling: bool

    def segment_at(self, value: str) -> str:
        """Write the segment of a value."""
        reached = [f"when {value} {self._sign} {cut}" for cut in self.cuts]
        return case(
            *(f"{when} then {quoted(s)}" for when, s in zip(reached, self.segments, strict=False)),
            f"else {quoted(self.segments[-1])}",
        )

    def banded(self, stood: str, band: Decimal) -> str:
        """Write the segment with bands: a unit leaves where it `stood` only well beyond a cut.

        A cut counts as passed by a share of itself, or not at all. A unit that stood nowhere on the
        ladder is placed without bands. Source: Schmitt (1938), a trigger with two thresholds.
        """
        place = case(*(f"when {quoted(s)} then {n}" for n, s in enumerate(self.segments)), of=stood)
        eager, wary = (self._number(sign, band) for sign in ("-+" if self.is_falling else "+-"))
        number = f"greatest(least({place}, {wary}), {eager})"
        stays = case(
            *(f"when {n} then {quoted(s)}" for n, s in enumerate(self.segments)), of=number
        )
        known = ", ".join(map(quoted, self.segments))
        return case(
            f"when {stood} in ({known}) then {stays}", f"else {self.segment_at(self.value)}"
        )

    def _number(self, sign: str, band: Decimal) -> str:
        """Write how many segments come before that of the value, each cut moved by the band."""
        moved = (f"{cut} {sign} {plain_decimal(band)} * abs({cut})" for cut in self.cuts)
        tests = (f"case when {self.value} {self._sign} {cut} then 0 else 1 end" for cut in moved)
        return f"({' + '.join(tests)})"

    @property
    def _sign(self) -> str:
        return ">=" if self.is_falling else "<="


def case(*branches: str, of: str = "") -> str:
    """Write a case expression in one line."""
    return " ".join(["case", *([of] if of else []), *branches, "end"])
