"""How demand behaves: how often it comes, how even it is, and the classes that follow."""

from datetime import date, timedelta

import polars as pl

from models.demand.regularity import (
    AdiDefinition,
    cv2,
    intervals,
    is_estimated,
    mean,
    sd,
    summarise,
)

ADI_CUT = 1.32  # Syntetos, Boylan & Croston (2005), J. Oper. Res. Soc. 56, 495-503
CV2_CUT = 0.49  # the same
XYZ_CUTS = (0.5, 1.0)  # weekly coefficient of variation: X up to the first, Y up to the second

UNIT_KEYS = ("product_id", "site_id")
WEEK = timedelta(weeks=1)
DAYS_PER_MONTH = 365.2425 / 12
PUBLISHED_DECIMALS = 12  # of a published float


def demand_profile(
    demand: pl.LazyFrame | pl.DataFrame,
    units: pl.LazyFrame | pl.DataFrame,
    *,
    last_week: date,
    first_week: date | None = None,
    adi_definition: AdiDefinition = AdiDefinition.LEADING_ZEROS_TRIMMED,
    xyz_cuts: tuple[float, float] = XYZ_CUTS,
) -> pl.DataFrame:
    """Profile weekly demand: one row per product and site of `units`, ordered by them.

    `demand` holds product_id, site_id, week_start_date and demand_units, one row at most for a
    unit and week, and may hold is_estimated; weeks without positive demand may be absent. Only
    weeks from `first_week` (the earliest there, unless given) to `last_week` are read. History
    runs from a unit's first demand, or from `first_week` where the definition counts from the
    start of the series, to `last_week`. Means and deviations are per week of history, zeros
    included. A unit without demand has counts of 0, undefined classes and null ratios. Raises
    ValueError if weeks do not start on the weekday of `last_week`.
    """
    weeks = demand.lazy().filter(pl.col("demand_units") > 0, pl.col("week_start_date") <= last_week)
    _check_weekdays(weeks, last_week)
    origin = first_week or _earliest(weeks) or last_week + WEEK
    demands = weeks.filter(pl.col("week_start_date") >= origin).select(
        *UNIT_KEYS,
        period=(pl.col("week_start_date") - origin).dt.total_days() // WEEK.days + 1,
        size=pl.col("demand_units"),
        is_estimated=is_estimated(weeks),
    )
    week_count = pl.lit((last_week - origin) // WEEK + 1, dtype=pl.Int64)
    return (
        summarise(demands, units.lazy().select(*UNIT_KEYS, period_count=week_count), keys=UNIT_KEYS)
        .with_columns(history_weeks_count=_history(adi_definition))
        .select(*UNIT_KEYS, *_measures(origin, adi_definition))
        .with_columns(
            syntetos_boylan_class=classify(pl.col("adi_ratio"), pl.col("cv2_ratio")),
            xyz_class=xyz(pl.col("weekly_cv_ratio"), cuts=xyz_cuts),
        )
        .sort(UNIT_KEYS)
        .collect()
    )


def classify(
    adi: pl.Expr, cv2: pl.Expr, *, adi_cut: float = ADI_CUT, cv2_cut: float = CV2_CUT
) -> pl.Expr:
    """Syntetos-Boylan class; a ratio at its cut is on the upper side, a null one is undefined."""
    rare, uneven = adi >= adi_cut, cv2 >= cv2_cut
    return (
        pl.when(adi.is_null() | cv2.is_null())
        .then(pl.lit("undefined"))
        .when(rare & uneven)
        .then(pl.lit("lumpy"))
        .when(rare)
        .then(pl.lit("intermittent"))
        .when(uneven)
        .then(pl.lit("erratic"))
        .otherwise(pl.lit("smooth"))
    )


def kostenko_hyndman(adi: pl.Expr, cv2: pl.Expr, *, smoothing: float = 0.15) -> pl.Expr:
    """Which estimator has the smaller mean squared error in theory: 'croston', 'sba', or null.

    The curve of which the two cuts of `classify` are the box. SBA is the better one where
    v > (4 p (2 - p) - a (4 - a) - p (p - 1) (4 - a) (2 - a)) / (p (4 - a) (2 p - a)),
    with p the ADI, v the CV² and a the smoothing constant. It says nothing on other estimators.
    Source: Kostenko & Hyndman (2006), J. Oper. Res. Soc. 57, 1256-1257.
    """
    p, a = adi, smoothing
    numerator = 4 * p * (2 - p) - a * (4 - a) - p * (p - 1) * ((4 - a) * (2 - a))
    boundary = numerator / (p * (4 - a) * (2 * p - a))
    return (
        pl.when(adi.is_null() | cv2.is_null())
        .then(None)
        .when(cv2 > boundary)
        .then(pl.lit("sba"))
        .otherwise(pl.lit("croston"))
    )


def xyz(cv: pl.Expr, *, cuts: tuple[float, float] = XYZ_CUTS) -> pl.Expr:
    """X, Y or Z by the coefficient of variation of demand per period; null is undefined."""
    return (
        pl.when(cv.is_null())
        .then(pl.lit("undefined"))
        .when(cv <= cuts[0])
        .then(pl.lit("X"))
        .when(cv <= cuts[1])
        .then(pl.lit("Y"))
        .otherwise(pl.lit("Z"))
    )


def _check_weekdays(weeks: pl.LazyFrame, last_week: date) -> None:
    day = pl.col("week_start_date")
    wrong = weeks.filter(day.dt.weekday() != last_week.isoweekday()).select(day.min())
    if (week := wrong.collect().item()) is not None:
        raise ValueError(f"week {week} does not start on the weekday of {last_week}")


def _earliest(weeks: pl.LazyFrame) -> date | None:
    earliest: date | None = weeks.select(pl.col("week_start_date").min()).collect().item()
    return earliest


def _history(definition: AdiDefinition) -> pl.Expr:
    """Weeks from the start of the series, or from the first demand."""
    if definition in {AdiDefinition.FIRST_PERIOD, AdiDefinition.PERIODS_PER_DEMAND}:
        return pl.col("period_count")
    return (pl.col("period_count") - pl.col("first_period") + 1).fill_null(0)


def _measures(origin: date, definition: AdiDefinition) -> list[pl.Expr]:
    """The measured columns; floats as published, so that classes agree with what is published."""
    total, first, last = pl.col("period_count"), pl.col("first_period"), pl.col("last_period")
    history = "history_weeks_count"
    ratios = {
        "months_of_history": (total - first + 1).fill_null(0) * WEEK.days / DAYS_PER_MONTH,
        "adi_ratio": intervals(definition),
        "cv2_ratio": cv2(),
        "weekly_mean_units": mean(history),
        "weekly_sd_units": sd(history),
        "weekly_cv_ratio": cv2(history).sqrt(),
    }
    months, *others = (ratio.round(PUBLISHED_DECIMALS).alias(n) for n, ratio in ratios.items())
    return [
        pl.lit(definition.value).alias("adi_definition"),
        (pl.lit(origin) + (first - 1) * WEEK).alias("first_demand_week_date"),
        (pl.lit(origin) + (last - 1) * WEEK).alias("last_demand_week_date"),
        pl.col(history),
        pl.col("demand_count").alias("demand_weeks_count"),
        months,
        (total - last).alias("weeks_since_demand_count"),
        *others,
    ]
