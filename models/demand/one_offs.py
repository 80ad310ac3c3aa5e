"""Order lines that look like one-offs and do not say so: larger than the usual week by far.

A week's demand is judged by its logarithm, by the median and the median absolute deviation of the
item's own weeks, which one odd order cannot pull along (Iglewicz & Hoaglin, 1993, How to Detect and
Handle Outliers, ASQC, who give 3.5 as the limit). A line is held against whole weeks: what many
customers order together in a busy week is no one-off. Lines are proposed to people, and nothing is
cleaned away for its size alone.
"""

from __future__ import annotations

import polars as pl

LIMIT = 3.5  # robust deviations above the median week
SMALLEST_DEVIATION = 0.2  # of the logarithm: a fifth up or down is nothing odd in an even item
MINIMUM_WEEKS = 10  # with demand, below which nobody knows what is usual
NORMAL_FACTOR = 1.482602218505602  # makes the median absolute deviation that of a normal one


def odd_lines(weeks: pl.DataFrame, lines: pl.DataFrame) -> pl.DataFrame:
    """Return line, typical_units and limit_units of lines above the limit of their item, by line.

    `weeks` holds series and units of weeks with demand, `lines` line, series and units; what is not
    above zero is passed over.
    """
    size = pl.col("units").log()
    centred = weeks.filter(pl.col("units") > 0).with_columns(
        centre=size.median().over("series"), size=size
    )
    usual = centred.group_by("series").agg(
        centre=pl.col("centre").first(),
        deviation=NORMAL_FACTOR * (pl.col("size") - pl.col("centre")).abs().median(),
        count=pl.len(),
    )
    reach = LIMIT * pl.max_horizontal("deviation", pl.lit(SMALLEST_DEVIATION))
    return (
        lines.join(usual.filter(pl.col("count") >= MINIMUM_WEEKS), on="series", how="inner")
        .with_columns(
            typical_units=pl.col("centre").exp().round(4),
            limit_units=(pl.col("centre") + reach).exp().round(4),
        )
        .filter(pl.col("units") > pl.col("limit_units"))
        .select("line", "typical_units", "limit_units")
        .sort("line")
    )
