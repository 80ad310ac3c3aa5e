"""Weekly demand of months in which nothing has changed is that of the night before."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest

from tests.dbt_project.conftest import Builder
from tests.dbt_project.delivered_nights import Rows
from tests.dbt_project.demand_nights import LATER, WEEKS, cleanse, day, known_on, rows

DEMAND = (
    *("--select", "+fct_demand_weekly", "+int_cleansing_basis"),
    *("--exclude-resource-type", "unit_test", "test"),
)
TABLES = ("facts.fct_demand_weekly", "features.demand_cleansed")
TOMORROW = LATER + timedelta(days=1)
# Week 24 begins in the June of the first year.
BACK = {
    "order_id": "LATE",
    "line_number": "1",
    "product_id": "P3",
    "net_amount": 10,
    "transaction_type": "return",
    "original_line_number": "1",
    "order_date": LATER,
    "quantity_units": 2,
    "original_order_id": "O24-3",
}
TOLD_LATE = {
    "promotion_id": "LATE",
    "line_number": "1",
    "promotion_kind": "Price",
    "product_id": "P3",
    "start_date": day(35),
    "end_date": day(35, 6),
}


def night(builder: Builder, changed: Mapping[str, Rows], previous: Path | None) -> Path:
    """Build tomorrow's night, and cleanse its demand."""
    built = builder.build(known_on(TOMORROW, changed), *DEMAND, previous=previous)
    assert built.has_passed, built.log
    cleanse(built.file)
    return built.file


def read(file: Path, query: str) -> list[tuple[Any, ...]]:
    with duckdb.connect(str(file), read_only=True) as connection:
        return connection.execute(query).fetchall()


@pytest.fixture(scope="module")
def first(builder: Builder) -> Path:
    built = builder.build(known_on(LATER), *DEMAND)
    assert built.has_passed, built.log
    cleanse(built.file)
    return built.file


def made(file: Path) -> tuple[set[Any], set[Any]]:
    """Return the months of weekly and of cleansed demand that the night has made."""
    weekly, cleansed = (
        {
            month
            for (month,) in read(
                file, f"select month_start_date from {table} where made_date = date '{TOMORROW}'"
            )
        }
        for table in ("facts.fct_demand_month", "features.demand_month")
    )
    return weekly, cleansed


def test_a_night_makes_the_months_that_have_changed_and_all_weeks_are_as_if_it_had_made_all(
    builder: Builder, first: Path
) -> None:
    """A return of June and a promotion of early September are told a year later."""
    news = {
        "order_lines": [*rows()["order_lines"], BACK],
        "promotions": [*rows()["promotions"], TOLD_LATE],
    }
    after, anew = night(builder, news, first), night(builder, news, None)
    june, september = day(24).replace(day=1), day(35).replace(day=1)
    weekly, cleansed = made(after)
    assert weekly == {june}
    assert {june, september} <= cleansed
    assert len(cleansed) <= 4  # a promotion is felt two weeks before it and three after
    assert len(made(anew)[0]) == len(made(anew)[1]) == 15
    for table in TABLES:
        assert read(after, f"from {table} order by all") == read(anew, f"from {table} order by all")
    weeks = "select count(distinct week_start_date) from facts.int_demand_weekly_made"
    (touched,), (all_of_them,) = read(after, weeks)[0], read(anew, weeks)[0]
    assert touched < 6 < WEEKS == all_of_them


def test_a_night_without_news_of_demand_adjusts_nothing_and_has_the_weeks_of_the_night_before(
    builder: Builder, first: Path
) -> None:
    """A promotion that is told late is news, though no line of an order is another."""
    after = night(builder, {}, first)
    assert made(after) == (set(), set())
    assert read(after, "from features.int_demand_adjustments") == []
    for table in TABLES:
        assert read(after, f"from {table} order by all") == read(
            first, f"from {table} order by all"
        )
    told = night(builder, {"promotions": [*rows()["promotions"], TOLD_LATE]}, first)
    weekly, cleansed = made(told)
    assert (weekly, day(35).replace(day=1) in cleansed) == (set(), True)
