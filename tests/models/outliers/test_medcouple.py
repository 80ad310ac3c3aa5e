from __future__ import annotations

from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.outliers.medcouple import medcouple
from tests.models.outliers.skewed_sets import scales, shifts, small_sets


def _listed(values: list[float]) -> float:
    """Return the medcouple by its definition: every pair listed."""
    z = np.sort(np.asarray(values, dtype=float))
    z = z - np.median(z)
    ties = int(np.sum(z == 0))
    found = [(u + v) / (u - v) for u in z[z >= 0] for v in z[z <= 0] if not (u == 0 and v == 0)]
    found += [np.sign(i + j - (ties - 1)) for i in range(ties) for j in range(ties)]
    return float(np.median(found))


@pytest.mark.parametrize(
    ("values", "published"),
    [
        ([0, 1, 2, 3, 4], 0),
        ([1, 2, 7, 9, 10], -1 / 3),
        ([1, 2, 2, 3, 4], 1 / 6),
    ],
)
def test_it_gives_the_values_that_statsmodels_publishes(
    values: list[float], published: float
) -> None:
    assert medcouple(values) == pytest.approx(published)


def test_a_case_worked_by_hand() -> None:
    # Median 2: u of 0, 1, 6 and v of 0, -1, -1. Of the pairs (1 + -1) / 2 = 0 twice, 5/7 twice,
    # -1 twice for u = 0, 1 twice for v = 0, and 0 for the median with itself: the fifth of nine.
    assert medcouple([1, 1, 2, 3, 8]) == 0
    # Without the median among the values: u of 1, 7 and v of -1, -2; h of 0, -1/3, 3/4, 5/9.
    assert medcouple([1, 2, 4, 10]) == pytest.approx((0 + 5 / 9) / 2)


@given(values=small_sets)
def test_it_is_the_median_of_all_pairs(values: list[int]) -> None:
    if min(values) < max(values):
        assert medcouple(values) == pytest.approx(_listed([float(v) for v in values]), abs=1e-12)


@given(seed=st.integers(0, 2**32 - 1), size=st.integers(61, 400), decimals=st.sampled_from([1, 9]))
def test_it_is_the_median_of_all_pairs_of_larger_sets(seed: int, size: int, decimals: int) -> None:
    values = np.random.default_rng(seed).lognormal(size=size).round(decimals)
    assert medcouple(values) == pytest.approx(_listed(list(values)), abs=1e-12)


@given(values=small_sets, shift=shifts, scale=scales)
def test_neither_shift_nor_scale_changes_it_and_a_mirror_turns_its_sign(
    values: list[int], shift: int, scale: float
) -> None:
    x = np.array(values, dtype=float)
    assert medcouple(shift + scale * x) == pytest.approx(medcouple(x), abs=1e-12)
    assert medcouple(-x) == pytest.approx(-medcouple(x), abs=1e-12)


@given(values=small_sets, random=st.randoms(use_true_random=False))
def test_order_does_not_change_it(values: list[int], random: Random) -> None:
    mixed = list(values)
    random.shuffle(mixed)
    assert medcouple(mixed) == medcouple(values)


def test_two_hundred_thousand_values_need_no_list_of_pairs() -> None:
    # Ten thousand million pairs; of a log-normal distribution the medcouple is about 0.39.
    values = np.random.default_rng(7).lognormal(size=200_000)
    assert medcouple(values) == pytest.approx(0.39, abs=0.01)
    assert medcouple(np.r_[values, np.zeros(200_001)]) == 1
