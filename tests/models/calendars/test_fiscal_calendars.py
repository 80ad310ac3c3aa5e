"""Fiscal rules against pandas' FY5253 offsets and against calendars that were published."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import pandas as pd
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pandas.tseries.offsets import FY5253

from models.calendars.days import fiscal_days
from models.calendars.fiscal import MonthRule, NamedAfter, WeekRule, YearEnd, periods_of
from models.calendars.periods import DAY, check_periods

# National Retail Federation, 4-5-4 calendar: first and last day of fiscal years, and their weeks.
NRF_YEARS = [
    (2012, date(2012, 1, 29), date(2013, 2, 2), 53),
    (2016, date(2016, 1, 31), date(2017, 1, 28), 52),
    (2017, date(2017, 1, 29), date(2018, 2, 3), 53),
    (2018, date(2018, 2, 4), date(2019, 2, 2), 52),
    (2022, date(2022, 1, 30), date(2023, 1, 28), 52),
    (2023, date(2023, 1, 29), date(2024, 2, 3), 53),
    (2024, date(2024, 2, 4), date(2025, 2, 1), 52),
    (2025, date(2025, 2, 2), date(2026, 1, 31), 52),
]
NRF = WeekRule(
    pattern=(4, 5, 4), weekday=6, month=1, year_end=YearEnd.NEAREST, named_after=NamedAfter.START
)

rules = st.one_of(
    st.builds(MonthRule, first_month=st.integers(1, 12), named_after=st.sampled_from(NamedAfter)),
    st.builds(
        WeekRule,
        pattern=st.sampled_from([(4, 4, 5), (4, 5, 4), (5, 4, 4)]),
        weekday=st.integers(1, 7),
        month=st.integers(1, 12),
        year_end=st.sampled_from(YearEnd),
        named_after=st.sampled_from(NamedAfter),
        extra_week_period=st.integers(1, 12),
    ),
)
days = st.dates(date(1990, 1, 1), date(2060, 12, 31))


@pytest.mark.parametrize(("year", "first", "last", "weeks"), NRF_YEARS)
def test_the_454_calendar_of_the_nrf_is_met(year: int, first: date, last: date, weeks: int) -> None:
    periods = NRF.periods(year)
    assert (periods[0].start, periods[-1].end) == (first, last)
    assert fiscal_days(periods)["fiscal_week"].max() == weeks
    lengths = [(p.end - p.start + DAY).days // 7 for p in periods]
    assert lengths == [4, 5, 4] * 3 + [4, 5, 4 + (weeks == 53)]


def test_november_of_the_nrf_2023_is_the_period_it_published() -> None:
    november = NRF.periods(2023)[9]
    assert (november.start, november.end) == (date(2023, 10, 29), date(2023, 11, 25))


@pytest.mark.parametrize("variation", list(YearEnd))
@pytest.mark.parametrize("weekday", range(1, 8))
@pytest.mark.parametrize("month", [1, 2, 6, 9, 12])
def test_year_ends_are_those_of_pandas(variation: YearEnd, weekday: int, month: int) -> None:
    rule = WeekRule(pattern=(4, 4, 5), weekday=weekday, month=month, year_end=variation)
    offset = FY5253(startingMonth=month, weekday=weekday - 1, variation=variation.value)
    theirs = {day.date() for day in pd.date_range("1990-01-01", "2050-12-31", freq=offset)}
    ours = {rule.last_day(year) for year in range(1988, 2053)}
    assert theirs == {day for day in ours if date(1990, 1, 1) <= day <= date(2050, 12, 31)}


@given(rule=rules, day=days, years=st.integers(0, 8))
def test_every_day_has_one_period_and_no_week_is_lost_or_doubled(
    rule: MonthRule | WeekRule, day: date, years: int
) -> None:
    last = day + timedelta(days=365 * years)
    periods = periods_of(rule, day, last)
    check_periods(periods)
    assert periods[0].start <= day
    assert periods[-1].end >= last
    frame = fiscal_days(periods)
    assert (
        frame["date"].to_list()
        == pl.date_range(periods[0].start, periods[-1].end, eager=True).to_list()
    )
    for _, year in frame.group_by("fiscal_year"):
        weeks = year.group_by("fiscal_week").agg(pl.len()).sort("fiscal_week")
        assert weeks["fiscal_week"].to_list() == list(range(1, weeks.height + 1))
        if isinstance(rule, WeekRule):
            assert weeks.height in {52, 53}
            assert set(weeks["len"]) == {7}


@given(rule=rules, day=days)
def test_a_year_is_named_after_the_calendar_year_it_nominally_starts_or_ends_in(
    rule: MonthRule | WeekRule, day: date
) -> None:
    periods = rule.periods(rule.year_of(day))
    assert periods[0].start <= day <= periods[-1].end
    middle = periods[0].start if rule.named_after is NamedAfter.START else periods[-1].end
    assert abs(middle.year - periods[0].year) <= (1 if isinstance(rule, WeekRule) else 0)


def test_the_year_after_53_weeks_is_compared_with_weeks_2_to_53() -> None:
    frame = fiscal_days(periods_of(NRF, date(2022, 6, 1), date(2024, 6, 1)))
    compared = frame.join(
        frame.select(comparable_date="date", year_before="fiscal_year", week_before="fiscal_week"),
        on="comparable_date",
    )
    of_2024 = compared.filter(pl.col("fiscal_year") == 2024)
    assert set(of_2024["year_before"]) == {2023}
    assert (of_2024["week_before"] - of_2024["fiscal_week"]).unique().to_list() == [1]
    of_2023 = compared.filter(pl.col("fiscal_year") == 2023)
    assert of_2023["fiscal_week"].max() == 52
    assert (of_2023["week_before"] - of_2023["fiscal_week"]).unique().to_list() == [0]
    assert frame["comparable_date"].drop_nulls().is_unique().all()


def test_as_reported_a_week_is_compared_with_the_week_of_its_number() -> None:
    frame = fiscal_days(periods_of(NRF, date(2023, 6, 1), date(2024, 6, 1)))
    day = frame.row(by_predicate=pl.col("date") == date(2024, 2, 4), named=True)
    assert (day["comparable_date"], day["prior_year_date"]) == (date(2023, 2, 5), date(2023, 1, 29))


def test_months_are_compared_day_by_day_and_29_february_with_nothing() -> None:
    frame = fiscal_days(periods_of(MonthRule(), date(2023, 1, 1), date(2024, 12, 31)))
    compared = dict(zip(frame["date"], frame["comparable_date"], strict=True))
    assert compared[date(2024, 2, 29)] is None
    assert compared[date(2024, 3, 1)] == date(2023, 3, 1)


def test_weeks_of_a_calendar_by_months_begin_on_the_weekday_asked_for() -> None:
    frame = fiscal_days(MonthRule().periods(2026), week_starts_on=7)  # 1 January is a Thursday
    firsts = frame.filter(pl.col("date") == pl.col("week_start_date"))["date"].to_list()
    assert firsts[0] == date(2026, 1, 1)
    assert firsts[1] == date(2026, 1, 4)
    assert {after - before for before, after in pairwise(firsts[1:])} == {timedelta(days=7)}


def test_quarters_hold_three_periods_and_a_thirteenth_goes_to_the_last() -> None:
    frame = fiscal_days(MonthRule(first_month=4).periods(2026))
    quarters = frame.select("fiscal_period", "fiscal_quarter").unique().sort("fiscal_period")
    assert quarters["fiscal_quarter"].to_list() == [1, 1, 1, 2, 2, 2, 3, 3, 3, 4, 4, 4]
