"""The business dates of a backfill, and the days that each stands for."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workspace.backfill_dates import Every, partitions

DAYS = st.dates(date(2000, 1, 1), date(2099, 12, 31))


def _dates(first: str, last: str, every: Every, week_starts_on: int = 1) -> list[str]:
    found = partitions(date.fromisoformat(first), date.fromisoformat(last), every, week_starts_on)
    return [f"{p.first_day}..{p.business_date}" for p in found]


def test_a_month_is_built_on_its_last_day_and_the_range_on_its_own() -> None:
    assert _dates("2024-01-31", "2024-03-15", Every.MONTH) == [
        "2024-01-01..2024-01-31",
        "2024-02-01..2024-02-29",
        "2024-03-01..2024-03-15",
    ]


@pytest.mark.parametrize(
    ("week_starts_on", "expected"),
    [
        (1, ["2024-01-01..2024-01-07", "2024-01-08..2024-01-10"]),
        (7, ["2023-12-31..2024-01-06", "2024-01-07..2024-01-10"]),
    ],
)
def test_a_week_ends_where_the_company_ends_it(week_starts_on: int, expected: list[str]) -> None:
    assert _dates("2024-01-03", "2024-01-10", Every.WEEK, week_starts_on) == expected


@given(
    first=DAYS, length=st.integers(-5, 400), every=st.sampled_from(Every), starts=st.integers(1, 7)
)
def test_each_day_of_a_range_is_in_one_partition(
    first: date, length: int, every: Every, starts: int
) -> None:
    last = first + timedelta(days=length)
    found = partitions(first, last, every, starts)
    if length < 0:
        assert found == []
        return
    assert found[0].first_day <= first
    assert found[-1].business_date == last
    for before, after in pairwise(found):
        assert after.first_day == before.business_date + timedelta(days=1)
    assert all(first <= p.business_date and p.first_day <= p.business_date for p in found)
