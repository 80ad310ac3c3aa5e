"""Order quantities against Snyder & Shen (2019), and what ordering in multiples does to them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.inventory.economic_order_quantity import (
    economic_order_quantity,
    economic_production_quantity,
    order_cycle_cost,
    order_quantity_with_backorders,
    orderable_at_least,
    orderable_at_least_cost,
)

POSITIVE = st.floats(0.01, 1e6)
ZERO = st.just(0.0)


def test_snyder_shen_example_3_1_eoq() -> None:
    quantity = economic_order_quantity(1300, 8, 0.225)
    assert quantity == pytest.approx(304.0467800264368, rel=1e-12)
    assert order_cycle_cost(quantity, 1300, 8, 0.225) == pytest.approx(68.41052550594827, rel=1e-12)


def test_snyder_shen_example_3_1_cost_of_another_quantity() -> None:
    assert order_cycle_cost(250, 1300, 8, 0.225) == pytest.approx(69.725, rel=1e-12)


def test_snyder_shen_example_3_8_eoq_with_backorders() -> None:
    quantity, fraction, cost = order_quantity_with_backorders(1300, 8, 0.225, 5)
    assert quantity == pytest.approx(310.8125551589646, rel=1e-12)
    assert fraction == pytest.approx(0.043062200956938, rel=1e-12)
    assert cost == pytest.approx(66.921363550973254, rel=1e-12)


def test_snyder_shen_example_3_1_with_production_rate_2000_epq() -> None:
    quantity, cost = economic_production_quantity(1300, 8, 0.225, 2000)
    assert quantity == pytest.approx(513.9328595516969, rel=1e-12)
    assert cost == pytest.approx(40.47221268969612, rel=1e-12)


@given(POSITIVE, POSITIVE, POSITIVE, st.floats(0.1, 10))
def test_no_other_quantity_is_cheaper_than_the_eoq(
    demand: float, order: float, holding: float, factor: float
) -> None:
    best = economic_order_quantity(demand, order, holding)
    other = order_cycle_cost(best * factor, demand, order, holding)
    assert other >= order_cycle_cost(best, demand, order, holding) * (1 - 1e-12)


@given(POSITIVE, POSITIVE, POSITIVE, st.floats(0.1, 100))
def test_the_eoq_scales_with_the_unit_of_quantity(
    demand: float, order: float, holding: float, scale: float
) -> None:
    """In units `scale` times smaller there is more demand, and a unit costs less to hold."""
    scaled = economic_order_quantity(demand * scale, order, holding / scale)
    assert scaled == pytest.approx(economic_order_quantity(demand, order, holding) * scale)


def test_items_are_computed_together() -> None:
    quantities = economic_order_quantity([1300, 0, 5200], 8, 0.225)
    assert quantities == pytest.approx([304.0467800264368, 0, 2 * 304.0467800264368])


def test_free_holding_is_refused() -> None:
    with pytest.raises(ValueError, match=r"holding cost is positive, not 0\.0"):
        economic_order_quantity([10, 10], 8, [1, 0])


def test_a_production_rate_below_demand_is_refused() -> None:
    with pytest.raises(ValueError, match="production rate less demand"):
        economic_production_quantity(1300, 8, 0.225, 1300)


@pytest.mark.parametrize(
    ("quantity", "minimum", "multiple", "ordered"),
    [
        (7.5, 0, 0, 7.5),
        (7.5, 10, 0, 10),
        (7.5, 0, 4, 8),
        (7.5, 10, 4, 12),
        (0, 10, 4, 0),
        (-3, 10, 4, 0),
        (1.1, 0, 0.1, 1.1),
        (0.3, 0, 0.1, 0.3),
        (12, 0, 4, 12),
    ],
)
def test_what_is_ordered_covers_the_need_in_whole_multiples(
    quantity: float, minimum: float, multiple: float, ordered: float
) -> None:
    found = orderable_at_least(quantity, minimum=minimum, multiple=multiple)
    assert found == pytest.approx(ordered, rel=1e-12)


@given(ZERO | st.floats(1e-6, 1e6), ZERO | st.floats(1e-6, 1e4), st.integers(0, 500))
def test_an_orderable_quantity_is_a_multiple_and_not_below_the_minimum(
    quantity: float, minimum: float, multiple: int
) -> None:
    for ordered in (
        orderable_at_least(quantity, minimum=minimum, multiple=multiple),
        orderable_at_least_cost(quantity, minimum=minimum, multiple=multiple),
    ):
        assert ordered >= minimum or quantity == 0
        assert multiple == 0 or ordered % multiple == 0


@given(st.floats(0.5, 1e4), st.integers(1, 500), st.floats(0, 2000))
def test_the_orderable_quantity_of_least_cost_has_no_cheaper_neighbour(
    optimum: float, multiple: int, minimum: float
) -> None:
    def cost(quantity: float) -> float:
        return quantity / optimum + optimum / quantity

    found = float(orderable_at_least_cost(optimum, minimum=minimum, multiple=multiple))
    allowed = [q for q in (found - multiple, found + multiple) if q >= minimum and q > 0]
    assert all(cost(found) <= cost(q) * (1 + 1e-12) for q in allowed)


def test_without_constraints_the_orderable_quantity_is_the_eoq() -> None:
    optimum = np.array([0.0, 3.7, 304.05])
    assert np.array_equal(orderable_at_least_cost(optimum), optimum)
