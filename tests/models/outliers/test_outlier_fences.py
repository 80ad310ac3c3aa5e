from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given

from models.outliers.fences import adjusted_fences
from tests.models.outliers.skewed_sets import scales, shifts, small_sets


def test_without_skewness_the_fences_are_those_of_the_boxplot() -> None:
    assert adjusted_fences([1, 2, 3, 4, 5]) == (2 - 1.5 * 2, 4 + 1.5 * 2)


def test_skewness_moves_them_by_the_published_exponentials() -> None:
    # Medcouple 1/6 and -1/3; quartiles 2 and 3, and 2 and 9.
    low, high = adjusted_fences([1, 2, 2, 3, 4])
    assert low == pytest.approx(2 - 1.5 * np.exp(-4 / 6))
    assert high == pytest.approx(3 + 1.5 * np.exp(3 / 6))
    low, high = adjusted_fences([1, 2, 7, 9, 10])
    assert low == pytest.approx(2 - 1.5 * np.exp(3 / 3) * 7)
    assert high == pytest.approx(9 + 1.5 * np.exp(-4 / 3) * 7)


def test_of_skewed_data_about_as_many_lie_outside_as_of_normal_data() -> None:
    # Hubert & Vandervieren (2008) fit the exponents so that 0.7 % are expected outside; the
    # unadjusted boxplot flags 7.8 % of this distribution.
    values = np.random.default_rng(11).lognormal(size=100_000)
    low, high = adjusted_fences(values)
    outside = float(np.mean((values < low) | (values > high)))
    assert 0.004 < outside < 0.03
    first, third = np.quantile(values, [0.25, 0.75])
    assert np.mean(values > third + 1.5 * (third - first)) > 0.07


@given(values=small_sets, shift=shifts, scale=scales)
def test_fences_follow_shift_and_scale(values: list[int], shift: int, scale: float) -> None:
    x = np.array(values, dtype=float)
    moved = adjusted_fences(shift + scale * x)
    expected = [shift + scale * fence for fence in adjusted_fences(x)]
    assert moved == pytest.approx(expected, rel=1e-9, abs=1e-6 * scale)
