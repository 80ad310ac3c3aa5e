"""Buffers against published examples, other implementations and their own order."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy import stats

from models.inventory.safety_stock import (
    Distribution,
    demand_quantile,
    protection_moments,
    safety_factor_of,
    safety_stock,
    suitable_distribution,
)
from models.inventory.service import (
    safety_factor_for_loss,
    safety_stock_for_fill_rate,
    standard_normal_loss,
)

TARGETS = st.floats(0.5, 0.999)
MEANS = st.floats(0.1, 1000)
RATIOS = st.floats(0.1, 3)
SHAPES = st.sampled_from(Distribution)


@pytest.mark.requirement("S0.M4.B2")
def test_the_buffer_of_uncertain_demand_and_lead_time_is_the_published_one() -> None:
    def buffer(target: float = 0.95, sd: float = 20, lead_time: float = 9) -> float:
        moments = protection_moments(100, sd, lead_time_mean=lead_time, lead_time_sd=2)
        return float(safety_stock(target, *moments, Distribution.NORMAL))

    assert buffer() == pytest.approx(343.5, abs=0.5)
    for more in ({"target": 0.96}, {"sd": 21}, {"lead_time": 10}):
        assert buffer(**more) > buffer()

    sd, quantity, target = 208.8, 1000.0, 0.98
    k = safety_stock_for_fill_rate(target, sd, quantity) / sd
    assert sd * standard_normal_loss(k) == pytest.approx((1 - target) * quantity, abs=1e-6)
    assert safety_factor_for_loss((1 - target) * quantity / sd) == pytest.approx(float(k))


def test_review_lengthens_the_interval_that_a_buffer_protects() -> None:
    mean, sd = protection_moments(10, 3, lead_time_mean=2, lead_time_sd=0.5, review=1)
    assert mean == 30
    assert sd == pytest.approx(np.sqrt(3 * 9 + 100 * 0.25))


def test_without_lead_time_variation_the_simple_formula_remains() -> None:
    _, sd = protection_moments(100, 20, lead_time_mean=9)
    assert sd == pytest.approx(20 * np.sqrt(9))


def test_the_98_percent_buffer_is_to_the_90_percent_one_as_their_factors() -> None:
    high, low = safety_stock([0.98, 0.90], 100, 20, Distribution.NORMAL)
    assert high / low == pytest.approx(2.054 / 1.282, abs=0.001)


@given(TARGETS, MEANS, RATIOS)
def test_gamma_quantiles_agree_with_scipy(target: float, mean: float, ratio: float) -> None:
    sd = mean * ratio
    expected = stats.gamma.ppf(target, (mean / sd) ** 2, scale=sd**2 / mean)
    found = demand_quantile(target, mean, sd, Distribution.GAMMA)
    assert found == pytest.approx(expected, rel=1e-9, abs=1e-12)


def discrete_cdf(stock: float, mean: float, sd: float) -> float:
    if sd**2 <= mean:
        return float(stats.poisson.cdf(stock, mean))
    size = mean**2 / (sd**2 - mean)
    return float(stats.nbinom.cdf(stock, size, size / (size + mean)))


@given(TARGETS, st.floats(0.01, 60), st.floats(0.05, 5))
def test_discrete_stock_is_the_least_that_covers(target: float, mean: float, ratio: float) -> None:
    sd = float(np.sqrt(mean) * ratio)
    assume(abs(sd**2 - mean) > 1e-3 * mean)
    stock = float(demand_quantile(target, mean, sd, Distribution.DISCRETE))
    assert stock == int(stock)
    assert discrete_cdf(stock, mean, sd) >= target - 1e-12
    assert stock == 0 or discrete_cdf(stock - 1, mean, sd) < target + 1e-12


def test_negative_binomial_joins_poisson_without_a_step() -> None:
    excesses = np.array([0, 1e-9, 1e-7, 1e-6, 1e-5, 1e-4])
    stock = demand_quantile(0.97, 6, np.sqrt(6 * (1 + excesses)), Distribution.DISCRETE)
    assert set(stock) == {11.0}


@pytest.mark.requirement("S4.M4.B7")
def test_a_slow_mover_has_the_least_discrete_stock_at_its_ratio() -> None:
    assert demand_quantile(0.95, 0.5, np.sqrt(0.5), Distribution.DISCRETE) == 2
    for mean in (0.05, 0.5, 3.0, 9.9):
        stock = float(demand_quantile(0.95, mean, np.sqrt(mean), Distribution.DISCRETE))
        assert stats.poisson.cdf(stock, mean) >= 0.95
        assert stock == 0 or stats.poisson.cdf(stock - 1, mean) < 0.95
        assert suitable_distribution(mean, 0.01) == Distribution.DISCRETE


def test_no_stock_is_an_answer_when_no_demand_is_likely_enough() -> None:
    assert demand_quantile(0.95, 0.05, np.sqrt(0.05), Distribution.DISCRETE) == 0
    assert safety_stock(0.95, 0.05, np.sqrt(0.05), Distribution.DISCRETE) == pytest.approx(-0.05)


@given(SHAPES, TARGETS, MEANS, RATIOS)
def test_a_higher_target_never_needs_less(
    shape: Distribution, target: float, mean: float, ratio: float
) -> None:
    low, high = safety_stock([target, target + 0.0005], mean, mean * ratio, shape)
    assert high >= low


@given(st.sampled_from(["normal", "gamma"]), st.floats(0.9, 0.999), MEANS, st.floats(0.1, 0.7))
def test_more_variation_needs_more(shape: str, target: float, mean: float, ratio: float) -> None:
    less, more = safety_stock(target, mean, [mean * ratio, mean * ratio * 1.05], shape)
    assert more > less


@given(MEANS, RATIOS, st.floats(0, 20), st.floats(0, 5), st.floats(0.1, 10))
def test_more_lead_time_never_means_less_variation(
    mean: float, ratio: float, lead: float, lead_sd: float, more: float
) -> None:
    def sd(lead: float, lead_sd: float) -> float:
        return float(
            protection_moments(mean, mean * ratio, lead_time_mean=lead, lead_time_sd=lead_sd)[1]
        )

    assert sd(lead + more, lead_sd) >= sd(lead, lead_sd)
    assert sd(lead, lead_sd + more) >= sd(lead, lead_sd)


@given(st.sampled_from(["normal", "gamma"]), TARGETS, MEANS, RATIOS, st.floats(0.01, 100))
def test_a_continuous_buffer_scales_with_the_unit(
    shape: str, target: float, mean: float, ratio: float, scale: float
) -> None:
    buffer = safety_stock(target, mean, mean * ratio, shape)
    scaled = safety_stock(target, mean * scale, mean * ratio * scale, shape)
    assert scaled == pytest.approx(buffer * scale, rel=1e-9, abs=1e-9 * scale)


@given(st.sampled_from(["gamma", "discrete"]), st.floats(0.001, 0.999), MEANS, RATIOS)
@settings(max_examples=50)
def test_stock_for_demand_that_is_never_negative_is_not_either(
    shape: str, target: float, mean: float, ratio: float
) -> None:
    assert demand_quantile(target, mean, mean * ratio, shape) >= 0


def test_a_negative_buffer_is_kept() -> None:
    assert safety_stock(0.3, 100, 20, Distribution.NORMAL) < 0
    assert safety_stock(0.5, 10, 20, Distribution.GAMMA) < 0


@pytest.mark.parametrize("shape", Distribution)
def test_no_demand_and_no_variation_need_nothing(shape: Distribution) -> None:
    assert safety_stock(0.95, 0, 0, shape) == 0


def test_certain_continuous_demand_needs_its_mean() -> None:
    assert demand_quantile([0.9, 0.9], 40, 0, ["normal", "gamma"]) == pytest.approx([40, 40])


def test_each_item_may_have_its_own_distribution() -> None:
    shapes = ["normal", "discrete", "gamma"]
    together = safety_stock(0.95, 20, 8, shapes)
    alone = [float(safety_stock(0.95, 20, 8, shape)) for shape in shapes]
    assert together == pytest.approx(alone)
    assert len(set(alone)) == 3


def test_an_unknown_distribution_is_refused_by_name() -> None:
    with pytest.raises(ValueError, match="'triangular'"):
        safety_stock(0.95, 20, 8, ["normal", "triangular"])


@pytest.mark.parametrize("sd", [-1.0, float("nan"), float("inf")])
def test_what_is_not_known_is_refused(sd: float) -> None:
    with pytest.raises(ValueError, match="a standard deviation is a number from 0"):
        safety_stock(0.95, [20, 20], [8, sd], Distribution.NORMAL)
    with pytest.raises(ValueError, match="a mean is a number, not nan"):
        safety_stock(0.95, float("nan"), 8, Distribution.NORMAL)


def test_slow_demand_is_discrete_and_skewed_demand_gamma() -> None:
    chosen = suitable_distribution([5, 100, 100, 10], [1, 20, 80, 2])
    assert list(chosen) == ["discrete", "normal", "gamma", "normal"]


def test_the_factor_of_a_buffer_is_in_standard_deviations() -> None:
    assert safety_factor_of([41.07, 5.0], [20, 0]) == pytest.approx([2.0535, 0])
