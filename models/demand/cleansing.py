"""Demand cleansed: what promotions added or took away, and what was lost for want of stock.

Only series that a promotion touches or whose stock ran out come here; all others are what they are.
Weeks are counted from any common origin. Nothing here looks at weeks that it is not given, so that
what is known on a date is cleansed by what was known on that date.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from models.demand.censoring import Moments, Weeks, excess, fitted
from models.demand.promotions import ESTIMATORS, Factors, promotion_factors
from models.demand.undisturbed import Disturbed, Lives, Surroundings, surroundings

Matrix = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]

UNITS = 4  # decimals of quantities
LOST_ESTIMATORS = ("none", "censored gamma")
ADJUSTMENTS = pl.Schema(
    {
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

    demand    series, week, units: demand without one-offs, less returns; in any order
    lives     series (0, 1, …, all of them), first_week, last_week: a week between them without a
              row had no demand; a series that has not lived has null, or ends before it begins
    weeks     series, week, promotion_id, promotion_kind, promotion_phase (before, during, after),
              weeks_apart, share (of the week's days), is_short (all that could be sold was); sorted
              by series and week, null without a promotion; other columns are left as they are
    """

    demand: pl.DataFrame
    lives: pl.DataFrame
    weeks: pl.DataFrame


@dataclass(frozen=True, kw_only=True)
class _Marked:
    """Touched weeks as arrays of one length; promoted and short are weeks of a life alone."""

    series: Ints
    week: Ints
    is_living: Mask
    is_promoted: Mask
    is_short: Mask


def cleansing(touched: Touched, *, threads: int = 1) -> pl.DataFrame:
    """Return the touched weeks with ADJUSTMENTS, without those that neither lived nor have a row.

    With f the factor of the promotion and s the units sold, the week lost f E[X - s/f | X >= s/f]
    for want of stock, never less than nothing. The promotion added (s + lost) (1 - 1/f): less than
    nothing before and after it. Returns that exceed what a week sold are no sale: s is 0.
    """
    lives = Lives(
        first=touched.lives["first_week"].fill_null(1).to_numpy(),
        last=touched.lives["last_week"].fill_null(0).to_numpy(),
    )
    weeks = _marked(touched.weeks, lives)
    disturbed = Disturbed(series=weeks.series, week=weeks.week, is_measured=weeks.is_promoted)
    beside = surroundings(touched.demand, lives, disturbed, threads=threads)
    factors = _factors(touched.weeks, weeks, beside)
    sold = np.maximum(np.nan_to_num(beside.units), 0.0)
    lost = _lost(weeks, sold, factors.factor, beside.usual, lives).round(UNITS)
    added = (sold + np.nan_to_num(lost)) * (1 - 1 / factors.factor)
    has_row = ~np.isnan(beside.units)
    return touched.weeks.with_columns(
        promotion_units=added.round(UNITS),
        lost_units=np.nan_to_num(lost),
        promotion_factor_ratio=factors.factor.round(UNITS + 2),
        promotion_estimator=pl.Series(ESTIMATORS).gather(factors.estimator),
        lost_estimator=pl.Series(LOST_ESTIMATORS).gather((~np.isnan(lost)).astype(np.int8)),
    ).filter(weeks.is_living | has_row)


def _marked(weeks: pl.DataFrame, lives: Lives) -> _Marked:
    series, week = (weeks[name].to_numpy() for name in ("series", "week"))
    is_living = (lives.first[series] <= week) & (week <= lives.last[series])
    return _Marked(
        series=series,
        week=week,
        is_living=is_living,
        is_promoted=weeks["promotion_phase"].is_not_null().to_numpy() & is_living,
        is_short=weeks["is_short"].to_numpy() & is_living,
    )


def _factors(touched: pl.DataFrame, weeks: _Marked, beside: Surroundings) -> Factors:
    """Return the factor of each touched week; 1, on no estimate, without a promotion."""
    # What was sold in a week that ran out is not what was asked for.
    asked = np.where(weeks.is_short, np.nan, np.nan_to_num(beside.units))
    promoted = touched.filter(weeks.is_promoted)
    found = promotion_factors(promoted, asked[weeks.is_promoted], beside.level)
    every = Factors.none(touched.height)
    every.factor[weeks.is_promoted] = found.factor
    every.estimator[weeks.is_promoted] = found.estimator
    return every


def _lost(
    weeks: _Marked, sold: Matrix, factor: Matrix, undisturbed: Moments, lives: Lives
) -> Matrix:
    """Return what touched weeks lost for want of stock; NaN where they did not, or none can tell.

    Series are fitted to what would have been sold without promotion.
    """
    count, usual = len(lives.first), sold / factor
    enough = weeks.is_promoted & ~weeks.is_short & (sold > 0)
    seen = undisturbed + Moments.of(weeks.series[enough], usual[enough], count=count)
    short = Weeks(series=weeks.series[weeks.is_short], units=usual[weeks.is_short])
    lived = np.maximum(lives.last - lives.first + 1, 0)
    model = fitted(seen, short, lived - np.bincount(short.series, minlength=count))
    lost = np.full(len(sold), np.nan)
    lost[weeks.is_short] = excess(model, short) * factor[weeks.is_short]
    return lost
