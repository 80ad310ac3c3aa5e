from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.outliers.minimum_covariance import cut, minimum_covariance
from tests.models.outliers.skewed_sets import HAWKINS_BRADU_KASS


def test_of_hawkins_bradu_and_kass_it_finds_the_fourteen_planted_points_and_no_other() -> None:
    # Rousseeuw & Van Driessen (1999) and Rousseeuw & Leroy (1987): points 1 to 14, where the
    # classical distance finds only point 14.
    scatter = minimum_covariance(HAWKINS_BRADU_KASS)
    found = np.flatnonzero(scatter.distances(HAWKINS_BRADU_KASS) > cut(0.975, 3)) + 1
    assert found.tolist() == list(range(1, 15))
    away = HAWKINS_BRADU_KASS - HAWKINS_BRADU_KASS.mean(axis=0)
    inverse = np.linalg.inv(np.cov(HAWKINS_BRADU_KASS.T))
    classical = np.sqrt(np.sum(away @ inverse * away, axis=1))
    assert (np.flatnonzero(classical > cut(0.975, 3)) + 1).tolist() == [12, 14]


def test_its_location_is_the_mean_of_the_points_that_robustbase_keeps() -> None:
    # statsmodels publishes this centre of robustbase's reweighted estimate of the same data, with
    # y as a fourth column (results_cov.py, CovOgk): sixty of the sixty-one good points.
    scatter = minimum_covariance(HAWKINS_BRADU_KASS)
    assert scatter.location == pytest.approx([1.55833333, 1.80333333, 1.66])


def test_of_normal_points_the_share_beyond_a_quantile_is_what_it_says() -> None:
    points = np.random.default_rng(3).standard_normal((20_000, 3))
    beyond = minimum_covariance(points).distances(points) > cut(0.99, 3)
    assert np.mean(beyond) == pytest.approx(0.01, abs=0.003)


def test_its_covariance_is_that_of_the_normal_points_although_a_third_lie_elsewhere() -> None:
    random = np.random.default_rng(5)
    true = np.array([[4.0, 1.5], [1.5, 1.0]])
    good = random.multivariate_normal([10, 20], true, size=4_000)
    bad = random.multivariate_normal([40, -30], true, size=2_000)
    scatter = minimum_covariance(np.vstack([bad, good]))
    assert scatter.location == pytest.approx([10, 20], abs=0.2)
    # The correction by the median counts the bad third in, which widens it by about a tenth.
    assert scatter.covariance == pytest.approx(true, rel=0.15)


@given(seed=st.integers(0, 2**32 - 1))
@settings(max_examples=10)
def test_order_does_not_change_it(seed: int) -> None:
    mixed = np.random.default_rng(seed).permutation(75)
    found = minimum_covariance(HAWKINS_BRADU_KASS[mixed])
    expected = minimum_covariance(HAWKINS_BRADU_KASS)
    assert np.array_equal(found.location, expected.location)
    assert np.array_equal(found.covariance, expected.covariance)


@given(scale=st.sampled_from([0.25, 3.0, 1e6]), shift=st.integers(-1000, 1000))
@settings(max_examples=10)
def test_distances_do_not_change_with_the_unit_of_a_column(scale: float, shift: int) -> None:
    moved = HAWKINS_BRADU_KASS * [1, scale, 1] + [0, shift, 0]
    found = minimum_covariance(moved).distances(moved)
    expected = minimum_covariance(HAWKINS_BRADU_KASS).distances(HAWKINS_BRADU_KASS)
    assert found == pytest.approx(expected, rel=1e-6)


def test_what_a_column_adds_to_a_distance_adds_up() -> None:
    scatter = minimum_covariance(HAWKINS_BRADU_KASS)
    parts = scatter.parts(HAWKINS_BRADU_KASS)
    assert parts.sum(axis=1) == pytest.approx(scatter.distances(HAWKINS_BRADU_KASS) ** 2)


def test_a_constant_column_needs_a_least_scale() -> None:
    points = np.column_stack([np.random.default_rng(9).standard_normal(200), np.ones(200)])
    points[7, 1] = 2
    distances = minimum_covariance(points, minimum_scale=0.1).distances(points)
    assert int(np.argmax(distances)) == 7
    assert distances[7] == pytest.approx(10, rel=0.1)
