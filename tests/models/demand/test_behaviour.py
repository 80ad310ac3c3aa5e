"""Measures of whole series: laid out densely, defined or null, and as planted."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from models.demand.behaviour import MEASURES, behaviour, decayed_mean, growth

WEEKS = np.arange(156)


def measured(*series: np.ndarray | Sequence[float]) -> list[dict[str, float]]:
    """Measure series one by one: a measure is absent where it is not defined."""
    found = [behaviour(np.array([sizes], dtype=float), half_life_weeks=26) for sizes in series]
    return [
        {name: float(of[name][0]) for name in MEASURES if name in of and not np.isnan(of[name][0])}
        for of in found
    ]


def test_a_series_too_short_for_a_measure_has_none() -> None:
    short, year, long = measured([1, 2] * 12, [1, 2] * 26, [1, 2] * 52)
    assert list(short) == ["decayed_weekly_mean_units"]
    assert year["recent_growth_ratio"] == 1
    assert year["spectral_entropy_ratio"] == pytest.approx(0, abs=1e-12)
    assert "season_p_value" not in year
    assert set(long) == set(MEASURES)


@pytest.mark.parametrize(
    "sizes", [[5], [5, 5], [0.0001] * 156, [7] + [0] * 155, [7] * 156], ids=len
)
def test_no_measure_is_ever_nan_or_infinite(sizes: list[float]) -> None:
    (row,) = measured(sizes)
    assert np.isfinite(list(row.values())).all()


def test_what_was_planted_is_found() -> None:
    noise = np.random.default_rng(4).normal(0, 1, (4, 156))
    wave = np.sin(2 * np.pi * WEEKS / 52)
    seasonal, rising, level = measured(
        20 + 8 * wave + noise[0], 10 + 0.2 * WEEKS + noise[1], 20 + noise[2]
    )
    assert seasonal["seasonal_strength_ratio"] > 0.9
    assert seasonal["season_p_value"] < 1e-6
    assert seasonal["deseasonalised_cv_ratio"] == pytest.approx(1 / 20, rel=0.2)
    # Compared with the same weeks a year before, a season is no growth.
    assert seasonal["recent_growth_ratio"] == pytest.approx(1, abs=0.1)
    assert rising["trend_strength_ratio"] > 0.9
    assert rising["recent_growth_ratio"] == pytest.approx(38.5 / 28.1, rel=0.05)
    assert rising["recent_growth_z_ratio"] > 10
    assert level["trend_strength_ratio"] < 0.3
    assert abs(level["recent_growth_z_ratio"]) < 3
    assert seasonal["spectral_entropy_ratio"] < 0.5 < level["spectral_entropy_ratio"]


def test_a_week_one_half_life_old_counts_half() -> None:
    newest = decayed_mean(np.array([[0.0] * 10 + [1.0]]), half_life=10)
    oldest = decayed_mean(np.array([[1.0] + [0.0] * 10]), half_life=10)
    assert oldest / newest == pytest.approx(0.5, abs=1e-9)


@given(arrays.arrays(np.float64, (3, 20), elements=st.floats(0, 1e6)))
def test_an_infinite_half_life_is_the_plain_mean(sizes: np.ndarray) -> None:
    assert decayed_mean(sizes, half_life=np.inf) == pytest.approx(sizes.mean(axis=1))


def test_a_half_life_is_positive() -> None:
    with pytest.raises(ValueError, match="not positive"):
        decayed_mean(np.ones((1, 3)), half_life=0)


def test_growth_from_nothing_is_not_measured() -> None:
    ratio, z = growth(np.array([[0.0] * 26 + [5.0] * 26, [5.0] * 26 + [0.0] * 26]))
    assert np.isnan(ratio[0])
    assert np.isnan(z[0])
    assert (ratio[1], z[1]) == (0, -999)
