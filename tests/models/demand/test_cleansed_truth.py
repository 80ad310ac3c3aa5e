"""Cleansed demand of the demo's company, beside what is true of it."""

from __future__ import annotations

from datetime import date

import numpy as np
import polars as pl
import pytest

from data.generator.plan import Plan
from models.demand.classes import classify
from models.demand.cleansing import cleansing
from models.demand.profile import demand_profile
from tests.models.demand.planted_company import Company, trade

FIRST = date(2023, 6, 26)
TWO_YEARS = 104


@pytest.fixture(scope="module", params=[7, 19])
def company(request: pytest.FixtureRequest) -> Company:
    return trade(Plan(seed=request.param))


@pytest.fixture(scope="module")
def adjusted(company: Company) -> pl.DataFrame:
    return cleansing(company.touched)


def planted(adjusted: pl.DataFrame, values: np.ndarray) -> np.ndarray:
    """Return values of shape (item, week) at the weeks that were adjusted."""
    return np.asarray(values[adjusted["series"].to_numpy(), adjusted["week"].to_numpy()])


def test_planted_uplift_is_recovered_within_a_tenth(
    company: Company, adjusted: pl.DataFrame
) -> None:
    truth = planted(adjusted, company.asked - company.usual)
    found = adjusted["promotion_units"].to_numpy()
    assert (truth > 0).sum() > 500
    assert found[found > 0].sum() == pytest.approx(truth[truth > 0].sum(), rel=0.1)
    assert found[found < 0].sum() == pytest.approx(truth[truth < 0].sum(), rel=0.25)
    assert found.sum() == pytest.approx((company.asked - company.usual).sum(), rel=0.1)


def test_lost_sales_are_recovered_within_a_tenth(company: Company, adjusted: pl.DataFrame) -> None:
    lost = company.asked - company.sold
    assert lost.sum() > 100_000
    assert adjusted["lost_units"].sum() == pytest.approx(lost.sum(), rel=0.1)
    assert (adjusted["lost_units"] >= 0).all()


def test_the_demand_class_is_right_of_nearly_all_items_with_two_years_of_history(
    company: Company, adjusted: pl.DataFrame
) -> None:
    weeks = company.touched.demand.join(
        adjusted.select("series", "week", "promotion_units", "lost_units"),
        on=["series", "week"],
        how="full",
        coalesce=True,
    ).with_columns(pl.col("units", "promotion_units", "lost_units").fill_null(0.0))
    newest = company.sold.shape[1] - 1
    demand = weeks.select(
        "series",
        week=pl.col("week") - newest,
        size=pl.col("units") - pl.col("promotion_units") + pl.col("lost_units"),
        is_estimated=(pl.col("units") <= 0) & (pl.col("lost_units") > 0),
    ).filter(pl.col("size") > 0)
    periods = np.full(company.sold.shape[0], newest + 1)
    truth = company.items.select(pl.col("item").alias("series"), "demand_class")
    profile = demand_profile(demand, periods, half_life_weeks=26).with_row_index("series")
    known = (
        profile.with_columns(pl.col("series").cast(truth["series"].dtype))
        .join(truth, on="series")
        .filter(pl.col("history_weeks_count") >= TWO_YEARS)
    )
    found_class = classify(pl.col("adi_ratio"), pl.col("cv2_ratio"))
    assert known.height > 2_000
    right = known.select((found_class == pl.col("demand_class")).mean()).item()
    assert right >= 0.95
