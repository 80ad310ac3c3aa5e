"""Fiscal periods, and their promise: no day without a period, no day with two.

A rule gives its periods sound; periods that people write down are checked here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

DAY = timedelta(days=1)
WEEK = timedelta(weeks=1)
PERIODS_PER_YEAR = 12


@dataclass(frozen=True, kw_only=True)
class Period:
    """One fiscal period: both days belong to it; `number` counts from 1 in its year."""

    year: int
    number: int
    start: date
    end: date

    @property
    def name(self) -> str:
        """Return the period as people write it, such as FY2026 P03."""
        return f"FY{self.year} P{self.number:02d}"


class PeriodError(ValueError):
    """Why periods are no calendar; `index` is that of the period at which it shows."""

    def __init__(self, kind: str, index: int, reason: str) -> None:
        """Keep what kind of fault it is: gap, overlap or order."""
        super().__init__(reason)
        self.kind = kind
        self.index = index


def check_periods(periods: Sequence[Period]) -> None:
    """Check periods in the order of their first days.

    Every day from first to last has one period, every year begins with its period 1 and follows
    the year before. Raises PeriodError.
    """
    for at, period in enumerate(periods):
        if period.end < period.start:
            reason = f"{period.name} ends on {period.end}, before it starts on {period.start}"
            raise PeriodError("order", at, reason)
        if at == 0 and period.number != 1:
            reason = f"{period.name} comes first: a year begins with its period 1"
            raise PeriodError("order", at, reason)
    for at, (before, after) in enumerate(pairwise(periods), start=1):
        if after.start <= before.end:
            reason = f"{after.name} starts on {after.start}, but {before.name} ends on {before.end}"
            raise PeriodError("overlap", at, reason)
        if after.start > before.end + DAY:
            first, last = before.end + DAY, after.start - DAY
            days = f"{first}" if first == last else f"{first} to {last}"
            reason = f"no period holds {days}, between {before.name} and {after.name}"
            raise PeriodError("gap", at, reason)
        next_in_year = (before.year, before.number + 1)
        if (after.year, after.number) not in {next_in_year, (before.year + 1, 1)}:
            raise PeriodError("order", at, f"{after.name} follows {before.name}")
