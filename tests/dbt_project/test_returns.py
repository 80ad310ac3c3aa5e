"""Fault case 71: more comes back than was sold, and everything stays defined."""

from __future__ import annotations

from datetime import date

import pytest

from tests.dbt_project.conftest import Builder, BuiltNight
from tests.dbt_project.delivered_nights import NORTH, Delivery

LINES = [
    {"line_number": "1", "product_id": "P1", "quantity_units": 2, "net_amount": 100},
    {
        "order_id": "R1",
        "line_number": "1",
        "product_id": "P1",
        "order_date": date(2026, 3, 24),
        "quantity_units": 5,
        "net_amount": 250,
        "transaction_type": "return",
        "original_order_id": "O1",
        "original_line_number": "1",
    },
]


@pytest.fixture(scope="module")
def night(builder: Builder) -> BuiltNight:
    rows = {"north": {**NORTH, "order_lines": LINES}, "south": {}}
    return builder.build(Delivery(rows=rows), "--exclude-resource-type", "unit_test")


def test_more_returned_than_sold_is_flagged_and_stops_nothing(night: BuiltNight) -> None:
    assert night.has_passed, night.log
    assert night.statuses["no_item_comes_back_more_than_it_sells"] == "warn"


def test_returns_beyond_sales_make_value_negative_and_no_number_undefined(
    night: BuiltNight,
) -> None:
    value = night.rows(
        "select revenue_12m_amount, margin_12m_amount, sold_units_12m, returned_units_12m"
        " from features.feat_item_value where sold_units_12m > 0"
    )
    assert value == [(-150, -60, 2, 5)]


def test_what_comes_back_stands_in_the_week_of_the_order(night: BuiltNight) -> None:
    assert night.rows(
        "select week_start_date, demand_units, returned_units from facts.fct_demand_weekly"
    ) == [(date(2026, 3, 9), 2, 5)]
    assert night.rows(
        "select order_date, demand_date, original_order_line_id, return_match"
        " from facts.fct_order_line where transaction_type = 'return'"
    ) == [(date(2026, 3, 24), date(2026, 3, 10), "north:O1:1", "matched")]
