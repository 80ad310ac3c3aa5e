"""How often demand comes and how even it is: intervals and sizes of many series at once.

A *series* has a number of periods, of which some hold demand; only those are kept, a period
without a row holds none. ADI is the average interval between demands, in periods. CV² is the
squared coefficient of variation of the sizes of demands, by the sample variance (n - 1). What is
undefined is null, never NaN: ADI without demand (by gaps: below two), CV² below two demands.

A period may be *estimated*: nothing was seen of it, since the shelf was empty, and its size is what
was to be expected. Means and deviations per period count it; intervals and sizes are of what was
seen, or an item that is rarely asked for would seem to be asked for in every week that it is out.

ADI has four definitions in use, and the counts of classes depend on which one is meant: see
`AdiDefinition`. A series ends where observation ends: periods missing at its end, which is not
the same as zero, are no periods of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

import polars as pl

TEN_THOUSANDTHS = 10_000  # quantities are kept with four decimals
COUNTS = (
    "demand_count",
    "size_sum",
    "square_sum",
    "estimated_count",
    "estimated_between",
    "estimated_sum",
    "estimated_square",
)


class AdiDefinition(StrEnum):
    """What the average demand interval of a series of T periods with n demands is.

    Periods count from 1; f and l are the periods of the first and of the last demand.
    """

    FIRST_PERIOD = "first_period"  # l / n: the first interval runs from the start of the series
    PERIODS_PER_DEMAND = "periods_per_demand"  # T / n
    GAPS_ONLY = "gaps_only"  # (l - f) / (n - 1): only intervals between two demands
    LEADING_ZEROS_TRIMMED = "leading_zeros_trimmed"  # (T - f + 1) / n: life begins with demand


def summarise(demands: pl.LazyFrame, extents: pl.LazyFrame, *, keys: Sequence[str]) -> pl.LazyFrame:
    """Summarise series: one row for each row of `extents`, also those without demand.

    `demands` holds keys, `period` (from 1), `size` (above 0, four decimals) and, where some
    are, `is_estimated`; `extents` holds keys and `period_count`. Adds, of what was seen,
    demand_count, first_period, last_period and the sums of sizes and of their squares; with
    estimates these sums again (all_sum, all_square), the number of estimates, and how many of them
    lie before the last demand. Sums are whole numbers of ten-thousandths: exact, so that no order
    of rows and no number of threads changes a bit of what follows.
    """
    whole = (pl.col("size").cast(pl.Decimal(38, 4)) * TEN_THOUSANDTHS).cast(pl.Int128)
    rows = demands.select(
        *keys, "period", is_estimated=is_estimated(demands), whole=whole, square=whole * whole
    )
    seen, guessed = rows.filter(~pl.col("is_estimated")), rows.filter("is_estimated")
    sums = seen.group_by(keys).agg(
        demand_count=pl.len().cast(pl.Int64),
        first_period=pl.col("period").min().cast(pl.Int64),
        last_period=pl.col("period").max().cast(pl.Int64),
        size_sum=pl.col("whole").sum(),
        square_sum=pl.col("square").sum(),
    )
    estimates = (
        guessed.join(sums.select(*keys, "last_period"), on=list(keys), how="left")
        .group_by(keys)
        .agg(
            estimated_count=pl.len().cast(pl.Int64),
            estimated_between=(pl.col("period") < pl.col("last_period")).sum().cast(pl.Int64),
            estimated_sum=pl.col("whole").sum(),
            estimated_square=pl.col("square").sum(),
        )
    )
    counted = extents.join(sums, on=list(keys), how="left").join(
        estimates, on=list(keys), how="left"
    )
    return counted.with_columns(pl.col(COUNTS).fill_null(0)).with_columns(
        all_sum=pl.col("size_sum") + pl.col("estimated_sum"),
        all_square=pl.col("square_sum") + pl.col("estimated_square"),
    )


def intervals(definition: AdiDefinition) -> pl.Expr:
    """ADI in periods that were seen, of a frame that `summarise` gives."""
    count, first = pl.col("demand_count"), pl.col("first_period")
    last = pl.col("last_period") - pl.col("estimated_between")
    total = pl.col("period_count") - pl.col("estimated_count")
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
    """Mean size per period (`period_count` or a part of it), estimates included, in units."""
    return _ratio(pl.col("all_sum").cast(pl.Float64), pl.col(count)) / TEN_THOUSANDTHS


def sd(count: str) -> pl.Expr:
    """Sample standard deviation over periods, estimates included, in units; null below two."""
    return _ratio(_spread(count, "all"), pl.col(count) * (pl.col(count) - 1)).sqrt() / (
        TEN_THOUSANDTHS
    )


def cv2(count: str = "demand_count") -> pl.Expr:
    """Squared coefficient of variation over demands, or over all periods; null below two."""
    of = "size" if count == "demand_count" else "all"
    square = pl.col(f"{of}_sum").cast(pl.Float64) ** 2
    return _ratio(_spread(count, of), square) * _ratio(pl.col(count), pl.col(count) - 1)


def is_estimated(demands: pl.LazyFrame) -> pl.Expr:
    """Whether a row is estimated: none is where the frame does not say."""
    told = "is_estimated" in demands.collect_schema()
    return pl.col("is_estimated") if told else pl.lit(False)


def _spread(count: str, of: str) -> pl.Expr:
    """Count times the sum of squares, less the square of the sum: exact until the last cast."""
    n, total = pl.col(count).cast(pl.Int128), pl.col(f"{of}_sum")
    squares = pl.col("square_sum" if of == "size" else "all_square")
    return (n * squares - total * total).cast(pl.Float64)


def _ratio(numerator: pl.Expr, denominator: pl.Expr) -> pl.Expr:
    """A ratio that is null, not NaN or infinite, where the denominator is not positive."""
    return pl.when(denominator > 0).then(numerator / denominator)
