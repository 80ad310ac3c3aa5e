"""Lead times from order to usable stock, with what is still on its way.

An order that has not come yet says something: its lead time is at least its age. To leave it out
favours the quick ones (a supplier who has stopped delivering would look as good as ever), so it
counts as censored at its age, by the product-limit estimator of Kaplan & Meier (1958, J. Am. Stat.
Assoc. 53, 457-481). What arrives on the day at which another is censored arrives first, as there.

An order line is one observation. Received in parts, each part weighs what it is of the line, so
that a line in ten parts says no more than a line in one. Weights are whole millionths of a line:
sums of whole numbers do not depend on the order of rows or on threads.
"""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

MILLIONTHS = 1_000_000  # of an order line
QUANTILES = {"p50": 0.50, "p90": 0.90, "p95": 0.95}
PUBLISHED_DECIMALS = 12


def lead_times(portions: pl.DataFrame, *, keys: Sequence[str], days: str) -> pl.DataFrame:
    """Estimate lead times: one row for each value of `keys` with at least one receipt.

    `portions` holds one row per part of an order line: keys, order_line_id, the column `days`
    (whole days from order to receipt, or to today), share_rate (part of the line, above 0 to 1)
    and is_received (false: still open, so censored). Columns of the result:

    mean_days, sd_days   of the estimated distribution; the deviation with n / (n - 1) for n order
                         lines with a receipt, null below two, so that without open orders both
                         are the sample's own
    p50_days …           smallest number of days in which that share of goods has come; null where
                         so much never came
    unresolved_rate      share of goods later than the longest lead time seen: the estimate ends
                         there, and mean and deviation count it as having come then
    line_count           order lines with a receipt
    open_count           order lines of which something is open

    Raises ValueError for a negative number of days or a share outside of 0 to 1.
    """
    _check(portions, days)
    curve = survival(portions, keys=keys, days=days)
    counted = portions.group_by(keys).agg(
        line_count=pl.col("order_line_id").filter(pl.col("is_received")).n_unique().cast(pl.Int64),
        open_count=pl.col("order_line_id").filter(~pl.col("is_received")).n_unique().cast(pl.Int64),
    )
    return (
        _moments(curve, keys)
        .join(counted, on=list(keys), how="inner")
        .with_columns(sd_days=_sample_deviation())
        .with_columns(pl.col("mean_days", "sd_days", "unresolved_rate").round(PUBLISHED_DECIMALS))
        .select(
            *keys,
            *("mean_days", "sd_days"),
            *(f"{name}_days" for name in QUANTILES),
            *("unresolved_rate", "line_count", "open_count"),
        )
        .sort(keys)
    )


def survival(portions: pl.DataFrame, *, keys: Sequence[str], days: str) -> pl.DataFrame:
    """Return the product-limit curve: one row for each value of `keys` and day of a receipt.

    Columns: keys, `days`, at_risk (millionths of lines not come before that day), survival_rate
    (share that has not come by its end). Sorted by keys and day.
    """
    over = list(keys)
    weight = (pl.col("share_rate").cast(pl.Float64) * MILLIONTHS).round().cast(pl.Int64)
    steps = (
        portions.with_columns(_weight=weight)
        .group_by([*keys, days])
        .agg(
            came=pl.col("_weight").filter(pl.col("is_received")).sum(),
            left=pl.col("_weight").sum(),
        )
        .sort([*keys, days])
        .with_columns(at_risk=pl.col("left").cum_sum(reverse=True).over(over))
        .filter(pl.col("came") > 0)
    )
    factor = 1 - pl.col("came") / pl.col("at_risk")
    return steps.with_columns(survival_rate=factor.cum_prod().over(over)).select(
        *keys, days, "at_risk", "survival_rate"
    )


def _moments(curve: pl.DataFrame, keys: Sequence[str]) -> pl.DataFrame:
    """Mean, second moment and quantiles of the distribution whose survival is given."""
    over, survived = list(keys), pl.col("survival_rate")
    day = pl.col(next(name for name in curve.columns if name not in {*keys, *_CURVE}))
    before = survived.shift(1).over(over).fill_null(1.0)
    is_last = day == day.max().over(over)
    # What never came is counted on the last day that is known.
    mass = (before - survived) + pl.when(is_last).then(survived).otherwise(0.0)
    weighted = curve.with_columns(_day=day.cast(pl.Float64), _mass=mass).with_columns(
        _first=(pl.col("_mass") * pl.col("_day")).cum_sum().over(over),
        _second=(pl.col("_mass") * pl.col("_day") ** 2).cum_sum().over(over),
    )
    # Running sums, whose last value is the total: their order is the curve's, not a thread's.
    quantiles = {
        f"{name}_days": pl.col("_day").filter(survived <= 1 - share + 1e-12).first()
        for name, share in QUANTILES.items()
    }
    return weighted.group_by(keys, maintain_order=True).agg(
        mean_days=pl.col("_first").last(),
        _square=pl.col("_second").last(),
        unresolved_rate=survived.last(),
        **quantiles,
    )


_CURVE = ("at_risk", "survival_rate")


def _sample_deviation() -> pl.Expr:
    n = pl.col("line_count")
    variance = (pl.col("_square") - pl.col("mean_days") ** 2).clip(lower_bound=0.0)
    return pl.when(n > 1).then((variance * n / (n - 1)).sqrt())


def _check(portions: pl.DataFrame, days: str) -> None:
    share = pl.col("share_rate")
    wrong = portions.select(
        negative=(pl.col(days) < 0).any(), outside=((share <= 0) | (share > 1)).any()
    ).row(0, named=True)
    if wrong["negative"]:
        raise ValueError(f"{days} holds a negative number of days")
    if wrong["outside"]:
        raise ValueError("share_rate holds a share outside of 0 to 1")
