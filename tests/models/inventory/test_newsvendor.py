"""The newsvendor against Snyder & Shen (2019), chapter 4."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.inventory.newsvendor import (
    normal_newsvendor,
    normal_newsvendor_cost,
    poisson_newsvendor,
)
from models.inventory.safety_stock import protection_moments


def test_snyder_shen_example_4_3_normal_demand() -> None:
    stock, cost = normal_newsvendor(50, 8, overage_cost=0.18, underage_cost=0.7)
    assert stock == pytest.approx(56.603955927433887, rel=1e-9)
    assert cost == pytest.approx(1.997605193176645, rel=1e-9)


def test_snyder_shen_example_4_3_cost_of_another_stock() -> None:
    cost = normal_newsvendor_cost(40, 50, 8, overage_cost=0.18, underage_cost=0.7)
    assert cost == pytest.approx(7.356131552870388, rel=1e-9)


def test_snyder_shen_example_4_2_profit_with_price_cost_and_salvage() -> None:
    price, unit_cost, salvage = 1, 0.3, 0.12
    _, cost = normal_newsvendor(
        50, 8, overage_cost=unit_cost - salvage, underage_cost=price - unit_cost
    )
    assert (price - unit_cost) * 50 - cost == pytest.approx(33.00239480682335, rel=1e-9)


def test_snyder_shen_example_4_4_base_stock_with_lead_time_4() -> None:
    mean, sd = protection_moments(50, 8, lead_time_mean=4, review=1)
    stock, cost = normal_newsvendor(mean, sd, overage_cost=0.18, underage_cost=0.7)
    assert stock == pytest.approx(264.7668943741548, rel=1e-9)
    assert cost == pytest.approx(4.466781004149578, rel=1e-9)


def test_snyder_shen_example_4_7_poisson_demand() -> None:
    stock, cost = poisson_newsvendor(6, overage_cost=1, underage_cost=4)
    assert stock == 8
    assert cost == pytest.approx(3.570106945770946, rel=1e-9)


@given(st.floats(1, 100), st.floats(0.1, 30), st.floats(0.1, 5), st.floats(0.1, 5))
def test_no_other_stock_is_cheaper(mean: float, sd: float, over: float, under: float) -> None:
    costs = {"overage_cost": over, "underage_cost": under}
    stock, cost = normal_newsvendor(mean, sd, **costs)
    around = np.array([-1.0, -0.1, 0.1, 1.0]) * sd
    assert np.all(normal_newsvendor_cost(stock + around, mean, sd, **costs) >= cost)
