"""One golden product that north counts in pieces and south in cases."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from tests.dbt_project.conftest import Builder, BuiltNight
from tests.dbt_project.delivered_nights import NORTH, RATES, SOUTH, Delivery

UNREACHED = "every_quantity_reaches_its_products_base_unit"
CASE_OF_12 = {
    "product_id": "Q1",
    "unit_code": "CS",
    "to_unit_code": "EA",
    "numerator": 12,
    "denominator": 1,
}
NORTH_IN_PIECES = {
    **NORTH,
    "products": [{**product, "base_unit_code": "EA"} for product in NORTH["products"]],
}


def south(**entities: list[dict[str, Any]]) -> dict[str, Any]:
    """Return south's delivery, counted in cases at 300 EUR each."""
    (product,) = SOUTH["products"]
    in_cases = {"base_unit_code": "CS", "standard_cost_amount": 300, "currency_code": "EUR"}
    return {**SOUTH, "products": [{**product, **in_cases}], **entities}


def night(builder: Builder, southern: dict[str, Any]) -> BuiltNight:
    rows = {"north": NORTH_IN_PIECES, "south": southern, "rates": {"fx_rates": RATES}}
    return builder.build(Delivery(rows=rows), "--exclude-resource-type", "unit_test")


@pytest.fixture(scope="module")
def restated(builder: Builder) -> BuiltNight:
    """South's factor is delivered, and one line states pieces."""
    first, second = (dict(line) for line in SOUTH["order_lines"])
    lines = [first, {**second, "quantity_units": 30, "unit_code": "EA", "is_cancelled": False}]
    return night(builder, south(unit_conversions=[CASE_OF_12], order_lines=lines))


def test_quantities_of_both_systems_are_in_the_products_base_unit(restated: BuiltNight) -> None:
    assert restated.has_passed, restated.log
    lines = restated.rows(
        "select order_line_id, stated_quantity_units, stated_unit_code, quantity_units"
        " from facts.fct_order_line where namespace = 'south' order by all"
    )
    assert lines == [
        ("south:O1:1", Decimal(10), None, Decimal(120)),
        ("south:O1:2", Decimal(30), "EA", Decimal(30)),
    ]
    stock = (
        "select on_hand_units from facts.fct_stock join golden.golden_location using (site_id)"
        " where leading_namespace = 'south'"
    )
    assert restated.rows(stock) == [(Decimal(36),)]


def test_the_cost_of_a_case_is_none_of_a_piece(restated: BuiltNight) -> None:
    product = (
        "select base_unit_code, standard_cost_amount from golden.golden_product"
        " where source_count = 2"
    )
    assert restated.rows(product) == [("EA", Decimal(30))]


def test_without_a_factor_between_the_two_units_the_night_is_held(builder: Builder) -> None:
    held = night(builder, south())
    assert not held.has_passed
    assert held.statuses[UNREACHED] == "fail"
    assert held.statuses["fct_order_line"] != "success"
