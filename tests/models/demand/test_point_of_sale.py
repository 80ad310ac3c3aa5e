"""Sell-out that foresees orders is used, and what does not foresee them is not."""

from __future__ import annotations

from itertools import product

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from models.demand.point_of_sale import (
    MINIMUM_WEEKS,
    WARM_UP_WEEKS,
    backtest,
    level,
    point_of_sale,
)

RANDOM = np.random.default_rng(20260630)
WEEKS, PRODUCTS = 78, 20
UNITS = st.integers(0, 1_000).map(float)
SERIES = st.integers(1, 40).flatmap(
    lambda length: arrays(np.float64, (2, 3, length), elements=UNITS)
)


def consumers() -> np.ndarray:
    """Return what consumers buy: a level that wanders slowly, and the chance of each week."""
    steps = RANDOM.normal(0, 0.08, (PRODUCTS, WEEKS)).cumsum(axis=1)
    return RANDOM.poisson(60 * np.exp(steps)).astype(float)


def batched(sold: np.ndarray) -> np.ndarray:
    """Return what a channel orders that fills up, in lots of 150, what it has sold."""
    ordered, owed = np.zeros_like(sold), np.zeros(len(sold))
    for week in range(1, sold.shape[1]):
        owed += sold[:, week - 1]
        ordered[:, week] = np.floor(owed / 150) * 150
        owed -= ordered[:, week]
    return ordered


def rows(channel: str, ordered: np.ndarray, sold: np.ndarray) -> pl.DataFrame:
    """Return two matrices as rows of weeks."""
    places = list(product(range(ordered.shape[0]), range(ordered.shape[1])))
    return pl.DataFrame(
        {
            "channel_id": [channel] * len(places),
            "product_id": [f"p{number:02}" for number, _ in places],
            "week": [2_000 + week for _, week in places],
            "ordered_units": ordered.ravel(),
            "sold_units": sold.ravel(),
        }
    )


def test_batched_orders_are_foreseen_by_what_stores_sell_and_not_by_chance() -> None:
    sold = consumers()
    ordered = batched(sold)
    noise = RANDOM.permuted(RANDOM.gamma(0.3, 200, sold.shape), axis=1)
    found = point_of_sale(pl.concat([rows("kiosk", ordered, noise), rows("grocer", ordered, sold)]))
    grocer, kiosk = found.channels.to_dicts()
    assert (grocer["channel_id"], kiosk["channel_id"]) == ("grocer", "kiosk")
    assert grocer["is_used"]
    assert grocer["reason"] is None
    assert grocer["blended_wape_rate"] < grocer["orders_wape_rate"] == kiosk["orders_wape_rate"]
    assert not kiosk["is_used"]
    assert grocer["advantage_p_value"] < 0.05 <= kiosk["advantage_p_value"]
    assert kiosk["point_of_sale_share_rate"] == 0
    assert kiosk["reason"].endswith("but by chance")
    # What is switched off changes no number that is expected.
    expected = found.products.filter(pl.col("channel_id") == "kiosk")
    assert expected["expected_weekly_units"].equals(expected["ordered_level_units"])


def test_a_forecast_knows_nothing_of_the_week_it_is_of_or_later() -> None:
    ordered = RANDOM.poisson(30, (PRODUCTS, WEEKS)).astype(float)
    for week in (WARM_UP_WEEKS, 40, WEEKS - 1):
        other = ordered.copy()
        other[:, week:] += 1_000
        assert np.array_equal(level(ordered, 0.2)[:, :week], level(other, 0.2)[:, :week])
        assert not np.array_equal(level(ordered, 0.2)[:, week], level(other, 0.2)[:, week])


def test_the_share_is_chosen_on_weeks_that_do_not_judge_it() -> None:
    sold = consumers()
    ordered = batched(sold)
    before = backtest(ordered, sold)
    newest = slice(WEEKS - before.judged_week_count, WEEKS)
    spoiled = ordered.copy()
    spoiled[:, newest] = RANDOM.permuted(spoiled[:, newest], axis=0)
    after = backtest(spoiled, sold)
    assert (after.share, after.smoothings) == (before.share, before.smoothings)


def test_reports_that_say_nothing_are_used_as_seldom_as_the_level_of_the_test_says() -> None:
    # Even the level of the sales is that of another product: a level alone would be of use.
    won = 0
    for _ in range(200):
        levels = RANDOM.lognormal(4, 1, (2, 6, 1))
        ordered, sold = RANDOM.gamma(2, levels, (2, 6, 60))
        won += backtest(ordered, sold).is_won
    assert won <= 0.05 * 200


def test_a_level_is_the_mean_of_its_first_weeks_and_then_smoothed_by_hand() -> None:
    units = np.array([[8.0] * 4 + [0.0] * 4 + [14.0, 4.0]])
    assert level(units, 0.2)[0, 7:].tolist() == pytest.approx([4, 4 + 0.2 * 10, 6 + 0.2 * -2])


def test_too_few_weeks_judge_nothing() -> None:
    units = np.ones((2, MINIMUM_WEEKS - 1))
    found = point_of_sale(rows("grocer", units, units)).channels.row(0, named=True)
    assert (found["judged_week_count"], found["orders_wape_rate"], found["is_used"]) == (0, None, 0)
    assert found["reason"] == "fewer than 26 weeks to judge by"
    assert backtest(np.ones((2, 60)), np.ones((2, 60))).is_won is False
    nothing = backtest(np.zeros((2, 60)), np.ones((2, 60)))
    assert (nothing.orders_wape, nothing.is_won) == (None, False)
    with pytest.raises(ValueError, match=r"\(2, 3\), sell-out is \(2, 4\)"):
        backtest(np.ones((2, 3)), np.ones((2, 4)))


def test_no_channel_is_no_row() -> None:
    found = point_of_sale(rows("none", np.ones((0, 0)), np.ones((0, 0))))
    assert (found.channels.height, found.products.height) == (0, 0)


@settings(max_examples=60)
@given(series=SERIES)
def test_every_number_is_defined_and_between_its_two_levels(series: np.ndarray) -> None:
    found = point_of_sale(rows("any", *series))
    for frame in (found.channels, found.products):
        numbers = frame.select(pl.selectors.float())
        assert (
            numbers.select(pl.all().is_nan().any() | pl.all().is_infinite().any()).row(0)
            == (False,) * numbers.width
        )
    levels = found.products.select("ordered_level_units", "sold_level_units")
    expected = found.products["expected_weekly_units"]
    assert (expected >= levels.min_horizontal() - 1e-6).all()
    assert (expected <= levels.max_horizontal() + 1e-6).all()
    shuffled = rows("any", *series).sample(fraction=1, shuffle=True, seed=1)
    assert point_of_sale(shuffled).products.equals(found.products)
