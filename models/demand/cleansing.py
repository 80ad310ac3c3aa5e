"""Demand cleansed: what promotions added or took away, and what was lost for want of stock.

Only series that a promotion touches or whose stock ran out come here; all others are what they are.
Weeks are counted from any common origin. Nothing here looks at weeks that it is not given, so that
what is known on a date is cleansed by what was known on that date.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from models.demand.censoring import Weeks, excess, fitted
from models.demand.promotions import WEEK, promotion_factors

UNITS = 4  # decimals of quantities
ADJUSTMENTS = pl.Schema(
    {
        "series": pl.Int64,
        "week": pl.Int64,
        "promotion_units": pl.Float64,
        "lost_units": pl.Float64,
        "promotion_factor_ratio": pl.Float64,
        "promotion_estimator": pl.String,
        "lost_estimator": pl.String,
    }
)


@dataclass(frozen=True, kw_only=True)
class Touched:
    """What is known of series that need cleansing; series and weeks are whole numbers.

    demand        series, week, units: demand without one-offs, less returns; a row at most a week
    lives         series, first_week, last_week: a week between them without a row had no demand
    promotions    series, week, promotion_id, promotion_kind, promotion_phase (before, during,
                  after), weeks_apart, share (of the week's days); a row at most a week
    stock_outs    series, week: all that could be sold was; a row at most a week
    """

    demand: pl.DataFrame
    lives: pl.DataFrame
    promotions: pl.DataFrame
    stock_outs: pl.DataFrame


def cleansing(touched: Touched) -> pl.DataFrame:
    """Return a row with ADJUSTMENTS for each week that is touched, by series and week.

    With f the factor of the promotion and s the units sold, the week lost f E[X - s/f | X >= s/f]
    for want of stock, never less than nothing. The promotion added (s + lost) (1 - 1/f): less than
    nothing before and after it. Returns that exceed what a week sold are no sale: s is 0.
    """
    demand, promotions, stock_outs = (
        _living(frame, touched.lives)
        for frame in (touched.demand, touched.promotions, touched.stock_outs)
    )
    factors = promotion_factors(demand, touched.lives, promotions, stock_outs)
    sold = demand.join(factors, on=WEEK, how="left").select(
        *WEEK,
        pl.col("units").clip(lower_bound=0.0),
        factor=pl.col("promotion_factor_ratio").fill_null(1.0),
    )
    rows = (
        promotions.select(WEEK)
        .join(stock_outs.select(WEEK), on=WEEK, how="full", coalesce=True)
        .join(factors, on=WEEK, how="left")
        .join(sold.select(*WEEK, "units"), on=WEEK, how="left")
        .join(_losses(sold, factors, touched.lives, stock_outs), on=WEEK, how="left")
        .with_columns(
            pl.col("units", "lost_units").fill_null(0.0),
            pl.col("promotion_factor_ratio").fill_null(1.0),
            pl.col("promotion_estimator", "lost_estimator").fill_null("none"),
        )
    )
    factor = pl.col("promotion_factor_ratio")
    added = (pl.col("units") + pl.col("lost_units")) * (1 - 1 / factor)
    return rows.select(
        *WEEK,
        promotion_units=added.round(UNITS),
        lost_units="lost_units",
        promotion_factor_ratio=factor.round(UNITS + 2),
        promotion_estimator="promotion_estimator",
        lost_estimator="lost_estimator",
    ).sort(WEEK)


def _living(frame: pl.DataFrame, lives: pl.DataFrame) -> pl.DataFrame:
    """Keep the weeks within the life of their series."""
    columns = frame.columns
    return (
        frame.join(lives, on="series", how="inner")
        .filter(pl.col("week").is_between("first_week", "last_week"))
        .select(columns)
        .sort(WEEK)
    )


def _losses(
    sold: pl.DataFrame, factors: pl.DataFrame, lives: pl.DataFrame, stock_outs: pl.DataFrame
) -> pl.DataFrame:
    """Return series, week, lost_units and lost_estimator of weeks that ran out of stock."""
    series = (
        stock_outs.group_by("series")
        .agg(out_count=pl.len())
        .sort("series")
        .join(lives, on="series", how="left", maintain_order="left")
        .with_row_index("row")
        .with_columns(
            pl.col("row").cast(pl.Int64),
            seen_weeks=pl.col("last_week") - pl.col("first_week") + 1 - pl.col("out_count"),
        )
    )
    rows = series.select("series", "row")
    short = (
        stock_outs.select(WEEK)
        .join(rows, on="series", how="inner")
        .join(sold.select(*WEEK, "units"), on=WEEK, how="left")
        .join(factors.select(*WEEK, factor="promotion_factor_ratio"), on=WEEK, how="left")
        .with_columns(pl.col("units").fill_null(0.0), pl.col("factor").fill_null(1.0))
        .sort(WEEK)
    )
    seen = (
        sold.filter(pl.col("units") > 0)
        .join(stock_outs.select(WEEK), on=WEEK, how="anti")
        .join(rows, on="series", how="inner")
        .sort(WEEK)
    )
    empty = _usual(short)
    model = fitted(_usual(seen), empty, series["seen_weeks"].to_numpy().astype(np.int64))
    lost = pl.Series(excess(model, empty) * short["factor"].to_numpy()).fill_nan(None)
    return short.select(*WEEK, lost_units=lost.round(UNITS)).with_columns(
        lost_estimator=pl.when(pl.col("lost_units").is_not_null()).then(pl.lit("censored gamma"))
    )


def _usual(weeks: pl.DataFrame) -> Weeks:
    """Return weeks with the units that would have been sold without promotion."""
    units = (weeks["units"] / weeks["factor"]).to_numpy()
    return Weeks(series=weeks["row"].to_numpy(), units=units)
