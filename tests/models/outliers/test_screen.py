from __future__ import annotations

from random import Random
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from models.outliers.method import LIMITS, MINIMUM_COUNTS, Method, Screen, Transform
from models.outliers.screen import Screened, median_deviation_scores, screen
from tests.models.outliers.skewed_sets import scales, shifts, small_sets

QUANTITIES = ["quantity"]


def _spec(method: Method = Method.MEDIAN_DEVIATION, **changes: Any) -> Screen:
    return Screen(
        **{
            "method": method,
            "transform": Transform.LOG,
            "limit": LIMITS[method],
            "minimum_count": MINIMUM_COUNTS[method],
            "minimum_scale": 0.0,
            **changes,
        }
    )


def _frame(values: np.ndarray, groups: np.ndarray | int = 0) -> pl.DataFrame:
    return pl.DataFrame({"quantity": values}).with_columns(
        position=pl.int_range(pl.len(), dtype=pl.Int64),
        group=pl.Series(np.broadcast_to(groups, values.shape)),
    )


def _scores(values: list[float] | np.ndarray) -> list[float]:
    x = np.asarray(values, dtype=float)
    groups = np.zeros(len(x), dtype=np.int64)
    return median_deviation_scores(x, groups, minimum_count=1)["score"].to_list()


def _positions(found: Screened) -> list[int]:
    return found.outliers["position"].to_list()


def test_the_score_is_0_6745_by_the_distance_over_the_median_deviation() -> None:
    # Median 2, deviations 1 1 0 0 2 4 7, their median 1: Iglewicz & Hoaglin's M = 0.6745 (x - 2).
    assert _scores([1, 1, 2, 2, 4, 6, 9]) == pytest.approx(
        [0.6745 * (x - 2) for x in (1, 1, 2, 2, 4, 6, 9)], rel=1e-4
    )


@given(values=small_sets, shift=shifts, scale=scales)
def test_neither_shift_nor_scale_changes_a_score(
    values: list[int], shift: int, scale: float
) -> None:
    x = np.array(values, dtype=float)
    assert _scores(shift + scale * x) == pytest.approx(_scores(x))


@given(values=small_sets, random=st.randoms(use_true_random=False))
def test_a_value_has_its_score_in_whatever_order_they_come(
    values: list[int], random: Random
) -> None:
    mixed = list(range(len(values)))
    random.shuffle(mixed)
    scores = _scores([float(v) for v in values])
    assert _scores([float(values[at]) for at in mixed]) == pytest.approx(
        [scores[at] for at in mixed]
    )


@given(values=small_sets, far=st.integers(10_000, 10**9))
def test_how_far_out_an_outlier_lies_moves_no_other_score(values: list[int], far: int) -> None:
    near, out = (np.array([*values, last], dtype=float) for last in (10_000, far))
    assume(np.median(np.abs(near - np.median(near))) > 0)  # else the mean deviation stands in
    assert _scores(near)[:-1] == pytest.approx(_scores(out)[:-1])


def test_a_group_that_is_small_or_even_is_judged_by_the_common_spread() -> None:
    random = np.random.default_rng(2)
    groups = np.r_[np.repeat(np.arange(20), 30), [100] * 4, [101] * 30, [102] * 2]
    values = np.r_[
        random.lognormal(3, 0.5, 600), [5, 6, 7, 600], [12] * 29, [1200], [3, 300]
    ]  # the last group: of two values neither is the wrong one
    found = screen(_frame(values, groups), QUANTITIES, _spec())
    assert {603, 633} <= set(_positions(found)) <= {603, 633, *range(600)}
    assert found.evaluated_count == 634
    assert sum(position < 600 for position in _positions(found)) < 6


@pytest.mark.parametrize("method", [Method.MEDIAN_DEVIATION, Method.ADJUSTED_FENCES])
def test_fences_are_in_the_unit_of_the_value_and_hold_what_is_not_flagged(method: Method) -> None:
    values = np.random.default_rng(4).lognormal(3, 0.6, 2_000)
    values[:5] *= 1_000
    found = screen(_frame(values), QUANTITIES, _spec(method))
    low, high = found.outliers.select("fence_low", "fence_high").row(0)
    outside = np.flatnonzero((values < low) | (values > high))
    assert _positions(found) == outside.tolist()
    assert set(range(5)) <= set(_positions(found))
    typical = found.outliers["typical_value"][0]
    assert typical == pytest.approx(np.median(values), rel=1e-3)


def test_a_point_may_be_odd_though_each_of_its_values_is_common() -> None:
    random = np.random.default_rng(6)
    size = random.lognormal(3, 1, 1_000)
    frame = _frame(size).with_columns(amount=pl.Series(size * random.lognormal(2, 0.1, 1_000)))
    odd = pl.when(pl.col("position") == 17).then(pl.col("amount").median())
    frame = frame.with_columns(
        amount=odd.otherwise("amount"),
        quantity=pl.when(pl.col("position") == 17).then(150.0).otherwise("quantity"),
    )
    columns = ["quantity", "amount"]
    found = screen(frame, columns, _spec(Method.MINIMUM_COVARIANCE))
    assert 17 in _positions(found)
    assert found.outliers["fence_high"].null_count() == found.outliers.height
    assert 17 not in _positions(screen(frame, ["amount"], _spec()))


@pytest.mark.parametrize("method", list(Method))
def test_of_clean_log_normal_values_less_than_one_in_a_hundred_is_flagged(method: Method) -> None:
    random = np.random.default_rng(8)
    frame = _frame(random.lognormal(3, 1, 10_000)).with_columns(
        amount=pl.Series(random.lognormal(5, 0.5, 10_000))
    )
    columns = QUANTITIES if method is not Method.MINIMUM_COVARIANCE else ["quantity", "amount"]
    found = screen(frame, columns, _spec(method))
    assert found.evaluated_count == 10_000
    assert 0 < found.outliers.height < 100


def test_values_without_a_logarithm_are_not_judged() -> None:
    values = np.r_[np.random.default_rng(1).lognormal(3, 0.5, 50), [0, -1]]
    assert screen(_frame(values), QUANTITIES, _spec()).evaluated_count == 50
    signed = screen(_frame(values), QUANTITIES, _spec(transform=Transform.LOG1P))
    assert signed.evaluated_count == 52


def test_nothing_to_judge_gives_nothing() -> None:
    for method in Method:
        found = screen(_frame(np.array([])), QUANTITIES, _spec(method))
        assert (found.evaluated_count, found.outliers.height) == (0, 0)


@given(values=st.lists(st.floats(-1e9, 1e9), min_size=1, max_size=20))
def test_transforms_can_be_taken_back(values: list[float]) -> None:
    x = np.array(values)
    for transform in (Transform.NONE, Transform.LOG1P):
        assert transform.invert(transform.apply(x)) == pytest.approx(x, rel=1e-9, abs=1e-9)
    positive = np.abs(x) + 1
    assert Transform.LOG.invert(Transform.LOG.apply(positive)) == pytest.approx(positive)
