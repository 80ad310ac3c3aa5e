"""The demand profile of items, on demand whose nature is known."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import numpy as np
import polars as pl
import pytest

from models.demand.item_profile import add_standing, item_profile
from models.demand.regularity import AdiDefinition

FIRST = date(2023, 7, 3)
WEEKS = 156
LAST = FIRST + timedelta(weeks=WEEKS - 1)
DRAWS = 200
RANDOM = np.random.default_rng(20)
# Chance of a week with demand, and squared variation of its size: well inside each class.
ARCHETYPES = {
    "smooth": (1.0, 0.15),
    "intermittent": (0.4, 0.15),
    "erratic": (1.0, 1.2),
    "lumpy": (0.4, 1.2),
}


def profiled(sizes: np.ndarray, *, discontinued: bool = False, **options: Any) -> pl.DataFrame:
    """Profile series of shape (item, week); the last column is the week of LAST."""
    rows, weeks = np.nonzero(sizes > 0)
    demand = pl.DataFrame(
        {"series": rows, "week": weeks - (sizes.shape[1] - 1), "size": sizes[rows, weeks]},
        schema={"series": pl.Int64, "week": pl.Int64, "size": pl.Float64},
    )
    items = pl.DataFrame({"product_id": [f"p{row:05d}" for row in range(len(sizes))]})
    measured = item_profile(
        demand,
        items,
        last_week=LAST,
        observed_weeks=sizes.shape[1],
        half_life_weeks=26,
        **options,
    )
    return add_standing(measured.with_columns(is_discontinued=pl.lit(discontinued)))


def drawn(probability: float, variation: float) -> np.ndarray:
    """Return DRAWS series with gamma sizes in units of four decimals."""
    shape = 1 / variation
    sizes = RANDOM.gamma(shape, 20 / shape, (DRAWS, WEEKS)).round(4) + 0.0001
    return np.where(RANDOM.random((DRAWS, WEEKS)) < probability, sizes, 0.0)


@pytest.mark.requirement("S4.M3.B1")
def test_archetypes_are_classed_as_drawn_and_a_sine_is_seasonal() -> None:
    for name, (probability, variation) in ARCHETYPES.items():
        classes = profiled(drawn(probability, variation))["syntetos_boylan_class"]
        assert classes.to_list().count(name) >= 0.95 * DRAWS, name
    # Sizes of the weeks with demand alone: however rare, equal sizes do not vary.
    rare = profiled(np.where(RANDOM.random((5, WEEKS)) < 0.2, 7.0, 0.0))
    assert rare["cv2_ratio"].to_list() == [0.0] * 5
    # Zeros before launch are no part of history.
    launched = np.hstack([np.zeros((1, 100)), np.full((1, 56), 7.0)])
    assert profiled(launched)["adi_ratio"].item() == 1
    wave = 20 + 8 * np.sin(2 * np.pi * np.arange(WEEKS) / 52) + RANDOM.normal(0, 2, (20, WEEKS))
    assert profiled(wave)["planning_pattern"].to_list() == ["seasonal"] * 20


def test_a_seasonal_item_is_not_taken_for_a_variable_one() -> None:
    wave = 20 + 19 * np.sin(2 * np.pi * np.arange(WEEKS) / 52) + RANDOM.normal(0, 1, (1, WEEKS))
    found = profiled(np.maximum(wave, 0.1)).row(0, named=True)
    assert found["weekly_cv_ratio"] > 0.5
    assert found["xyz_class"] == "X"


def test_variation_of_six_weeks_is_corrected_for_its_small_sample() -> None:
    found = profiled(np.array([[3.0, 9.0, 5.0, 7.0, 1.0, 5.0]])).row(0, named=True)
    assert found["xyz_cv_ratio"] == pytest.approx(found["weekly_cv_ratio"] * (1 + 1 / 24), abs=1e-6)


@pytest.mark.parametrize("definition", list(AdiDefinition))
def test_no_history_however_odd_gives_anything_but_a_number_or_nothing(
    definition: AdiDefinition,
) -> None:
    odd = np.zeros((7, WEEKS))
    odd[1, -1] = 5  # sold once, last week
    odd[2, 0] = 5  # sold once, three years ago
    odd[3] = 4  # every week alike
    odd[4, ::2] = 0.0001
    odd[5, :110] = 10**9
    odd[6, 50:] = np.arange(106)
    found = profiled(odd, adi_definition=definition)
    floats = found.select(pl.selectors.float())
    assert floats.select(pl.all().is_nan().any() | pl.all().is_infinite().any()).row(0) == (
        (False,) * floats.width
    )
    # A definition that counts from the start of the series gives history to what never sold.
    assert found["history_grade"][0] == "none"
    assert found["lifecycle_stage"].to_list()[2:4] == ["end_of_life", "mature"]


def test_a_profile_tells_when_demand_came() -> None:
    found = profiled(np.array([[0.0, 4, 0, 5, 0, 6, 0, 0]])).row(0, named=True)
    assert found["first_demand_week_date"] == LAST - timedelta(weeks=6)
    assert found["last_demand_week_date"] == LAST - timedelta(weeks=2)
    assert found["months_of_history"] == pytest.approx(49 / 30.436875)
    (never,) = profiled(np.zeros((1, 4))).to_dicts()
    assert never["first_demand_week_date"] is never["last_demand_week_date"] is None
    assert (never["months_of_history"], never["syntetos_boylan_class"]) == (0, "undefined")


def test_an_item_that_is_sold_no_more_has_ended() -> None:
    stages = profiled(np.full((1, WEEKS), 5.0), discontinued=True)["lifecycle_stage"]
    assert stages.to_list() == ["end_of_life"]
    assert profiled(np.zeros((1, 4)))["lifecycle_stage"].to_list() == ["no_demand"]
