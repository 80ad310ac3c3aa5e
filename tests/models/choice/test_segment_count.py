"""Into how many segments: nested partitions, what they keep, and which count is advised."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from numpy.typing import NDArray

from models.choice.count_frontier import (
    Configuration,
    Frontier,
    count_frontier,
    enough_rates,
    nested_partitions,
)
from models.choice.stock_costs import Histories, is_long_enough, policies, policy_costs
from models.inventory.random_numbers import exponential_weights, item_keys

Floats = NDArray[np.float64]


def four_regimes(count: int = 400, *, noise: float, seed: int = 1) -> tuple[Floats, Floats]:
    """Costs of items of four kinds: each has a policy of its own, far from those of the others.

    A cost is quadratic in the distance of a policy from the kind's own, and noise is what one part
    of history shows of an item and another does not.
    """
    drawn = np.random.default_rng(seed)
    own = np.array([4, 14, 26, 38])[np.arange(count) % 4]
    policy = np.arange(45)
    tables = []
    for _ in range(2):
        seen = own + drawn.normal(0, noise, count) if noise else own
        tables.append(10 + (policy - seen[:, np.newaxis]) ** 2 / 20)
    return tables[0], tables[1]


def noisy(seed: int = 3) -> Frontier:
    fitted, later = four_regimes(noise=2.5, seed=seed)
    return count_frontier(fitted, later, observations=400.0 * 20)


@pytest.mark.requirement("S0.M1.B2")
def test_of_four_regimes_four_segments_are_good_enough() -> None:
    for noise in (0.0, 0.6):
        found = count_frontier(*four_regimes(noise=noise), observations=8_000.0)
        benefits = [point.benefit for point in found.points]
        assert found.good_enough == 4
        assert benefits == sorted(benefits)
        assert next(p.segments for p in found.points if p.benefit >= 0.95) == 4
        assert found.points[0].benefit == 0
    assert [point.segments for point in found.points] == list(range(1, 13))


def test_each_partition_splits_the_one_before() -> None:
    fitted, _ = four_regimes(noise=3.0)
    parts = nested_partitions(fitted)
    assert list(parts) == list(range(1, 13))
    for count in range(2, 13):
        pairs = set(
            zip(parts[count].labels.tolist(), parts[count - 1].labels.tolist(), strict=True)
        )
        assert len(pairs) == count == len(set(parts[count].labels.tolist()))


@pytest.mark.requirement("S4.M1.B8")
def test_on_noisy_data_later_cost_has_a_minimum_within_and_the_advice_is_near_it() -> None:
    found = noisy()
    fitted = [point.fitted for point in found.points]
    later = [point.later for point in found.points]
    assert all(after < before for before, after in pairwise(fitted))
    assert 1 < found.later_best < 12
    assert later[found.later_best - 1] == min(later)
    assert min(later[0], later[-1]) > min(later)
    advised = found.points[found.advised - 1]
    assert advised.later - min(later) <= advised.later_error
    assert found.advised <= found.later_best
    assert found.by_criterion == 4


def test_a_policy_for_each_item_is_worse_on_later_history_than_one_for_each_segment() -> None:
    found = noisy()
    assert found.later_by_item > found.points[3].later
    assert found.fitted_by_item < found.points[-1].fitted


def test_of_items_that_are_all_alike_one_segment_is_enough() -> None:
    costs = np.tile(np.array([3.0, 1.0, 2.0]), (20, 1))
    found = count_frontier(costs, costs, observations=100)
    assert [point.segments for point in found.points] == [1]
    assert (found.good_enough, found.advised, found.points[0].benefit) == (1, 1, 1.0)


@pytest.mark.requirement("S3.M1.B7")
def test_each_segment_needs_its_records_and_no_more_are_advised_than_the_field_can_tell() -> None:
    objects = {"condition_records": 12, "parameter_rows": 5, "reports": 2}
    kept = Configuration(objects=objects, field_characters=1, field_alphabet=36)
    loads = [kept.records(count) for count in range(13)]
    assert loads == [sum(objects.values()) * count for count in range(13)]
    assert loads == sorted(loads)
    assert (kept.most_segments, replace(kept, field_characters=2).most_segments) == (36, 1_296)
    fitted, later = four_regimes(noise=0.6)
    assert count_frontier(fitted, later, observations=8_000.0).advised == 4
    narrow = replace(kept, field_alphabet=3)
    limited = count_frontier(fitted, later, observations=8_000.0, limit=narrow.most_segments)
    assert limited.advised == 3


def test_resamples_of_items_tell_how_sure_the_advice_is() -> None:
    weights = exponential_weights(item_keys(f"item {n}" for n in range(400)), 25)
    assert weights.mean() == pytest.approx(1, abs=0.05)
    sure = enough_rates(*four_regimes(noise=0.6), weights)
    assert (sure[3], sure[4], sure[12]) == (0.0, 1.0, 1.0)
    same = np.ones((400, 3))
    fitted, later = four_regimes(noise=4.0)
    advised = count_frontier(fitted, later).advised
    assert enough_rates(fitted, later, same) == {
        count: float(count >= advised) for count in range(1, 13)
    }
    unsure = enough_rates(fitted, later, weights)
    assert list(unsure.values()) == sorted(unsure.values())


def history(demand: list[float], **more: float) -> Histories:
    given = {"holding": 2.0, "shortage": 3.0, "minimum": 0.0, **more}
    return Histories(
        demand=np.array([demand]),
        protected=np.array([1]),
        order=8.0,
        **{name: np.array([value]) for name, value in given.items()},
    )


def test_costs_of_a_policy_are_those_worked_out_by_hand() -> None:
    # Demand 10 20 30 40, then 40 10, one week protected: s is the mean of 25, and a lot of two
    # weeks 50. Left over 15 5 0 0, short 0 0 5 15; then left 0 15, short 15 0.
    fitted, later = policy_costs(
        history([10, 20, 30, 40, 40, 10]), split=4, factors=(0.0,), cycles=(2,)
    )
    year = 365.25 / 7
    assert fitted.item() == pytest.approx(2 * (20 / 4 + 25) + 25 * year / 50 * (8 + 3 * 20 / 4))
    assert later.item() == pytest.approx(2 * (15 / 2 + 25) + 25 * year / 50 * (8 + 3 * 15 / 2))
    # A lot of 4 by the minimum: a cycle is short of no more than that, 0 0 3 4.
    fitted, _ = policy_costs(
        history([1, 2, 13, 24, 10, 10], minimum=4.0), split=4, factors=(0.0,), cycles=(0,)
    )
    assert fitted.item() == pytest.approx(2 * (17 / 4 + 2) + 10 * year / 4 * (8 + 3 * 7 / 4))


def test_a_higher_factor_holds_more_and_is_short_less() -> None:
    factors = (0.0, 1.0, 2.0)
    weeks = list(np.random.default_rng(4).gamma(2, 10, 104))
    held, _ = policy_costs(history(weeks, shortage=0.0), split=52, factors=factors, cycles=(4,))
    short, _ = policy_costs(history(weeks, holding=0.0), split=52, factors=factors, cycles=(4,))
    assert held[0].tolist() == sorted(held[0].tolist())
    assert short[0].tolist() == sorted(short[0].tolist(), reverse=True)
    assert [(p.cycle_weeks, p.factor) for p in policies((0.0, 1.0), (2, 4))] == [
        (2, 0.0), (2, 1.0), (4, 0.0), (4, 1.0),
    ]  # fmt: skip


def test_a_history_too_short_for_its_lead_time_or_without_demand_is_told() -> None:
    demand = np.ones((4, 104))
    demand[3, :52] = 0
    found = is_long_enough(demand, np.array([1, 27, 28, 1]), split=52)
    assert found.tolist() == [True, True, False, False]
