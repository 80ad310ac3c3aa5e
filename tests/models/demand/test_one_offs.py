"""Order lines far above the usual week."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.demand.one_offs import LIMIT, MINIMUM_WEEKS, SMALLEST_DEVIATION, odd_lines


def judged(weeks: list[float], line: float) -> pl.DataFrame:
    return odd_lines(
        pl.DataFrame(
            {"series": [1] * len(weeks), "units": weeks},
            schema={"series": pl.Int64, "units": pl.Float64},
        ),
        pl.DataFrame({"line": [7], "series": [1], "units": [line]}),
    )


def test_a_line_is_odd_above_three_and_a_half_robust_deviations_of_the_week() -> None:
    weeks = np.exp(np.random.default_rng(1).normal(4, 0.5, 4_001)).tolist()
    (row,) = judged(weeks, 1e6).iter_rows(named=True)
    assert row["typical_units"] == pytest.approx(np.exp(4), rel=0.05)
    assert row["limit_units"] == pytest.approx(np.exp(4 + LIMIT * 0.5), rel=0.15)
    assert judged(weeks, row["limit_units"]).is_empty()


def test_one_odd_week_does_not_hide_the_next_one() -> None:
    weeks = [50.0, 55, 45, 52, 48, 51, 49, 53, 47, 50]
    alone, beside = (judged([*weeks, *odd], 400.0)["limit_units"].item() for odd in ([], [400.0]))
    assert beside == pytest.approx(alone, rel=0.1)


def test_equal_weeks_have_a_limit_of_their_own() -> None:
    (limit,) = judged([50.0] * MINIMUM_WEEKS, 200.0)["limit_units"]
    assert limit == pytest.approx(50 * np.exp(LIMIT * SMALLEST_DEVIATION), rel=1e-4)


def test_of_few_weeks_nothing_is_odd() -> None:
    assert judged([50.0] * (MINIMUM_WEEKS - 1), 1e6).is_empty()


@given(st.lists(st.floats(-10, 1e9), max_size=30), st.floats(-10, 1e9))
def test_limits_are_numbers_whatever_was_sold(weeks: list[float], line: float) -> None:
    found = judged(weeks, line)
    assert found["limit_units"].is_finite().all()
    assert (found["limit_units"] < line).all()
