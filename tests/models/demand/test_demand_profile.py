"""Demand profiles against published counts, dense arithmetic and theory."""

from __future__ import annotations

import csv
import math
from datetime import date, timedelta
from pathlib import Path
from random import Random
from statistics import mean, stdev
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.demand.profile import UNIT_KEYS, classify, demand_profile
from models.demand.regularity import AdiDefinition, cv2, intervals, summarise

CARPARTS = Path(__file__).parents[4] / "shared" / "data" / "carparts" / "carparts.csv"
FIRST_MONDAY = date(2024, 1, 1)


def weekly(*series: list[float]) -> pl.DataFrame:
    """One product per series, named a, b, …; zeros are left out, as in the weekly fact."""
    rows = [
        ("abcdefgh"[number], "s", FIRST_MONDAY + timedelta(weeks=week), str(size))
        for number, sizes in enumerate(series)
        for week, size in enumerate(sizes)
        if size
    ]
    schema = {
        "product_id": pl.String,
        "site_id": pl.String,
        "week_start_date": pl.Date,
        "demand_units": pl.String,
    }
    frame = pl.DataFrame(rows, schema=schema, orient="row")
    return frame.with_columns(pl.col("demand_units").cast(pl.Decimal(18, 4)))


def units(*products: str) -> pl.DataFrame:
    return pl.DataFrame({"product_id": products, "site_id": ["s"] * len(products)})


def profile(*series: list[float], **options: Any) -> list[dict[str, Any]]:
    last_week = FIRST_MONDAY + timedelta(weeks=len(series[0]) - 1)
    options = {"last_week": last_week, "first_week": FIRST_MONDAY, **options}
    names = "abcdefgh"[: len(series)]
    return demand_profile(weekly(*series), units(*names), **options).to_dicts()


@pytest.fixture(scope="module")
def carparts() -> tuple[pl.LazyFrame, pl.LazyFrame]:
    """Demands and extents of the monthly series; a series ends with its last observed month."""
    if not CARPARTS.exists():
        pytest.skip("the car parts series are not beside this repository")
    with CARPARTS.open(newline="") as file:
        _, *rows = csv.reader(file)
    demands = [
        (item, period, float(cell))
        for item, *cells in rows
        for period, cell in enumerate(cells, start=1)
        if cell and float(cell)
    ]
    extents = [(item, max(n for n, c in enumerate(cells, start=1) if c)) for item, *cells in rows]
    return (
        pl.LazyFrame(demands, schema=["item", "period", "size"], orient="row"),
        pl.LazyFrame(extents, schema=["item", "period_count"], orient="row"),
    )


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
    carparts: tuple[pl.LazyFrame, pl.LazyFrame],
    definition: AdiDefinition,
    published: tuple[int, ...],
) -> None:
    demands, extents = carparts
    classes = (
        summarise(demands, extents, keys=["item"])
        .select(syntetos_boylan=classify(intervals(definition), cv2()))
        .collect()
        .to_series()
        .to_list()
    )
    names = ("smooth", "intermittent", "erratic", "lumpy", "undefined")
    assert len(classes) == 2674
    assert tuple(map(classes.count, names)) == published


@pytest.mark.parametrize(
    ("definition", "adi"),
    [
        (AdiDefinition.FIRST_PERIOD, 6 / 3),
        (AdiDefinition.PERIODS_PER_DEMAND, 8 / 3),
        (AdiDefinition.GAPS_ONLY, 4 / 2),
        (AdiDefinition.LEADING_ZEROS_TRIMMED, 7 / 3),
    ],
)
def test_each_definition_counts_its_own_interval(definition: AdiDefinition, adi: float) -> None:
    (row,) = profile([0, 4, 0, 5, 0, 6, 0, 0], adi_definition=definition)
    assert row["adi_ratio"] == pytest.approx(adi, abs=1e-12)
    assert row["adi_definition"] == definition.value


def test_a_profile_tells_when_demand_came() -> None:
    (row,) = profile([0, 4, 0, 5, 0, 6, 0, 0])
    assert row["first_demand_week_date"] == date(2024, 1, 8)
    assert row["last_demand_week_date"] == date(2024, 2, 5)
    assert row["history_weeks_count"] == 7
    assert row["demand_weeks_count"] == 3
    assert row["weeks_since_demand_count"] == 2
    assert row["months_of_history"] == pytest.approx(49 / 30.436875)


def test_leading_zeros_are_no_history() -> None:
    late, early = profile([0, 0, 0, 3, 0, 5, 1], [3, 0, 5, 1, 0, 0, 0])
    other = profile([3, 0, 5, 1])[0]
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
    demand = weekly([0.1, 0, 0.2, 0.3, 7], [0, 3, 3, 0, 0], [1, 1, 1, 1, 1])
    shuffled = demand.sample(fraction=1, shuffle=True, seed=random.randrange(1000))
    options: dict[str, Any] = {"last_week": date(2024, 1, 29), "adi_definition": definition}
    first = demand_profile(demand, units("a", "b", "c"), **options)
    assert first.equals(demand_profile(shuffled, units("c", "a", "b"), **options))


def test_equal_sizes_have_no_variation_at_all() -> None:
    (row,) = profile([0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1])
    assert (row["cv2_ratio"], row["weekly_sd_units"]) == (0.0, 0.0)
    assert (row["syntetos_boylan_class"], row["xyz_class"]) == ("smooth", "X")


@pytest.mark.parametrize("definition", AdiDefinition)
def test_a_unit_without_demand_is_undefined_and_never_nan(definition: AdiDefinition) -> None:
    options: dict[str, Any] = {"last_week": date(2024, 2, 5), "adi_definition": definition}
    frame = demand_profile(weekly([2, 0, 3]), units("a", "never"), **options)
    row = frame.row(1, named=True)
    assert (row["product_id"], row["demand_weeks_count"]) == ("never", 0)
    assert (row["syntetos_boylan_class"], row["xyz_class"]) == ("undefined", "undefined")
    assert row["adi_ratio"] is None
    assert row["months_of_history"] == 0
    assert row["weekly_cv_ratio"] is None
    floats = frame.select(pl.col(pl.Float64))
    assert not any(math.isnan(value) for row in floats.rows() for value in row if value is not None)


def test_one_demand_has_no_squared_variation() -> None:
    (row,) = profile([0, 5, 0, 0])
    assert row["cv2_ratio"] is None
    assert row["syntetos_boylan_class"] == "undefined"
    assert row["adi_ratio"] == 3.0


def test_without_any_demand_every_unit_still_has_a_row() -> None:
    frame = demand_profile(weekly(), units("a", "b"), last_week=FIRST_MONDAY)
    assert frame.select(UNIT_KEYS).rows() == [("a", "s"), ("b", "s")]
    assert frame["history_weeks_count"].to_list() == [0, 0]


def test_weeks_outside_the_range_are_not_read() -> None:
    demand = weekly([5, 0, 2, 4, 9])
    inside = demand_profile(
        demand, units("a"), first_week=date(2024, 1, 8), last_week=date(2024, 1, 22)
    )
    assert inside["demand_weeks_count"].to_list() == [2]
    assert inside["first_demand_week_date"].to_list() == [date(2024, 1, 15)]


def test_weeks_that_start_on_another_weekday_are_refused() -> None:
    with pytest.raises(ValueError, match="2024-01-01 does not start on the weekday"):
        demand_profile(weekly([1]), units("a"), last_week=date(2024, 1, 2))
