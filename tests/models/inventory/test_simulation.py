"""Stock played week by week: against closed forms, and by properties."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from models.inventory.arrays import Floats
from models.inventory.newsvendor import normal_newsvendor
from models.inventory.random_numbers import Lognormal, item_keys, normals, uniforms
from models.inventory.simulation import (
    LeadWeeks,
    Ordering,
    Played,
    WeeklyCosts,
    best_level,
    outcome,
    play,
)

WEEKS, WARM_UP = 20_052, 52


def ordering(items: int, *, smallest: float = 0, multiple: float = 1, review: int = 1) -> Ordering:
    return Ordering(
        smallest=np.full(items, float(smallest)),
        multiple=np.full(items, float(multiple)),
        review_weeks=np.full(items, review, dtype=np.int64),
    )


def costs(items: int, holding: float, waiting: float, order: float = 0) -> WeeklyCosts:
    each = (np.full(items, float(cost)) for cost in (holding, waiting, order))
    return WeeklyCosts(holding=next(each), waiting=next(each), order=next(each))


def constant(weeks: float) -> LeadWeeks:
    return lambda _, at: np.full(len(at), float(weeks))


@pytest.mark.parametrize(("rate", "lead"), [(0.5, 0), (2, 1), (6, 4), (10, 7)])
def test_a_base_stock_under_poisson_demand_holds_and_owes_what_the_closed_form_says(
    rate: float, lead: int
) -> None:
    demand = np.random.default_rng(5).poisson(rate, (WEEKS, 20)).astype(np.float64)
    seen = play(demand, constant(lead), ordering(20), warm_up=WARM_UP)
    over = rate * (lead + 1)  # demand from an order to the end of the week in which it serves
    level = np.full(20, np.ceil(over + 1.3 * np.sqrt(over)))
    found = outcome(seen, level, costs(20, 1, 9), batches=10)
    owed = over * stats.poisson.sf(level[0] - 1, over) - level[0] * stats.poisson.sf(level[0], over)
    assert found.waiting.mean() == pytest.approx(owed, rel=0.05)
    assert found.on_hand.mean() == pytest.approx(level[0] - over + owed, rel=0.02)
    best = best_level(seen, costs(20, 1, 9))
    assert np.median(best) == stats.poisson.ppf(0.9, over)


def test_the_best_level_and_its_cost_are_those_of_snyder_and_shen_example_4_4() -> None:
    """Lead time 4, N(50, 8) a week, holding 0.18, waiting 0.70: 264.767 and 4.4668 a week."""
    demand = np.random.default_rng(6).normal(50, 8, (WEEKS, 20))
    seen = play(demand, constant(4), ordering(20, multiple=0), warm_up=WARM_UP)
    prices = costs(20, 0.18, 0.70)
    level = best_level(seen, prices)
    known, cost = normal_newsvendor(250, 8 * np.sqrt(5), overage_cost=0.18, underage_cost=0.70)
    assert known == pytest.approx(264.7668943741548)
    assert level.mean() == pytest.approx(float(known), rel=2e-3)
    found = outcome(seen, level, prices, batches=10).cost
    assert found.mean() == pytest.approx(float(cost), rel=0.01)


def one(
    demand: list[float],
    lead: list[float],
    *,
    smallest: float = 0,
    multiple: float = 1,
    review: int = 1,
) -> Played:
    of = ordering(1, smallest=smallest, multiple=multiple, review=review)
    return play(np.array([demand]).T, lambda week, at: np.full(len(at), lead[week]), of, warm_up=0)


def test_a_week_receives_serves_reviews_and_orders_in_this_order() -> None:
    # Two are asked for in week 0 and ordered at its end; a lead time of 1.2 weeks is over within
    # the third week, at whose start none is there, so that they serve in the fourth.
    seen = one([2, 0, 0, 0], [1.2] * 4)
    assert seen.missing[:, 0].tolist() == [2, 2, 2, 0]
    assert seen.orders[:, 0].tolist() == [1, 0, 0, 0]
    assert one([2, 0], [0.0, 0.0]).missing[:, 0].tolist() == [2, 0]


def test_goods_never_overtake_goods_that_were_ordered_before_them() -> None:
    seen = one([1, 1, 0, 0, 0, 0], [4, 0, 0, 0, 0, 0])
    assert seen.missing[:, 0].tolist() == [1, 2, 2, 2, 2, 0]


def test_an_order_is_the_smallest_that_is_allowed_and_only_at_a_review() -> None:
    seen = one([0, 1, 0, 0, 0], [0.0] * 5, smallest=6, multiple=4, review=3)
    assert seen.orders[:, 0].tolist() == [0, 0, 0, 1, 0]
    assert seen.missing[:, 0].tolist() == [0, 1, 1, 1, -5]


def test_nothing_asked_for_costs_nothing_and_needs_nothing() -> None:
    seen = one([0] * 8, [3.0] * 8)
    level = best_level(seen, costs(1, 1, 9))
    found = outcome(seen, level, costs(1, 1, 9, 5), batches=2)
    assert (level[0], found.cost[0], found.on_hand[0]) == (0, 0, 0)


@settings(max_examples=25)
@given(st.integers(0, 2**32 - 1))
def test_the_best_level_is_not_beaten_by_another(seed: int) -> None:
    random = np.random.default_rng(seed)
    demand = random.poisson(2, (260, 3)) * random.gamma(1, 5, (260, 3))
    leads = random.gamma(2, 2, (260, 3))
    seen = play(demand, lambda week, at: leads[week, at], ordering(3, smallest=7), warm_up=52)
    prices = costs(3, 1, random.uniform(0.5, 20))
    best = best_level(seen, prices)
    cheapest = outcome(seen, best, prices, batches=4).cost
    for other in (best * 0.9, best + 1, best * 1.5):
        assert (outcome(seen, other, prices, batches=4).cost >= cheapest - 1e-9).all()


SPAN = np.arange(500)[:, np.newaxis]


@pytest.mark.parametrize("draw", [uniforms, normals])
def test_numbers_of_an_item_are_its_own_in_any_company_and_any_week(
    draw: Callable[..., Floats],
) -> None:
    keys = item_keys(["a", "b", "c"])
    together = draw(keys, SPAN, 1)
    assert (draw(keys[1:2], SPAN, 1)[:, 0] == together[:, 1]).all()
    assert (draw(keys[::-1], 77, 1) == together[77, ::-1]).all()
    assert (draw(keys, np.array([3, 9, 4]), 1) == together[[3, 9, 4], [0, 1, 2]]).all()
    of_another_subject = draw(keys, SPAN, 2)[:, 0]
    for other in (together[:, 1], of_another_subject):
        assert abs(stats.pearsonr(together[:, 0], other).statistic) < 0.2


def test_uniform_numbers_are_spread_evenly_and_normal_ones_are_normal() -> None:
    keys = item_keys([f"{number}" for number in range(40)])
    flat = uniforms(keys, SPAN, 0).ravel()
    assert 0 < flat.min() < flat.max() < 1
    assert stats.kstest(flat, "uniform").pvalue > 1e-3
    assert stats.kstest(normals(keys, SPAN, 1).ravel(), "norm").pvalue > 1e-3


def test_lognormal_numbers_have_the_mean_and_deviation_asked_for() -> None:
    standard = normals(item_keys(["a"]), np.arange(200_000)[:, np.newaxis], 0)[:, 0]
    kinds = Lognormal.of(np.array([3.0, 5.0, 0.0]), np.array([2.0, 0.0, 1.0]))
    varied, fixed, none = (kinds.at(np.full(len(standard), kind), standard) for kind in range(3))
    assert varied.mean() == pytest.approx(3, rel=0.02)
    assert varied.std() == pytest.approx(2, rel=0.05)
    assert fixed == pytest.approx(5)
    assert set(none) == {0.0}
