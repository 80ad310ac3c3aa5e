"""What holding still costs and saves: moves, misfit, cadences, static schemes, capacity."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import polars as pl
import pytest

from models.stability.frontier import frontier, grid, moves_by_month, nervous_moves, ping_pongs
from models.stability.misfit import (
    Economics,
    History,
    Setting,
    gain,
    later_classes,
    misfit,
    run,
)
from models.stability.replay import Review, is_review
from models.stability.step import Stability
from tests.models.stability.ladders import MONTH, nights

CUTS = (50.0, 100.0)
RATES = np.array([[0.0, 0.1, 0.2], [0.1, 0.0, 0.1], [0.2, 0.1, 0.0]])
ECONOMICS = Economics(misfit_rates=RATES, move_amount=5.0, later_days=6 * MONTH)
ROLLING, STATIC = Setting(), Setting(review=Review.NEVER)
PERIODS = 48


def history(values: np.ndarray) -> History:
    return History(
        evaluations=nights(values, CUTS), stakes=np.full(values.shape, 1000.0), is_falling=False
    )


def noise_only(seed: int, units: int = 300) -> History:
    """Units whose values differ from night to night, and whose levels never do."""
    random = np.random.default_rng(seed)
    levels = random.uniform(20, 130, units)
    return history(levels * random.lognormal(0, 0.2, (PERIODS, units)))


def drifting(seed: int, units: int = 300) -> History:
    """Units that climb or fall by half or double over the history, with the same noise."""
    random = np.random.default_rng(seed)
    drift = np.exp(np.outer(np.linspace(0, 1, PERIODS), random.uniform(-1, 1, units)))
    levels = random.uniform(20, 130, units) * drift
    return history(levels * random.lognormal(0, 0.2, (PERIODS, units)))


def table(of: History, settings: list[Setting], economics: Economics = ECONOMICS) -> pl.DataFrame:
    return frontier(of, settings, economics)


@pytest.mark.requirement("S4.M1.B5")
@pytest.mark.parametrize("seed", range(5))
def test_rolling_fits_better_than_static_where_there_is_drift_and_not_where_there_is_noise(
    seed: int,
) -> None:
    with_drift = gain(drifting(seed), ECONOMICS, ROLLING, STATIC)
    assert with_drift.is_sure
    assert with_drift.saved_amount > 0
    assert not gain(noise_only(seed), ECONOMICS, ROLLING, STATIC).is_sure
    replayed = run(drifting(seed), ROLLING)
    by_month = moves_by_month(replayed)
    assert sum(by_month.values()) == replayed.is_moved.sum()
    assert by_month["1970-04"] == replayed.is_moved[3].sum()  # day 90 is the 1st of April
    assert by_month["1970-05"] == replayed.is_moved[4:6].sum()
    # What is not known yet changes nothing: the same past gives the same classes.
    whole = drifting(seed)
    past = replace(whole, evaluations=whole.evaluations[:20], stakes=whole.stakes[:20])
    for setting in (ROLLING, STATIC):
        assert np.array_equal(run(past, setting).in_force, run(whole, setting).in_force[:20])


def test_where_there_is_noise_only_moving_costs_more_than_it_saves() -> None:
    found = table(noise_only(7), [ROLLING, STATIC])
    assert found["total_amount"][0] > found["total_amount"][1]
    assert found["is_recommended"].to_list() == [False, True]


@pytest.mark.requirement("S3.M1.B4")
def test_moves_times_handling_time_is_held_against_the_capacity_for_change() -> None:
    staffed = replace(ECONOMICS, move_hours=2.0, capacity_hours=10_000.0)
    settings = grid([0.0, 0.1, 0.2], [(1, 1), (2, 3)], [0], [Review.NIGHTLY])
    found = table(drifting(1), settings, staffed)
    months = (PERIODS - 1) * MONTH / (365.25 / 12)
    assert np.allclose(found["handling_hours"], found["move_count"] * 2 / months)
    assert found["is_within_capacity"].all()
    static = found.filter(pl.col("review") == "never")
    assert static["move_count"].to_list() == [0]
    best = found.filter("is_recommended").row(0, named=True)
    assert best["move_count"] > 0
    nobody = table(drifting(1), settings, replace(staffed, capacity_hours=0.0))
    assert nobody.filter("is_recommended")["review"].to_list() == ["never"]
    busy = best["handling_hours"] - 0.01
    fewer = table(drifting(1), settings, replace(staffed, capacity_hours=busy))
    assert fewer.filter("is_recommended")["move_count"][0] < best["move_count"]
    assert fewer["is_within_capacity"].to_list() == [
        hours <= busy for hours in fewer["handling_hours"]
    ]


CADENCES = (Review.MONTHLY, Review.QUARTERLY, Review.HALF_YEARLY, Review.YEARLY, Review.NEVER)


@pytest.mark.requirement("S2.M3.B2")
@pytest.mark.parametrize("make", [noise_only, drifting])
@pytest.mark.parametrize("seed", range(3))
def test_rarer_reviews_show_no_more_churn_in_one_currency_and_on_other_dates(
    make: Callable[[int], History], seed: int
) -> None:
    of, settings = make(seed), [Setting(review=review) for review in (Review.NIGHTLY, *CADENCES)]
    found = table(of, settings)
    assert found["review"].to_list() == ["nightly", *map(str, CADENCES)]
    assert found["move_count"].is_sorted(descending=True)
    # In another currency every amount is another one, and nothing else is.
    amounts = [name for name in found.columns if name.endswith("_amount")]
    dollars = table(
        replace(of, stakes=of.stakes * 1.25), settings, replace(ECONOMICS, move_amount=5 * 1.25)
    )
    for name in amounts:
        assert np.allclose(dollars[name], found[name] * 1.25, atol=1e-3)
    assert dollars.drop(amounts).equals(found.drop(amounts))
    for review in CADENCES:
        replayed = run(of, Setting(review=review))
        moved = set(replayed.days[replayed.is_moved.any(axis=1)].tolist())
        may = set(replayed.days[is_review(replayed.days.tolist(), review)].tolist())
        assert moved <= may
        assert moved or review is Review.NEVER


def test_without_memory_nothing_misfits_on_its_own_night() -> None:
    found = table(noise_only(3), [ROLLING, Setting(stability=Stability(band=0.2))])
    assert found["misfit_amount"][0] == 0
    assert found["misfit_amount"][1] > 0
    assert found["move_count"][0] > found["move_count"][1]


def test_misfit_is_the_stake_times_the_rate_times_the_time() -> None:
    of = history(np.array([[10.0], [60.0], [120.0], [10.0]]))
    replayed = run(of, STATIC)
    expected = 1000 * (0.1 + 0.2) * MONTH / 365.25
    assert misfit(replayed.in_force, replayed.said, of, ECONOMICS)[0] == pytest.approx(expected)


def test_classes_of_later_are_those_said_when_the_window_is_over() -> None:
    of = history(np.array([[10.0], [60.0], [120.0], [10.0]]))
    later = later_classes(of, 2 * MONTH)
    assert later is not None
    assert later[:, 0].tolist() == [2, 0, -1, -1]
    assert later_classes(of, 4 * MONTH) is None


def test_a_history_too_short_for_later_is_judged_by_its_own_nights() -> None:
    short = history(noise_only(1).evaluations[0].values[None, :].repeat(3, axis=0))
    found = table(short, [ROLLING, STATIC])
    assert found["later_misfit_amount"].to_list() == [None, None]
    with pytest.raises(ValueError, match="shorter than"):
        gain(short, ECONOMICS, ROLLING, STATIC)


def test_a_setting_is_dominated_when_another_is_no_worse_and_somewhere_better() -> None:
    found = table(drifting(2), grid([0.0, 0.1], [(1, 1), (2, 2)], [0, 90], [Review.NIGHTLY]))
    for row in found.to_dicts():
        others = [
            other
            for other in found.to_dicts()
            if other["move_count"] <= row["move_count"]
            and other["later_misfit_amount"] <= row["later_misfit_amount"]
            and (other["move_count"], other["later_misfit_amount"])
            != (row["move_count"], row["later_misfit_amount"])
        ]
        assert row["is_dominated"] == bool(others)
    assert not found.filter("is_recommended")["is_dominated"].any()


def test_a_return_within_the_window_is_ping_pong() -> None:
    values = np.array([[10.0], [60.0], [10.0], [60.0], [60.0], [60.0], [10.0]])
    replayed = run(history(values), ROLLING)
    assert ping_pongs(replayed, 2 * MONTH)[:, 0].tolist() == [
        False, False, True, True, False, False, False,
    ]  # fmt: skip
    assert ping_pongs(replayed, 3 * MONTH)[6, 0]


def test_moves_within_a_lead_time_of_the_one_before_upset_plans() -> None:
    values = np.array([[10.0], [60.0], [10.0], [10.0], [60.0]])
    replayed = run(history(values), ROLLING)
    assert nervous_moves(replayed, np.array([MONTH + 1.0])) == 1
    assert nervous_moves(replayed, np.array([2 * MONTH + 1.0])) == 2
    assert nervous_moves(replayed, None) is None


def test_a_grid_has_each_setting_once_the_memoryless_and_the_static_among_them() -> None:
    found = grid([0.0, 0.1], [(1, 1)], [0], [Review.NIGHTLY, Review.MONTHLY])
    assert len(found) == 5
    assert found[0] == ROLLING
    assert found[-1] == STATIC
