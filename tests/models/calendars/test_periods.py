from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from models.calendars.business_days import business_days
from models.calendars.fiscal import MonthRule
from models.calendars.periods import Period, PeriodError, check_periods

YEAR = MonthRule().periods(2026)


def changed(at: int, **values: Any) -> list[Period]:
    return [replace(p, **values) if n == at else p for n, p in enumerate(YEAR)]


@pytest.mark.parametrize(
    ("periods", "kind", "index", "words"),
    [
        (changed(2, start=date(2026, 3, 3)), "gap", 2, "2026-03-01 to 2026-03-02"),
        (changed(1, end=date(2026, 2, 27)), "gap", 2, "2026-02-28"),
        (changed(2, start=date(2026, 2, 28)), "overlap", 2, "starts on 2026-02-28"),
        (changed(4, end=date(2026, 4, 1)), "order", 4, "before it starts"),
        (changed(4, number=6), "order", 4, "FY2026 P06 follows FY2026 P04"),
        (changed(4, year=2027), "order", 4, "FY2027 P05 follows"),
        (YEAR[3:], "order", 0, "begins with its period 1"),
    ],
)
def test_periods_that_are_no_calendar_are_refused(
    periods: list[Period], kind: str, index: int, words: str
) -> None:
    with pytest.raises(PeriodError, match=words) as fault:
        check_periods(periods)
    assert (fault.value.kind, fault.value.index) == (kind, index)


def test_a_year_whose_last_periods_are_not_known_yet_is_accepted() -> None:
    check_periods(YEAR[:3])


def test_business_days_are_counted_without_weekends_and_holidays() -> None:
    first = date(2026, 5, 1)
    frame = business_days(
        first, first + timedelta(days=6), weekend=(6, 7), holidays={first: "Labour Day"}
    )
    assert frame["is_business_day"].to_list() == [False, False, False, True, True, True, True]
    assert frame["business_day_count"].to_list() == [0, 0, 0, 1, 2, 3, 4]
    assert frame["holiday_name"][0] == "Labour Day"


def test_a_weekend_of_friday_and_saturday_is_one() -> None:
    frame = business_days(date(2026, 5, 7), date(2026, 5, 10), weekend=(5, 6), holidays={})
    assert frame["is_business_day"].to_list() == [True, False, False, True]
