"""Sales lost for want of stock, on demand of which all is known."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.demand.censoring import Moments, Weeks, excess, fitted

RANDOM = np.random.default_rng(7)
SERIES, LENGTH = 300, 156


def test_what_was_lost_is_recovered_and_sales_alone_would_not_do() -> None:
    chance = RANDOM.choice([0.2, 0.5, 1.0], SERIES)[:, None]
    cv2 = RANDOM.uniform(0.1, 1.2, SERIES)[:, None]
    asks = RANDOM.random((SERIES, LENGTH)) < chance
    size = RANDOM.standard_gamma(np.broadcast_to(1 / cv2, asks.shape)) * cv2 * 40
    demand = np.where(asks, np.rint(size), 0.0)
    is_tight = RANDOM.random(demand.shape) < 0.25
    stock = np.where(is_tight, np.rint(RANDOM.uniform(0, 50, demand.shape)), np.inf)
    stock[RANDOM.random(demand.shape) < 0.05] = 0.0
    sold = np.minimum(demand, stock)
    is_short = sold == stock
    lost = demand - sold
    short, seen = np.nonzero(is_short), np.nonzero(~is_short & (sold > 0))
    out = Weeks(series=short[0], units=sold[short])
    enough = Moments.of(seen[0], sold[seen], count=SERIES)
    found = excess(fitted(enough, out, (~is_short).sum(axis=1)), out)
    assert found.sum() == pytest.approx(lost[short].sum(), rel=0.05)
    # The mean of the weeks that had enough is too low: large demand runs out.
    naive = np.bincount(seen[0], sold[seen], SERIES) / (~is_short).sum(axis=1)
    assert np.maximum(naive[short[0]] - sold[short], 0).sum() < 0.8 * lost[short].sum()


def test_an_empty_shelf_lost_what_is_expected_of_any_week() -> None:
    seen = Moments.of(np.array([0, 0]), np.array([10.0, 30.0]), count=1)
    short = Weeks(series=np.array([0]), units=np.array([0.0]))
    assert excess(fitted(seen, short, np.array([8])), short) == pytest.approx(20 * 2 / 8)


def test_one_sale_alone_tells_a_mean_and_lends_its_variation() -> None:
    seen = Moments.of(np.array([0]), np.array([12.0]), count=1)
    model = fitted(seen, Weeks(series=np.array([], dtype=int), units=np.array([])), np.array([3]))
    assert (model.mean[0], model.cv2[0]) == (12.0, pytest.approx(0.49))
    assert model.occurrence[0] == pytest.approx(1 / 3)


def test_of_what_was_never_sold_nothing_is_known() -> None:
    nothing = Moments.of(np.array([], dtype=int), np.array([]), count=1)
    short = Weeks(series=np.array([0]), units=np.array([0.0]))
    assert np.isnan(excess(fitted(nothing, short, np.array([50])), short)).all()


@given(
    st.lists(st.floats(1e-4, 1e6), min_size=1, max_size=8),
    st.lists(st.one_of(st.just(0.0), st.floats(1e-4, 1e6)), min_size=1, max_size=8),
    st.integers(0, 200),
)
def test_a_loss_is_a_number_and_never_below_nothing(
    seen: list[float], short: list[float], more: int
) -> None:
    """All equal, far beyond anything sold, only one: whatever was sold."""
    enough = Moments.of(np.zeros(len(seen), dtype=np.int64), np.array(seen), count=1)
    out = Weeks(series=np.zeros(len(short), dtype=np.int64), units=np.array(short))
    model = fitted(enough, out, np.array([len(seen) + more]))
    found = excess(model, out)
    assert np.isfinite(found).all()
    assert (found >= 0).all()
    assert 0 < model.occurrence[0] <= 1
