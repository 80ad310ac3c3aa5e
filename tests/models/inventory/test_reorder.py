"""Reorder points and orders."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.inventory.reorder import (
    excess_stock,
    is_below_reorder_point,
    order_up_to,
    policy_stock,
    reorder_point,
    suggested_order,
)
from models.inventory.safety_stock import protection_moments

AMOUNTS = st.floats(-500, 5000)


def test_render_heizer_surgery_packs_reorder_at_514() -> None:
    """60 packs a week, six weeks; the source takes 1.28 deviations of 60 by the root of four."""
    point = reorder_point(60 * 6, 1.28 * 60 * 2)
    assert point == pytest.approx(513.6)
    assert np.ceil(point) == 514


def test_expected_demand_grows_with_the_lead_time_and_not_with_its_root() -> None:
    """Twelve months of one item, two months, 1.28: 5,271, and 4,069 if the mean takes a root."""
    months = [1509, 1855, 2665, 1841, 1231, 2598, 1988, 1988, 2927, 2707, 731, 2598]
    mean, sd = protection_moments(np.mean(months), np.std(months), lead_time_mean=2)
    assert reorder_point(mean, 1.28 * sd) == pytest.approx(5271, abs=1)
    assert np.sqrt(2) * np.mean(months) + 1.28 * sd == pytest.approx(4069, abs=1)


def test_an_order_is_due_strictly_below_the_reorder_point() -> None:
    assert is_below_reorder_point([9, 10, 11], 10).tolist() == [True, False, False]


def test_an_item_that_is_ordered_on_demand_only_is_not_ordered_for_stock() -> None:
    assert suggested_order(0, 0, 12) == 0
    assert suggested_order(-1, 0, 12) == 12


@pytest.mark.parametrize(
    ("position", "expected"), [(10, 0), (9.5, 12), (0, 12), (-2, 12), (-2.5, 24), (-20, 36)]
)
def test_an_order_is_the_fewest_lots_that_reach_the_reorder_point(
    position: float, expected: float
) -> None:
    assert suggested_order(position, 10, 12) == expected


@given(AMOUNTS, AMOUNTS, st.integers(1, 300), st.integers(0, 200), st.integers(1, 50))
def test_after_an_order_the_position_is_at_the_reorder_point_or_above(
    position: float, point: float, quantity: int, minimum: int, multiple: int
) -> None:
    order = suggested_order(position, point, quantity, minimum=minimum, multiple=multiple)
    assert order % multiple == 0
    if position < point:
        assert position + order >= point - 1e-9
        assert order >= minimum
    else:
        assert order == 0


def test_without_an_order_quantity_the_gap_is_ordered() -> None:
    assert suggested_order(4, 10, 0) == 6
    assert suggested_order(4, 10, 0, minimum=8, multiple=5) == 10


def test_a_review_orders_up_to_the_level() -> None:
    assert order_up_to([30, 100, 120], 100, multiple=20).tolist() == [80, 0, 0]


def test_policy_stock_is_the_buffer_and_half_an_order() -> None:
    assert policy_stock([20, -5], [100, 8]).tolist() == [70, -1]


def test_excess_is_what_lies_above_the_most_that_a_policy_needs() -> None:
    assert excess_stock([100, 150, 10], [40, 40, -20], [60, 60, 5]).tolist() == [0, 50, 10]
