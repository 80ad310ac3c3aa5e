"""Trend and season: STL as a matrix gives what STL gives, and strengths say what was planted."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from statsmodels.tsa.seasonal import STL

from models.demand.decomposition import operator, strengths

WEEKS = np.arange(156)
SINE = 10 + 4 * np.sin(2 * np.pi * WEEKS / 52)


def next_odd(number: float) -> int:
    return int(number) + 1 - int(number) % 2


@pytest.mark.parametrize(
    ("length", "period"), [(156, 52), (120, 52), (104, 52), (157, 52), (60, 12), (37, 12)]
)
def test_the_matrix_gives_what_the_published_algorithm_gives(length: int, period: int) -> None:
    drawn = np.random.default_rng(length).gamma(2.0, 3.0, length)
    window = 10 * length + 1
    fitted = STL(
        drawn,
        period=period,
        seasonal=window,
        trend=next_odd(np.ceil(1.5 * period / (1 - 1.5 / window))),
        low_pass=next_odd(period),
        seasonal_deg=0,
        trend_deg=1,
        low_pass_deg=1,
    ).fit(inner_iter=2, outer_iter=0)
    phases = [fitted.seasonal[phase::period].mean() for phase in range(period)]
    maps = operator(length, period)
    assert maps.trend @ drawn == pytest.approx(fitted.trend, abs=1e-9)
    assert maps.season @ drawn == pytest.approx(
        np.array(phases)[np.arange(length) % period], abs=1e-9
    )


@given(st.floats(-1e3, 1e3), arrays.arrays(np.float64, 52, elements=st.floats(-100, 100)))
@settings(max_examples=30)
def test_a_level_and_a_repeated_year_are_found_exactly(level: float, year: np.ndarray) -> None:
    maps = operator(156, 52)
    centred = np.tile(year - year.mean(), 3)
    assert maps.trend @ (level + centred) == pytest.approx(np.full(156, level), abs=1e-7)
    assert maps.season @ (level + centred) == pytest.approx(centred, abs=1e-7)


def test_a_sine_is_all_season_and_a_line_nearly_all_trend() -> None:
    found = strengths(np.vstack([SINE, 3.0 + 0.5 * WEEKS]), period=52)
    assert found.season.tolist() == pytest.approx([1, 0])
    # Means of a phase stand for it beyond the ends, where a line goes on: hence not quite 1.
    assert found.trend.tolist() == pytest.approx([0, 1], abs=0.01)


def test_noise_has_little_of_either_and_a_season_in_noise_is_seen() -> None:
    noise = np.random.default_rng(3).normal(0, 2, (200, 156))
    alone, planted = strengths(noise, period=52), strengths(noise + SINE, period=52)
    assert np.median(alone.trend) < 0.1
    # Three years let 52 phase means take a third of the noise: what is measured of it is no season.
    assert np.quantile(alone.season, 0.95) < 0.5
    assert np.quantile(planted.season, 0.05) > 0.6


@pytest.mark.parametrize("level", [0.0, 1.0, 1e6, 0.1])
def test_a_constant_series_has_neither(level: float) -> None:
    found = strengths(np.full((1, 156), level), period=52)
    assert np.isnan(found.trend).all()
    assert np.isnan(found.season).all()


def test_blocks_and_company_change_nothing() -> None:
    many = np.random.default_rng(5).gamma(2.0, 3.0, (3_000, 110))
    found = strengths(many, period=52)
    assert found.season[2_500] == pytest.approx(strengths(many[2_500:2_501], period=52).season[0])
    assert strengths(many[:0], period=52).trend.shape == (0,)


def test_less_than_two_years_cannot_be_taken_apart() -> None:
    with pytest.raises(ValueError, match="two periods"):
        strengths(np.ones((1, 103)), period=52)
