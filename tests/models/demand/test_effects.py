"""Effects of promotions, on events whose true factors are known."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.demand.effects import LEAST, pooled, shrunk

RANDOM = np.random.default_rng(11)
RATIOS = st.lists(st.floats(0, 50), min_size=1, max_size=30)


def events(count: int, *, mean: float, between: float) -> tuple[np.ndarray, ...]:
    """Draw true factors, what is measured of them, and the relative variance of that."""
    true = RANDOM.normal(mean, np.sqrt(between), count)
    noise = RANDOM.uniform(0.02, 0.6, count)
    return true, RANDOM.normal(true, mean * np.sqrt(noise)), noise


def test_the_mean_factor_and_its_variance_among_events_are_recovered() -> None:
    _, ratio, noise = events(4_000, mean=2.0, between=0.12)
    effect = pooled(ratio, noise)
    assert effect.mean == pytest.approx(2.0, abs=0.03)
    assert effect.between == pytest.approx(0.12, abs=0.04)
    assert effect.is_certain


def test_drawing_events_toward_the_mean_halves_their_error_at_least() -> None:
    true, ratio, noise = events(2_000, mean=2.0, between=0.12)
    drawn = shrunk(ratio, noise, pooled(ratio, noise))
    own, pulled = (np.mean((found - true) ** 2) for found in (ratio, drawn))
    mean = np.mean((ratio.mean() - true) ** 2)
    assert pulled < own / 2
    assert pulled < mean


def test_chance_is_no_effect() -> None:
    certain = [pooled(*events(12, mean=1.0, between=0.0)[1:]).is_certain for _ in range(400)]
    assert np.mean(certain) < 0.10


def test_one_event_is_its_own_mean() -> None:
    effect = pooled(np.array([2.5]), np.array([0.04]))
    assert (effect.mean, effect.between, effect.count) == (2.5, 0.0, 1)
    assert effect.error == pytest.approx(0.2)
    assert effect.is_certain


def test_a_single_sale_more_or_less_seldom_moves_the_mean_of_many() -> None:
    _, ratio, noise = events(4_000, mean=2.0, between=0.12)
    before = pooled(ratio, noise)
    moved = 0
    for event in range(50):
        changed = ratio.copy()
        changed[event] *= 0.95
        moved += pooled(changed, noise) != before
    assert moved < 10


def test_without_events_nothing_is_certain() -> None:
    assert not pooled(np.array([]), np.array([])).is_certain


@given(RATIOS, st.floats(0, 10))
def test_factors_are_finite_and_positive_whatever_was_measured(
    ratios: list[float], noise: float
) -> None:
    """Equal events, events without noise, and weeks that sold nothing among them."""
    ratio = np.array(ratios)
    variance = np.full(len(ratio), noise)
    effect = pooled(ratio, variance)
    drawn = shrunk(ratio, variance, effect)
    assert np.isfinite([effect.mean, effect.between, effect.error]).all()
    assert min(ratios) - 1e-3 <= effect.mean <= max(ratios) + 1e-3
    assert (drawn >= LEAST).all()
    assert np.isfinite(drawn).all()
