"""What a ranking counts up to a cut: value or units, as a share or as a number."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from models.segmentation.errors import SchemeError
from models.segmentation.methods.ranking import Ranking
from models.segmentation.sql_values import plain_decimal


@dataclass(frozen=True, kw_only=True)
class ParetoShare(Ranking):
    """Classes by cumulative share of a measure, as in an ABC analysis; the last cut is at 1.

    A unit belongs to the first class whose cut is above the share held by the units strictly larger
    than it: the unit that crosses a cut stays in the upper class, and units of equal measure share
    a class. A measure of zero or less goes to the last class and counts for nothing in the total.
    """

    def __post_init__(self) -> None:
        """Refuse cuts that do not climb to 1."""
        super().__post_init__()
        _check_shares(self)

    def within_cut(self, cut: Decimal) -> str:
        """Write whether the units strictly larger hold less than a share of the total."""
        return f"_before < {plain_decimal(cut)} * _total"


@dataclass(frozen=True, kw_only=True)
class ParetoValue(Ranking):
    """Classes by cumulative value: the largest units until they add up to so much."""

    def __post_init__(self) -> None:
        """Refuse a ladder without its last segment."""
        _check_last(self)
        super().__post_init__()

    def within_cut(self, cut: Decimal) -> str:
        """Write whether the units strictly larger add up to less than an amount."""
        return f"_before < {plain_decimal(cut)}"


@dataclass(frozen=True, kw_only=True)
class ItemShare(Ranking):
    """Classes by share of the number of units, those of the largest measure first."""

    def __post_init__(self) -> None:
        """Refuse cuts that do not climb to 1."""
        super().__post_init__()
        _check_shares(self)

    def within_cut(self, cut: Decimal) -> str:
        """Write whether fewer than a share of all units are strictly larger."""
        return f"_before_count < {plain_decimal(cut)} * _count"


@dataclass(frozen=True, kw_only=True)
class ItemCount(Ranking):
    """Classes by number of units: the twenty largest, the next hundred, the others."""

    def __post_init__(self) -> None:
        """Refuse a ladder without its last segment."""
        _check_last(self)
        super().__post_init__()

    def within_cut(self, cut: Decimal) -> str:
        """Write whether fewer units than the cut are strictly larger."""
        return f"_before_count < {plain_decimal(cut)}"


@dataclass(frozen=True, kw_only=True)
class Quantiles(Ranking):
    """Classes by quantile of a measure of any sign, the smallest first; the last cut is at 1.

    A cut value is the smallest observed one up to which the share of units is reached (the inverse
    of the empirical distribution: Hyndman & Fan 1996, type 1).
    """

    def __post_init__(self) -> None:
        """Refuse cuts that do not climb to 1."""
        super().__post_init__()
        _check_shares(self)

    @property
    def is_falling(self) -> bool:
        """The smallest come first."""
        return False

    def within_cut(self, cut: Decimal) -> str:
        """Write whether fewer than the share of units come before a value."""
        return f"_before_count < {plain_decimal(cut)} * _count"


def _check_shares(method: Ranking) -> None:
    if len(method.cuts) < 2 or method.last_segment_id or method.cuts[-1].up_to != 1:
        raise SchemeError("two cuts or more, above 0, and the last one at 1")
    if any(cut.up_to != round(cut.up_to, 6) for cut in method.cuts):
        raise SchemeError("a share has six decimals at most")


def _check_last(method: Ranking) -> None:
    if not method.last_segment_id:
        raise SchemeError("`last` names the segment of the units beyond the last cut")
