"""Hit policies of decision tables: which of the rules that are true decides.

Source: OMG, Decision Model and Notation 1.5, section 8.2.8, letters U, A, P, F, R and C. A
classification needs one segment, so the two that give a list declare how they come to one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from models.segmentation.errors import SchemeError


class Hit(StrEnum):
    """What holds when several rules are true."""

    UNIQUE = "unique"  # never: at most one rule is true
    ANY = "any"  # they agree on the segment
    PRIORITY = "priority"  # the segment that comes first in the order of segments
    FIRST = "first"  # the rule that is written first
    RULE_ORDER = "rule_order"  # the rule that is written first; the others are listed
    COLLECT = "collect"  # as `take` says; all are listed


class Take(StrEnum):
    """How a list of segments becomes one."""

    FIRST = "first"  # of rule_order: the first of the list
    MOST = "most"  # of collect: what most rules say, then what comes first in the order of segments
    HIGHEST = "highest"  # of collect: what comes first in the order of segments
    LOWEST = "lowest"  # of collect: what comes last in the order of segments


_TAKES = {
    Hit.RULE_ORDER: (Take.FIRST,),
    Hit.COLLECT: (Take.MOST, Take.HIGHEST, Take.LOWEST),
}


@dataclass(frozen=True, kw_only=True)
class HitPolicy:
    """A hit policy, and the order of segments where it needs one: the highest first."""

    hit: Hit
    take: Take | None = None
    order: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Refuse a policy that leaves open how one segment is found."""
        takes = _TAKES.get(self.hit, ())
        if self.take is None and takes:
            raise SchemeError(f"hit policy {self.hit} needs take: {' or '.join(takes)}")
        if self.take is not None and self.take not in takes:
            raise SchemeError(f"hit policy {self.hit} does not take: {self.take}")
        if self.needs_order and not self.order:
            raise SchemeError(f"hit policy {self.hit} needs the order of segments")
        if len(self.order) != len(set(self.order)):
            raise SchemeError(f"a segment has one place in the order: {', '.join(self.order)}")

    @property
    def needs_order(self) -> bool:
        """Whether it asks which of two segments comes first."""
        return self.hit in {Hit.PRIORITY, Hit.COLLECT}

    @property
    def is_list(self) -> bool:
        """Whether all rules that are true are listed."""
        return self.hit in {Hit.RULE_ORDER, Hit.COLLECT}

    @property
    def decides(self) -> Literal["only", "agreed", "most", "first"]:
        """What of the true rules, ranked, decides: the only one, all alike, most, the first."""
        if self.hit is Hit.UNIQUE:
            return "only"
        if self.hit is Hit.ANY:
            return "agreed"
        return "most" if self.take is Take.MOST else "first"

    def ranked(self, segments: Sequence[str]) -> list[int]:
        """Return the rules' numbers as they are asked, given their segments as they are written."""
        numbers = list(range(len(segments)))
        if not self.needs_order:
            return numbers
        if missing := [segment for segment in segments if segment not in self.order]:
            raise SchemeError(f"segment {missing[0]} has no place in the order of segments")
        sign = -1 if self.take is Take.LOWEST else 1
        return sorted(numbers, key=lambda number: sign * self.order.index(segments[number]))
