"""Rules that give fiscal years: by calendar month, or by whole weeks in a 4-4-5 pattern."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from itertools import count

from models.calendars.periods import DAY, PERIODS_PER_YEAR, WEEK, Period

SHORT_YEAR_WEEKS = 52


class NamedAfter(StrEnum):
    """The calendar year that a fiscal year is named after."""

    START = "start"  # the one in which it begins: NRF, most retailers
    END = "end"  # the one in which it ends: most others


class YearEnd(StrEnum):
    """Which of the year's last weekdays ends a fiscal year of whole weeks."""

    LAST = "last"  # the last one of the month
    NEAREST = "nearest"  # the one nearest to the month's last day, be it in the next month


@dataclass(frozen=True, kw_only=True)
class MonthRule:
    """Twelve calendar months; the year begins with `first_month` (1 is January)."""

    first_month: int = 1
    named_after: NamedAfter = NamedAfter.END

    def year_of(self, day: date) -> int:
        """Return the name of the fiscal year that holds a day."""
        begun = day.year - (day.month < self.first_month)
        return begun + (self.named_after is NamedAfter.END and self.first_month > 1)

    def periods(self, year: int) -> list[Period]:
        """Return the periods of a fiscal year."""
        begins = year - (self.named_after is NamedAfter.END and self.first_month > 1)
        months = [divmod(self.first_month - 1 + at, 12) for at in range(PERIODS_PER_YEAR)]
        starts = [date(begins + over, month + 1, 1) for over, month in months]
        return [
            Period(year=year, number=number, start=start, end=_month_end(start.year, start.month))
            for number, start in enumerate(starts, start=1)
        ]


@dataclass(frozen=True, kw_only=True)
class WeekRule:
    """Years of 52 or 53 whole weeks: four quarters of three periods, 4-4-5 or another pattern.

    The year ends on ISO weekday `weekday`, by `year_end` of `month`. The 53rd week lengthens
    period `extra_week_period`.
    """

    pattern: tuple[int, int, int]
    weekday: int
    month: int
    year_end: YearEnd
    named_after: NamedAfter = NamedAfter.END
    extra_week_period: int = PERIODS_PER_YEAR

    def year_of(self, day: date) -> int:
        """Return the name of the fiscal year that holds a day."""
        near = day.year - 2
        return next(year for year in count(near) if day <= self.last_day(year))

    def last_day(self, year: int) -> date:
        """Return the last day of a fiscal year."""
        ends_later = self.named_after is NamedAfter.START and self.month < PERIODS_PER_YEAR
        month_end = _month_end(year + ends_later, self.month)
        days_over = (month_end.isoweekday() - self.weekday) % 7
        last = month_end - days_over * DAY
        return last + WEEK if self.year_end is YearEnd.NEAREST and days_over > 7 / 2 else last

    def periods(self, year: int) -> list[Period]:
        """Return the periods of a fiscal year."""
        start, last = self.last_day(year - 1) + DAY, self.last_day(year)
        extra = (last - start + DAY) // WEEK - SHORT_YEAR_WEEKS
        found: list[Period] = []
        for number in range(1, PERIODS_PER_YEAR + 1):
            weeks = self.pattern[(number - 1) % 3] + extra * (number == self.extra_week_period)
            end = start + weeks * WEEK - DAY
            found.append(Period(year=year, number=number, start=start, end=end))
            start = end + DAY
        return found


def periods_of(rule: MonthRule | WeekRule, first: date, last: date) -> list[Period]:
    """Return the periods of every fiscal year that holds a day from first to last."""
    years = range(rule.year_of(first), rule.year_of(last) + 1)
    return [period for year in years for period in rule.periods(year)]


def _month_end(year: int, month: int) -> date:
    return date(year, month, monthrange(year, month)[1])
