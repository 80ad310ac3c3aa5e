"""Demand profiles against published counts and dense arithmetic."""

from __future__ import annotations

import csv
import math
from pathlib import Path
from random import Random
from statistics import mean, stdev
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.demand.classes import classify
from models.demand.profile import demand_profile
from models.demand.regularity import AdiDefinition

CARPARTS = Path(__file__).parents[4] / "shared" / "data" / "carparts" / "carparts.csv"
SCHEMA = {"series": pl.Int64, "week": pl.Int64, "size": pl.Float64}


def rows(*series: list[float]) -> pl.DataFrame:
    """Return demand of series, the last size being that of week 0."""
    found = [
        (number, week - len(sizes) + 1, size)
        for number, sizes in enumerate(series)
        for week, size in enumerate(sizes)
        if size
    ]
    return pl.DataFrame(found, schema=SCHEMA, orient="row")


def profile(*series: list[float], **options: Any) -> list[dict[str, Any]]:
    """Profile series that were observed in as many weeks as they have sizes."""
    periods = np.array([len(sizes) for sizes in series])
    return demand_profile(rows(*series), periods, half_life_weeks=26, **options).to_dicts()


@pytest.fixture(scope="module")
def carparts() -> list[list[float]]:
    """Monthly series, each to its last observed month; a missing one before it had no demand."""
    if not CARPARTS.exists():
        pytest.skip("the car parts series are not beside this repository")
    with CARPARTS.open(newline="") as file:
        _, *parts = csv.reader(file)
    ends = [max(n for n, cell in enumerate(cells, start=1) if cell) for _, *cells in parts]
    return [
        [float(cell or 0) for cell in cells[:end]]
        for (_, *cells), end in zip(parts, ends, strict=True)
    ]


@pytest.mark.parametrize(
    ("definition", "published"),
    [
        (AdiDefinition.FIRST_PERIOD, (5, 2203, 5, 431, 30)),
        (AdiDefinition.PERIODS_PER_DEMAND, (2, 2206, 1, 435, 30)),
        (AdiDefinition.GAPS_ONLY, (31, 2177, 12, 424, 30)),
        (AdiDefinition.LEADING_ZEROS_TRIMMED, (16, 2192, 8, 428, 30)),
    ],
)
def test_car_parts_of_hyndman_2008_have_the_published_classes(
    carparts: list[list[float]], definition: AdiDefinition, published: tuple[int, ...]
) -> None:
    measured = pl.DataFrame(profile(*carparts, adi_definition=definition))
    classes = (
        measured.select(classify(pl.col("adi_ratio"), pl.col("cv2_ratio"))).to_series().to_list()
    )
    names = ("smooth", "intermittent", "erratic", "lumpy", "undefined")
    assert len(classes) == 2674
    assert tuple(map(classes.count, names)) == published


@pytest.mark.parametrize(
    ("definition", "adi", "weeks"),
    [
        (AdiDefinition.FIRST_PERIOD, 6 / 3, 8),
        (AdiDefinition.PERIODS_PER_DEMAND, 8 / 3, 8),
        (AdiDefinition.GAPS_ONLY, 4 / 2, 7),
        (AdiDefinition.LEADING_ZEROS_TRIMMED, 7 / 3, 7),
    ],
)
def test_each_definition_counts_its_own_interval_and_history(
    definition: AdiDefinition, adi: float, weeks: int
) -> None:
    sizes = [0.0, 4, 0, 5, 0, 6, 0, 0]
    (row,) = profile(sizes, adi_definition=definition)
    assert row["adi_ratio"] == pytest.approx(adi, abs=1e-12)
    assert (row["history_weeks_count"], row["life_weeks_count"]) == (weeks, 7)
    assert (row["demand_weeks_count"], row["weeks_since_demand_count"]) == (3, 2)
    # Weeks before the first demand are zeros where they are history.
    counted = sizes[-weeks:]
    assert row["weekly_mean_units"] == pytest.approx(mean(counted))
    assert row["weekly_sd_units"] == pytest.approx(stdev(counted))


@pytest.mark.parametrize(
    ("definition", "adi"),
    [
        (AdiDefinition.FIRST_PERIOD, 5 / 3),
        (AdiDefinition.PERIODS_PER_DEMAND, 6 / 3),
        (AdiDefinition.GAPS_ONLY, 3 / 2),
        (AdiDefinition.LEADING_ZEROS_TRIMMED, 5 / 3),
    ],
)
def test_what_is_estimated_counts_in_means_and_in_no_interval(
    definition: AdiDefinition, adi: float
) -> None:
    """Week 4 of eight was out of stock and so was the last one."""
    demand = rows([0, 4, 0, 9, 5, 6, 0, 9]).with_columns(is_estimated=pl.col("size") == 9)
    measured = demand_profile(
        demand, np.array([8]), half_life_weeks=26, adi_definition=definition
    ).row(0, named=True)
    assert measured["adi_ratio"] == pytest.approx(adi)
    assert measured["cv2_ratio"] == pytest.approx((1 / 5) ** 2)
    assert measured["demand_weeks_count"] == 3
    assert measured["weekly_mean_units"] == pytest.approx(33 / measured["history_weeks_count"])


def test_leading_zeros_are_no_history() -> None:
    late, early = profile([0, 0, 0, 3, 0, 5, 1], [3, 0, 5, 1, 0, 0, 0])
    (other,) = profile([3, 0, 5, 1])
    measures = ("adi_ratio", "cv2_ratio", "weekly_mean_units", "weekly_sd_units")
    assert [late[m] for m in measures] == [other[m] for m in measures]
    assert early["weekly_mean_units"] != late["weekly_mean_units"]


@given(
    st.lists(
        st.decimals(0, 999, places=2).map(float) | st.just(0.0), min_size=2, max_size=30
    ).filter(lambda sizes: sizes[0] > 0)
)
def test_a_sparse_profile_equals_dense_arithmetic(sizes: list[float]) -> None:
    (row,) = profile(sizes)
    demands = [size for size in sizes if size]
    assert row["weekly_mean_units"] == pytest.approx(mean(sizes), rel=1e-12, abs=1e-11)
    assert row["weekly_sd_units"] == pytest.approx(stdev(sizes), rel=1e-9, abs=1e-9)
    assert row["weekly_cv_ratio"] == pytest.approx(stdev(sizes) / mean(sizes), rel=1e-9, abs=1e-9)
    if len(demands) > 1:
        expected = (stdev(demands) / mean(demands)) ** 2
        assert row["cv2_ratio"] == pytest.approx(expected, rel=1e-9, abs=1e-11)


@given(st.randoms(use_true_random=False), st.sampled_from(AdiDefinition))
@settings(max_examples=20)
def test_the_order_of_rows_changes_nothing(random: Random, definition: AdiDefinition) -> None:
    demand = rows([0.1, 0, 0.2, 0.3, 7], [0, 3, 3, 0, 0], [1, 1, 1, 1, 1])
    shuffled = demand.sample(fraction=1, shuffle=True, seed=random.randrange(1000))
    options: dict[str, Any] = {"half_life_weeks": 26, "adi_definition": definition}
    periods = np.array([5, 5, 5])
    assert demand_profile(demand, periods, **options).equals(
        demand_profile(shuffled, periods, **options)
    )


def test_equal_sizes_have_no_variation_at_all() -> None:
    (row,) = profile([0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1])
    assert (row["cv2_ratio"], row["weekly_sd_units"]) == (0.0, 0.0)


@pytest.mark.parametrize("definition", AdiDefinition)
def test_a_series_without_demand_is_undefined_and_never_nan(definition: AdiDefinition) -> None:
    _, row = profile([2, 0, 3], [0, 0, 0], adi_definition=definition)
    assert row["history_weeks_count"] == (3 if definition.counts_from_the_start else 0)
    assert row["demand_weeks_count"] == 0
    assert row["weeks_since_demand_count"] is row["adi_ratio"] is row["weekly_cv_ratio"] is None
    assert not any(isinstance(value, float) and math.isnan(value) for value in row.values())


def test_one_demand_has_no_squared_variation() -> None:
    (row,) = profile([0, 5, 0, 0])
    assert row["cv2_ratio"] is None
    assert row["adi_ratio"] == 3.0


def test_without_any_demand_every_series_still_has_a_row() -> None:
    assert [row["history_weeks_count"] for row in profile([0], [0])] == [0, 0]
