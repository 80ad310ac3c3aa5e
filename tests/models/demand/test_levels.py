"""The usual week around a week, beside what the definition says."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.demand.levels import MINIMUM_WEEKS, REACH, local_level


@given(st.integers(1, 60), st.integers(0, 2**32 - 1))
def test_a_level_is_mean_and_variation_of_the_undisturbed_weeks_near(
    length: int, seed: int
) -> None:
    random = np.random.default_rng(seed)
    sizes = np.where(random.random((3, length)) < 0.6, random.gamma(2.0, 5.0, (3, length)), 0.0)
    is_clean = random.random((3, length)) < 0.8
    series, week = (grid.ravel() for grid in np.indices((3, length)))
    level = local_level(sizes, is_clean, series, week)
    for at, (one, now) in enumerate(zip(series, week, strict=True)):
        near = slice(max(0, now - REACH), now + REACH + 1)
        kept = sizes[one, near][is_clean[one, near]]
        if len(kept) < MINIMUM_WEEKS or kept.sum() == 0:
            assert np.isnan(level.mean[at])
            assert np.isnan(level.cv2[at])
        else:
            assert level.mean[at] == pytest.approx(kept.mean())
            assert level.cv2[at] == pytest.approx(kept.var(ddof=1) / kept.mean() ** 2, abs=1e-9)
            assert level.weeks[at] == len(kept)


def test_a_trend_cancels_out_between_the_weeks_before_and_after() -> None:
    sizes = np.arange(100.0, 161.0)[None, :]
    level = local_level(sizes, np.ones(sizes.shape, dtype=bool), np.array([0]), np.array([30]))
    assert level.mean[0] == pytest.approx(sizes[0, 30])
