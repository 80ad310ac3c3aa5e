"""Two units with unlike calendars on one daily base, through a year of 53 weeks."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from tests.dbt_project.conftest import Builder, BuiltNight
from tests.dbt_project.delivered_nights import NORTH, RATES, SOUTH, Delivery, Rows

FIRST, LAST = date(2022, 2, 1), date(2025, 3, 31)


def lines_of_every_day(customer: str, product: str) -> Rows:
    days = [FIRST + timedelta(days=at) for at in range((LAST - FIRST).days + 1)]
    return [
        {
            "order_id": f"{day:%Y%m%d}",
            "line_number": "1",
            "customer_id": customer,
            "product_id": product,
            "order_date": day,
            "quantity_units": 1,
            "net_amount": at + 1,  # no two days alike
        }
        for at, day in enumerate(days)
    ]


@pytest.fixture(scope="module")
def years(builder: Builder) -> BuiltNight:
    delivery = Delivery(
        business_date=LAST,
        rows={
            "north": {**NORTH, "order_lines": lines_of_every_day("C1", "P1")},
            "south": {**SOUTH, "order_lines": lines_of_every_day("K9", "Q1")},
            "rates": {"fx_rates": RATES},
        },
    )
    night = builder.build(delivery, "--exclude-resource-type", "unit_test")
    assert night.has_passed, night.log
    return night


@pytest.mark.requirement("S3.M2.B4")
def test_unlike_calendars_share_a_daily_base_and_lose_no_day_and_no_week(
    years: BuiltNight,
) -> None:
    periods_of_a_posting = years.rows(
        """
        select distinct periods from (
            select order_line_id, count(distinct (fiscal_year, fiscal_period)) as periods
            from facts.fct_order_line as l
            left join facts.dim_fiscal_calendar as d
                on d.fiscal_calendar_id = l.fiscal_calendar_id and d.calendar_date = l.order_date
            group by order_line_id
        )
        """
    )
    assert periods_of_a_posting == [(1,)]

    by_year = (
        "select business_unit, fiscal_year, sum(revenue_amount) from {} group by all order by all"
    )
    by_day = """(
        select business_unit, fiscal_year, revenue_amount
        from facts.fct_order_line as l
        join facts.dim_fiscal_calendar as d
            on d.fiscal_calendar_id = l.fiscal_calendar_id and d.calendar_date = l.order_date
    )"""
    assert years.rows(by_year.format("facts.fct_fiscal_period")) == years.rows(
        by_year.format(by_day)
    )
    in_all = "select business_unit, sum(revenue_amount) from {} group by all order by all"
    assert years.rows(in_all.format("facts.fct_fiscal_period")) == years.rows(
        in_all.format("facts.fct_order_line")
    )

    weeks = years.rows(
        """
        select fiscal_week, count(*), min(calendar_date), max(calendar_date)
        from facts.dim_fiscal_calendar
        where fiscal_calendar_id = 'weeks' and fiscal_year = 2023
        group by fiscal_week order by fiscal_week
        """
    )
    assert [week for week, *_ in weeks] == list(range(1, 54))
    first = date(2023, 1, 29)
    for week, days, start, end in weeks:
        assert (days, start) == (7, first + timedelta(weeks=week - 1))
        assert end == start + timedelta(days=6)


def test_the_year_after_53_weeks_is_compared_with_weeks_2_to_53(years: BuiltNight) -> None:
    compared = years.rows(
        "select sum(comparable_revenue_amount), sum(prior_year_revenue_amount)"
        " from facts.fct_fiscal_period where fiscal_calendar_id = 'weeks' and fiscal_year = 2024"
    )
    of_weeks = years.rows(
        """
        select
            sum(revenue_amount) filter (where fiscal_week > 1),
            sum(revenue_amount) filter (where fiscal_week < 53)
        from facts.fct_order_line as l
        join facts.dim_fiscal_calendar as d
            on d.fiscal_calendar_id = l.fiscal_calendar_id and d.calendar_date = l.order_date
        where d.fiscal_calendar_id = 'weeks' and fiscal_year = 2023
        """
    )
    assert compared == of_weeks


def test_a_period_under_way_counts_the_business_days_so_far(years: BuiltNight) -> None:
    rows = years.rows(
        "select fiscal_year, fiscal_period, business_day_count from facts.fct_fiscal_period"
        " where fiscal_calendar_id = 'months' and period_start_date >= '2025-02-01' order by all"
    )
    assert rows == [(2025, 2, 20), (2025, 3, 21)]


def test_a_posting_whose_day_no_period_holds_stops_the_night(builder: Builder) -> None:
    """The calendars of these nights begin in 2021; a line of 2019 is before all of them."""
    lines = [{**line, "order_date": date(2019, 5, 5)} for line in NORTH["order_lines"][:1]]
    delivery = Delivery(rows={"north": {**NORTH, "order_lines": lines}, "south": {}})
    night = builder.build(delivery, "--exclude-resource-type", "unit_test")
    assert not night.has_passed
    assert night.statuses["every_posting_has_a_fiscal_period"] == "fail"
