"""The record of each supplier, and where it stands among the others."""

from __future__ import annotations

from statistics import NormalDist

import polars as pl

from models.supply.delivery import delivery
from models.supply.lead_times import PUBLISHED_DECIMALS, lead_times
from models.supply.sources import SOURCE

CONFIDENCE = 0.95
PARTS_PER_MILLION = 1_000_000
COLUMNS = (
    *("supplier_id", "order_line_count", "product_count", "due_line_count", "on_time_rate"),
    *("in_full_rate", "otif_rate", "otif_low_rate", "otif_high_rate", "otif_rank"),
    *("received_line_count", "open_line_count", "lead_time_mean_days", "lead_time_sd_days"),
    *("received_units", "yield_rate", "refused_per_million_ratio"),
)


def supplier_scorecard(
    portions: pl.DataFrame, lines: pl.DataFrame, *, minimum_due_lines: int
) -> pl.DataFrame:
    """Return one row per supplier that goods come from: rates, lead time, defects and rank.

    Ranks go by the lower end of the interval of OTIF, so that few lucky lines are not the best; a
    supplier with fewer than `minimum_due_lines` due lines has none. Frames as in `Purchased`.
    """
    low, high = wilson_interval(pl.col("otif_line_count"), pl.col("due_line_count"))
    is_ranked = pl.col("due_line_count") >= minimum_due_lines
    lowest = pl.when(is_ranked).then(pl.col("otif_low_rate"))
    refused = (1 - pl.col("yield_rate")) * PARTS_PER_MILLION
    return (
        delivery(lines, keys=[SOURCE])
        .join(_counted(portions, lines), on=SOURCE)
        .with_columns(otif_low_rate=low, otif_high_rate=high)
        .with_columns(
            refused_per_million_ratio=refused.round(PUBLISHED_DECIMALS),
            otif_rank=pl.when(is_ranked).then(lowest.rank("min", descending=True).cast(pl.Int64)),
        )
        .rename({SOURCE: "supplier_id"})
        .select(COLUMNS)
        .sort("supplier_id")
    )


def _counted(portions: pl.DataFrame, lines: pl.DataFrame) -> pl.DataFrame:
    """Return what was ordered and received of each supplier, and in which time."""
    bought = lines.group_by(SOURCE).agg(
        order_line_count=pl.len().cast(pl.Int64),
        received_units=pl.col("received_units").sum(),
        product_count=pl.col("product_id").n_unique().cast(pl.Int64),
    )
    waiting = pl.col("order_line_id").filter(~pl.col("is_received"))
    still_open = portions.group_by(SOURCE).agg(open_line_count=waiting.n_unique().cast(pl.Int64))
    times = lead_times(portions, keys=[SOURCE], days="calendar_days").select(
        SOURCE,
        received_line_count="line_count",
        lead_time_mean_days="mean_days",
        lead_time_sd_days="sd_days",
    )
    return (
        bought.join(still_open, on=SOURCE, how="left")
        .join(times, on=SOURCE, how="left")
        .with_columns(pl.col("received_line_count", "open_line_count").fill_null(0))
    )


def wilson_interval(successes: pl.Expr, trials: pl.Expr) -> tuple[pl.Expr, pl.Expr]:
    """Return the ends of the score interval of a share at CONFIDENCE; null without a trial.

    (p + z²/2n ± z √(p (1 - p)/n + z²/4n²)) / (1 + z²/n). Source: Wilson (1927), J. Am. Stat.
    Assoc. 22, 209-212.
    """
    z = NormalDist().inv_cdf((1 + CONFIDENCE) / 2)
    n = pl.when(trials > 0).then(trials.cast(pl.Float64))
    share = successes / n
    middle = share + z**2 / (2 * n)
    half = z * (share * (1 - share) / n + z**2 / (4 * n**2)).sqrt()
    ends = [(middle - half) / (1 + z**2 / n), (middle + half) / (1 + z**2 / n)]
    low, high = (end.clip(0.0, 1.0).round(PUBLISHED_DECIMALS) for end in ends)
    return low, high
