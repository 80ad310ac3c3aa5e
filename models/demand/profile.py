"""How demand behaves: how often it comes, how even it is, and the classes that follow.

A *series* has a number of periods, of which some hold demand; only those are kept, a period
without a row holds none. ADI is the average interval between demands, in periods. CV² is the
squared coefficient of variation of the sizes of demands, by the sample variance (n - 1). What is
undefined is null, never NaN: ADI without demand (by gaps: below two), CV² below two demands.

ADI has four definitions in use, and the counts of classes depend on which one is meant: see
`AdiDefinition`. A series ends where observation ends: periods missing at its end, which is not
the same as zero, are no periods of it.
"""

from collections.abc import Sequence
from datetime import date, timedelta
from enum import StrEnum

import polars as pl

ADI_CUT = 1.32  # Syntetos, Boylan & Croston (2005), J. Oper. Res. Soc. 56, 495-503
CV2_CUT = 0.49  # the same
XYZ_CUTS = (0.5, 1.0)  # weekly coefficient of variation: X up to the first, Y up to the second

UNIT_KEYS = ("product_id", "site_id")
WEEK = timedelta(weeks=1)
DAYS_PER_MONTH = 365.2425 / 12
TEN_THOUSANDTHS = 10_000  # quantities are kept with four decimals
PUBLISHED_DECIMALS = 12  # of a published float


class AdiDefinition(StrEnum):
    """What the average demand interval of a series of T periods with n demands is.

    Periods count from 1; f and l are the periods of the first and of the last demand.
    """

    FIRST_PERIOD = "first_period"  # l / n: the first interval runs from the start of the series
    PERIODS_PER_DEMAND = "periods_per_demand"  # T / n
    GAPS_ONLY = "gaps_only"  # (l - f) / (n - 1): only intervals between two demands
    LEADING_ZEROS_TRIMMED = "leading_zeros_trimmed"  # (T - f + 1) / n: life begins with demand


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
    unit and week; weeks without positive demand may be absent. Only weeks from `first_week` (the
    earliest in `demand`, unless given) to `last_week`, the last complete one, are read. History
    runs from a unit's first demand, or from `first_week` where the definition counts from the
    start of the series (first_period, periods_per_demand), to `last_week`. Means and deviations
    are per week of history, zeros included. A unit without demand has counts and months of 0
    (weeks of history as the definition says), undefined classes and null ratios. Raises
    ValueError if weeks do not start on the weekday of `last_week`.
    """
    weeks = demand.lazy().filter(pl.col("demand_units") > 0, pl.col("week_start_date") <= last_week)
    _check_weekdays(weeks, last_week)
    origin = first_week or _earliest(weeks) or last_week + WEEK
    demands = weeks.filter(pl.col("week_start_date") >= origin).select(
        *UNIT_KEYS,
        period=(pl.col("week_start_date") - origin).dt.total_days() // WEEK.days + 1,
        size=pl.col("demand_units"),
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


def summarise(demands: pl.LazyFrame, extents: pl.LazyFrame, *, keys: Sequence[str]) -> pl.LazyFrame:
    """Summarise series: one row for each row of `extents`, also those without demand.

    `demands` holds keys, `period` (from 1) and `size` (above 0, four decimals); `extents` holds
    keys and `period_count`. Adds demand_count, first_period, last_period, and the sums of sizes
    and of their squares. The sums are whole numbers of ten-thousandths: exact, so that no order
    of rows and no number of threads changes a bit of what follows.
    """
    whole = (pl.col("size").cast(pl.Decimal(38, 4)) * TEN_THOUSANDTHS).cast(pl.Int128)
    sums = (
        demands.with_columns(_whole=whole)
        .with_columns(_square=pl.col("_whole") * pl.col("_whole"))
        .group_by(keys)
        .agg(
            demand_count=pl.len().cast(pl.Int64),
            first_period=pl.col("period").min().cast(pl.Int64),
            last_period=pl.col("period").max().cast(pl.Int64),
            size_sum=pl.col("_whole").sum(),
            square_sum=pl.col("_square").sum(),
        )
    )
    return extents.join(sums, on=list(keys), how="left").with_columns(
        pl.col("demand_count", "size_sum", "square_sum").fill_null(0)
    )


def intervals(definition: AdiDefinition) -> pl.Expr:
    """ADI in periods, of a frame that `summarise` gives."""
    count, total = pl.col("demand_count"), pl.col("period_count")
    first, last = pl.col("first_period"), pl.col("last_period")
    match definition:
        case AdiDefinition.FIRST_PERIOD:
            return _ratio(last, count)
        case AdiDefinition.PERIODS_PER_DEMAND:
            return _ratio(total, count)
        case AdiDefinition.GAPS_ONLY:
            return _ratio(last - first, count - 1)
        case AdiDefinition.LEADING_ZEROS_TRIMMED:
            return _ratio(total - first + 1, count)


def mean(count: str) -> pl.Expr:
    """Mean size per demand (`demand_count`) or per period (`period_count`), in units."""
    return _ratio(pl.col("size_sum").cast(pl.Float64), pl.col(count)) / TEN_THOUSANDTHS


def sd(count: str) -> pl.Expr:
    """Sample standard deviation over demands or over all periods, in units; null below two."""
    return _ratio(_spread(count), pl.col(count) * (pl.col(count) - 1)).sqrt() / TEN_THOUSANDTHS


def cv2(count: str = "demand_count") -> pl.Expr:
    """Squared coefficient of variation over demands, or over all periods; null below two."""
    square = pl.col("size_sum").cast(pl.Float64) ** 2
    return _ratio(_spread(count), square) * _ratio(pl.col(count), pl.col(count) - 1)


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


def _spread(count: str) -> pl.Expr:
    """Count times the sum of squares, less the square of the sum: exact until the last cast."""
    n = pl.col(count).cast(pl.Int128)
    return (n * pl.col("square_sum") - pl.col("size_sum") * pl.col("size_sum")).cast(pl.Float64)


def _ratio(numerator: pl.Expr, denominator: pl.Expr) -> pl.Expr:
    """A ratio that is null, not NaN or infinite, where the denominator is not positive."""
    return pl.when(denominator > 0).then(numerator / denominator)


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
