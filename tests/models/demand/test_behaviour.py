"""Measures of whole series: laid out densely, defined or null, and as planted."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from models.demand.behaviour import MEASURES, behaviour, decayed_mean, dense, growth

WEEKS = np.arange(156)


def sparse(*series: np.ndarray | Sequence[float]) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return demands and extents of series, each from its first week on."""
    rows = [
        (number, week, float(size))
        for number, sizes in enumerate(series)
        for week, size in enumerate(sizes)
        if size
    ]
    schema = {"series": pl.Int64, "week": pl.Int64, "size": pl.Float64}
    extents = {"series": range(len(series)), "history_weeks_count": [len(s) for s in series]}
    return (
        pl.DataFrame(rows, schema=schema, orient="row"),
        pl.DataFrame(extents, schema={"series": pl.Int64, "history_weeks_count": pl.Int64}),
    )


def measured(
    *series: np.ndarray | Sequence[float], half_life: float = 26
) -> list[dict[str, float]]:
    return behaviour(*sparse(*series), half_life_weeks=half_life).to_dicts()


@given(
    st.lists(
        st.integers(0, 12).flatmap(
            lambda length: st.lists(st.integers(0, 3), min_size=length, max_size=length)
        ),
        max_size=12,
    ),
    st.randoms(use_true_random=False),
)
def test_dense_blocks_hold_each_series_as_it_was(series: list[list[int]], random: Random) -> None:
    demands, extents = sparse(*series)
    shuffled = demands.sample(fraction=1, shuffle=True, seed=random.randint(0, 9))
    found = {
        int(number): list(sizes)
        for block in dense(shuffled, extents)
        for number, sizes in zip(block.series, block.sizes, strict=True)
    }
    assert found == {number: sizes for number, sizes in enumerate(series) if sizes}


def test_a_series_too_short_for_a_measure_has_none() -> None:
    short, year, long = measured([1, 2] * 12, [1, 2] * 26, [1, 2] * 52)
    assert [name for name in MEASURES if short[name] is not None] == ["decayed_weekly_mean_units"]
    assert year["recent_growth_ratio"] == 1
    assert year["spectral_entropy_ratio"] == 0
    assert year["season_p_value"] is None
    assert all(long[name] is not None for name in MEASURES)


@pytest.mark.parametrize(
    "sizes", [[], [5], [5, 5], [0.0001] * 156, [7] + [0] * 155, [7] * 156], ids=len
)
def test_no_measure_is_ever_nan_or_infinite(sizes: list[float]) -> None:
    (row,) = measured(sizes)
    assert all(value is None or np.isfinite(value) for value in row.values())


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
