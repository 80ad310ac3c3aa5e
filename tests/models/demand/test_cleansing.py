"""Cleansed weeks: parts that add up, whatever the demand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.demand.cleansing import ADJUSTMENTS, Touched, cleansing
from tests.models.demand.planted_company import touched_weeks

WEEKS = 60
PROMOTION = {
    "series": pl.Int64,
    "week": pl.Int64,
    "promotion_id": pl.String,
    "promotion_kind": pl.String,
    "promotion_phase": pl.String,
    "weeks_apart": pl.Int64,
    "share": pl.Float64,
}


def touched(
    units: np.ndarray, promoted: dict[int, list[int]], short: dict[int, list[int]]
) -> Touched:
    """Lay out series (series, week) with the weeks in which each is promoted, and short."""
    series, week = np.nonzero(units)
    rows = [
        (one, now + apart, f"e{one}-{now}", "price", phase, abs(apart), 1.0)
        for one, starts in promoted.items()
        for now in starts
        for apart, phase in ((-1, "before"), (0, "during"), (1, "after"))
    ]
    return Touched(
        demand=pl.DataFrame({"series": series, "week": week, "units": units[series, week]}),
        lives=pl.DataFrame(
            {"series": range(len(units)), "first_week": 0, "last_week": units.shape[1] - 1},
            schema=dict.fromkeys(("series", "first_week", "last_week"), pl.Int64),
        ),
        weeks=touched_weeks(
            pl.DataFrame(rows, schema=PROMOTION, orient="row"),
            pl.DataFrame(
                [(one, now) for one, weeks in short.items() for now in weeks],
                schema={"series": pl.Int64, "week": pl.Int64},
                orient="row",
            ),
        ),
    )


def test_a_planted_uplift_and_its_dips_are_taken_out() -> None:
    random = np.random.default_rng(3)
    usual = np.rint(random.gamma(8.0, 12.5, (80, WEEKS)))
    asked, starts = usual.copy(), {one: [20 + one % 20] for one in range(80)}
    for one, (start,) in starts.items():
        asked[one, start - 1 : start + 2] = np.rint(
            usual[one, start - 1 : start + 2] * [0.8, random.uniform(1.5, 2.5), 0.7]
        )
    found = cleansing(touched(asked, starts, {}))
    columns = found.select("series", "week", "promotion_units")
    by_week = {(one, week): units for one, week, units in columns.iter_rows()}
    for apart in (-1, 0, 1):
        planted = sum((asked - usual)[one, start + apart] for one, (start,) in starts.items())
        taken = sum(by_week[one, start + apart] for one, (start,) in starts.items())
        assert taken == pytest.approx(planted, rel=0.2 if apart else 0.1)
    assert set(found["promotion_estimator"]) == {"event", "distance"}


def test_a_promotion_that_did_nothing_takes_nothing_out() -> None:
    usual = np.rint(np.random.default_rng(4).gamma(8.0, 12.5, (20, WEEKS)))
    found = cleansing(touched(usual, {one: [30] for one in range(20)}, {}))
    assert found["promotion_units"].abs().sum() == 0
    assert set(found["promotion_factor_ratio"]) == {1.0}


def test_a_promotion_before_anything_is_known_has_the_factor_of_its_kind() -> None:
    usual = np.full((20, WEEKS), 100.0)
    usual[:, 30] = 200.0
    known = touched(usual, {one: [30] for one in range(1, 20)} | {0: [2]}, {})
    is_first = pl.col("series") == 0
    short_life = known.lives.with_columns(last_week=pl.when(is_first).then(5).otherwise(WEEKS - 1))
    found = cleansing(replace(known, lives=short_life))
    week = found.row(by_predicate=is_first & (pl.col("week") == 2), named=True)
    assert week["promotion_estimator"] == "kind"
    assert week["promotion_units"] == pytest.approx(50, abs=0.1)


def test_demand_of_a_promotion_that_ran_out_is_measured_against_its_own_uplift() -> None:
    random = np.random.default_rng(5)
    usual = random.gamma(20.0, 5.0, (60, WEEKS))
    usual[:, 30] *= 2
    sold = usual.copy()
    sold[0, 30] = 0.0
    found = cleansing(touched(sold, {one: [30] for one in range(60)}, {0: [30]}))
    week = found.row(by_predicate=(pl.col("series") == 0) & (pl.col("week") == 30), named=True)
    assert week["lost_units"] == pytest.approx(200, rel=0.15)
    assert week["promotion_units"] == pytest.approx(100, rel=0.15)


def test_nothing_touched_is_nothing_adjusted() -> None:
    found = cleansing(touched(np.ones((1, WEEKS)), {}, {}))
    assert found.is_empty()
    assert found.schema.items() >= ADJUSTMENTS.items()


def test_what_a_series_lost_depends_on_no_other_and_not_on_the_order_of_rows() -> None:
    """Beside it others are promoted, or begin long before it."""
    random = np.random.default_rng(6)
    usual = np.rint(random.gamma(2.0, 20.0, (40, WEEKS)) * (random.random((40, WEEKS)) < 0.6))
    short = {one: [10 + one % 7, 30, 31] for one in range(0, 40, 2)}
    promoted = {one: [20 + one % 9] for one in range(1, 40, 2)}
    together = touched(usual, promoted, short)
    earlier = together.demand.with_columns(
        week=pl.col("week") - pl.when(pl.col("series") == 1).then(300).otherwise(0)
    )
    rows = earlier.sample(fraction=1, shuffle=True, seed=1)
    found = cleansing(replace(together, demand=rows)).filter("is_short")
    for one in short:
        alone = cleansing(touched(usual[[one]], {}, {0: short[one]}))
        columns = ("week", *ADJUSTMENTS)
        assert found.filter(series=one).select(columns).equals(alone.select(columns))


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_whatever_the_demand_each_number_is_one_and_losses_go_upward(data: st.DataObject) -> None:
    """Returns beyond sales, no demand, one sale, all equal, all weeks promoted or short."""
    size = st.sampled_from([0.0, -3.0, 1.0, 1.0, 7.0, 1e6])
    rows = data.draw(st.lists(st.lists(size, min_size=12, max_size=12), min_size=1, max_size=4))
    week = st.lists(st.integers(1, 10), max_size=3, unique=True)
    promoted = {one: data.draw(week) for one in range(len(rows))}
    promoted = {one: [w for w in weeks if w % 3 == 1] for one, weeks in promoted.items()}
    short = {one: data.draw(week) for one in range(len(rows))}
    units = np.array(rows)
    known = touched(units, promoted, short)
    found = cleansing(known)
    numbers = found.select("promotion_units", "lost_units", "promotion_factor_ratio")
    assert not any(column.is_nan().any() or column.null_count() for column in numbers)
    assert numbers.select(pl.all().is_finite().all()).row(0) == (True, True, True)
    assert (found["lost_units"] >= 0).all()
    assert (found["promotion_factor_ratio"] > 0).all()
    assert found.select("series", "week").is_unique().all()
    assert cleansing(known).equals(found)
