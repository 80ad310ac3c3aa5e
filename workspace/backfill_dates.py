"""The business dates of a backfill, and the days that each of them stands for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

DAY = timedelta(days=1)


class Every(StrEnum):
    """How far apart the business dates of a backfill are."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"


LONGEST = {Every.DAY: 1, Every.WEEK: 7, Every.MONTH: 31}  # days of a period


@dataclass(frozen=True, kw_only=True)
class Partition:
    """A business date and the days it stands for: from the start of its period up to itself."""

    business_date: date
    first_day: date


def partitions(first: date, last: date, every: Every, week_starts_on: int) -> list[Partition]:
    """Return the partitions of a range: the last day of each period in it, and of the range.

    `week_starts_on` is 1 for Monday. Empty where the range ends before it begins.
    """
    found: list[Partition] = []
    start = _start(first, every, week_starts_on)
    while start <= last and first <= last:
        after = _start(start + timedelta(days=LONGEST[every]), every, week_starts_on)
        found.append(Partition(business_date=min(after - DAY, last), first_day=start))
        start = after
    return found


def _start(day: date, every: Every, week_starts_on: int) -> date:
    if every is Every.MONTH:
        return day.replace(day=1)
    if every is Every.WEEK:
        return day - timedelta(days=(day.isoweekday() - week_starts_on) % 7)
    return day
