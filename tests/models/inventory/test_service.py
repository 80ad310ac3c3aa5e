"""Service measures and targets against Chopra & Meindl, and by their own equations."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import integrate, stats

from models.inventory.newsvendor import normal_newsvendor, normal_newsvendor_cost
from models.inventory.safety_stock import protection_moments
from models.inventory.service import (
    critical_ratio,
    cycle_service_level,
    economic_cycle_service,
    fill_rate,
    safety_factor,
    safety_factor_for_loss,
    safety_stock_for_fill_rate,
    standard_normal_loss,
    units_short,
)

SHARES = st.floats(0.01, 0.999)


def test_chopra_meindl_chapter_11_fill_rate() -> None:
    """Weekly demand N(250, 150), two weeks, reorder point 600, order quantity 1000."""
    mean, sd = protection_moments(250, 150, lead_time_mean=2)
    safety_stock = 600 - mean
    assert safety_stock == pytest.approx(100)
    assert cycle_service_level(safety_stock / sd) == pytest.approx(0.681324, abs=1e-6)
    assert units_short(safety_stock, sd) == pytest.approx(43.8613, abs=1e-4)
    assert fill_rate(safety_stock, sd, 1000) == pytest.approx(0.956139, abs=1e-6)


@pytest.mark.parametrize("k", [-3.0, -0.5, 0.0, 0.47, 1.645, 3.0, 6.0])
def test_the_standard_normal_loss_is_the_expected_excess(k: float) -> None:
    expected, _ = integrate.quad(lambda x: (x - k) * stats.norm.pdf(x), k, 12)
    assert standard_normal_loss(k) == pytest.approx(expected, rel=1e-8)


@given(st.floats(-30, 30))
def test_the_safety_factor_for_a_loss_inverts_the_loss(k: float) -> None:
    assert safety_factor_for_loss(standard_normal_loss(k)) == pytest.approx(k, abs=1e-8)


@given(SHARES, st.floats(0.1, 1e4), st.floats(0.1, 1e5))
def test_the_buffer_for_a_fill_rate_reaches_it(target: float, sd: float, quantity: float) -> None:
    buffer = safety_stock_for_fill_rate(target, sd, quantity)
    assert fill_rate(buffer, sd, quantity) == pytest.approx(target, abs=1e-9)


@given(st.floats(0.5, 0.99), st.floats(1, 100), st.floats(1, 1000))
def test_a_higher_fill_rate_needs_more_and_a_larger_order_less(
    target: float, sd: float, quantity: float
) -> None:
    buffer = safety_stock_for_fill_rate(target, sd, quantity)
    assert safety_stock_for_fill_rate(target + 0.005, sd, quantity) > buffer
    assert safety_stock_for_fill_rate(target, sd, quantity * 1.1) < buffer


def test_a_large_order_gives_a_negative_buffer_and_it_is_kept() -> None:
    assert safety_stock_for_fill_rate(0.9, 10, 1000) < 0


def test_without_variation_the_buffer_is_the_shortage_that_is_allowed() -> None:
    assert safety_stock_for_fill_rate([0.95, 0.95], [0, 1e-9], 100) == pytest.approx([-5, -5])
    assert fill_rate(-5, 0, 100) == pytest.approx(0.95)
    assert fill_rate(5, 0, 100) == 1.0


def test_cycle_service_and_its_factor_are_inverse() -> None:
    assert safety_factor([0.9, 0.98]) == pytest.approx([1.2815515655, 2.0537489106])
    assert cycle_service_level(safety_factor(0.9)) == pytest.approx(0.9)


@pytest.mark.parametrize("target", [0.0, 1.0, 1.2, -0.1, float("nan")])
def test_a_target_outside_0_and_1_is_refused(target: float) -> None:
    with pytest.raises(ValueError, match="between 0 and 1"):
        safety_factor(target)
    with pytest.raises(ValueError, match="between 0 and 1"):
        safety_stock_for_fill_rate(target, 1, 1)


@pytest.mark.requirement("S1.M3.B1")
def test_the_service_target_follows_stockout_economics() -> None:
    under, over = np.array([4.0, 1.0, 9.0]), np.array([1.0, 1.0, 3.0])
    mean, sd = np.array([50.0, 80.0, 20.0]), np.array([10.0, 30.0, 5.0])
    targets = critical_ratio(under, over)
    assert targets == pytest.approx(under / (under + over))
    assert critical_ratio(3, 3) == 0.5
    rising = critical_ratio(np.linspace(0, 50, 100), 2)
    assert np.all(np.diff(rising) >= 0)

    costs = {"overage_cost": over, "underage_cost": under}
    best, best_cost = normal_newsvendor(mean, sd, **costs)
    uniform_factor = (best - mean).sum() / sd.sum()  # one target for all, at equal spend
    uniform = mean + uniform_factor * sd
    assert uniform.sum() == pytest.approx(best.sum())
    assert best_cost.sum() <= normal_newsvendor_cost(uniform, mean, sd, **costs).sum()


def test_the_economic_cycle_service_is_the_one_of_least_cost() -> None:
    """Silver, Pyke & Thomas: h sigma k + b sigma G(k) D / Q is least where it is reached."""
    h, quantity, b, demand, sd = 0.5, 200.0, 2.0, 1000.0, 40.0

    def cost(k: float) -> float:
        return float(h * sd * k + b * sd * standard_normal_loss(k) * demand / quantity)

    k = float(safety_factor(economic_cycle_service(h, quantity, b, demand)))
    assert all(cost(k) < cost(k + step) for step in (-0.01, 0.01))


def test_lost_sales_need_a_higher_cycle_service_than_backorders() -> None:
    waiting = economic_cycle_service(0.5, 200, 2, 1000)
    lost = economic_cycle_service(0.5, 200, 2, 1000, sales_are_lost=True)
    assert waiting == pytest.approx(0.95)
    assert lost == pytest.approx(1 / 1.05)


def test_a_buffer_that_never_pays_is_told_as_zero_or_less() -> None:
    assert economic_cycle_service(10, 1000, 1, 1000) == -9
