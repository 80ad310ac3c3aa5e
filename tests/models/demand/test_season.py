"""A season is found where one is planted, rarely where there is none, and can be taken out."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from models.demand.season import season

WEEKS = np.arange(156)
SINE = 4 * np.sin(2 * np.pi * WEEKS / 52 + 1)
NOISE = np.random.default_rng(11).normal(10, 2, (2_000, 156))


def test_a_sine_is_seasonal_and_a_line_is_not() -> None:
    found = season(np.vstack([10 + SINE, 10 + 0.1 * WEEKS]), period=52)
    assert found.p_value.tolist() == pytest.approx([0, 1])
    assert found.deseasonalised_sd[0] == pytest.approx(0, abs=1e-9)
    assert found.deseasonalised_sd[1] == pytest.approx(
        (0.1 * WEEKS).std(ddof=1) * np.sqrt(155 / 149)
    )


def test_noise_is_called_seasonal_as_often_as_the_level_of_the_test_says() -> None:
    p_values = season(NOISE, period=52).p_value
    assert stats.kstest(p_values, "uniform").pvalue > 0.001


def test_a_season_as_large_as_the_noise_is_found_and_taken_out() -> None:
    planted = season(NOISE + SINE, period=52)
    assert (planted.p_value < 0.01).mean() > 0.99
    # What the six numbers took from the noise is given back by the degrees of freedom.
    assert np.mean(planted.deseasonalised_sd) == pytest.approx(2, rel=0.02)


def test_intermittent_noise_is_seldom_called_seasonal() -> None:
    random = np.random.default_rng(7)
    rare = np.where(random.random((2_000, 156)) < 0.3, random.gamma(1.0, 10.0, (2_000, 156)), 0.0)
    assert (season(rare, period=52).p_value < 0.01).mean() < 0.03


@given(st.floats(0.01, 1e4), st.floats(-1e4, 1e4), st.floats(-10, 10))
def test_scale_level_and_slope_do_not_make_a_season(
    scale: float, level: float, slope: float
) -> None:
    before = season(NOISE[:5], period=52).p_value
    after = season(scale * NOISE[:5] + level + scale * slope * WEEKS, period=52).p_value
    assert after == pytest.approx(before, abs=1e-6)


def test_a_constant_series_has_no_answer() -> None:
    found = season(np.full((1, 110), 1e5), period=52)
    assert np.isnan(found.p_value).all()
    assert found.deseasonalised_sd == pytest.approx(0, abs=1e-6)


def test_less_than_two_years_cannot_be_tested() -> None:
    with pytest.raises(ValueError, match="two periods"):
        season(np.ones((1, 103)), period=52)
    assert season(np.ones((0, 104)), period=52).p_value.shape == (0,)
