"""Whose history a product inherits: that of what it replaces, and of what that replaced before it.

A replacement hands on a share of a product's demand. Shares multiply along a chain, and add up over
the paths between two products: of a product that is replaced by two, which are both replaced by a
third, the third inherits both parts.
"""

from __future__ import annotations

import polars as pl

LONGEST_CHAIN = 64
UNITS = 4  # decimals of quantities


def inheritance(replacements: pl.DataFrame) -> pl.DataFrame:
    """Return product_id, successor_id and share of all chains, by product and successor.

    `replacements` has the same columns: a row at most a pair, shares from 0 to 1. Shares of one
    product that add up to more than 1 are scaled down, since demand does not double by being
    handed on. A product that replaces itself, also by way of others, hands on nothing within that
    circle.
    """
    total = pl.col("share").sum().over("product_id").clip(lower_bound=1.0)
    steps = _without_circles(
        replacements.filter(pl.col("share") > 0, pl.col("product_id") != pl.col("successor_id"))
    ).select("product_id", "successor_id", share=pl.col("share") / total)
    following = steps.select(successor_id="product_id", further="successor_id", rate="share")
    chains, ends = [steps], steps
    for _ in range(LONGEST_CHAIN):
        ends = ends.join(following, on="successor_id", how="inner").select(
            "product_id", successor_id="further", share=pl.col("share") * pl.col("rate")
        )
        if ends.is_empty():
            break
        chains.append(ends)
    pair = ["product_id", "successor_id"]
    return (
        pl.concat(chains).sort(*pair, "share").group_by(pair).agg(pl.col("share").sum()).sort(pair)
    )


def inherited(demand: pl.DataFrame, chains: pl.DataFrame) -> pl.DataFrame:
    """Return demand with what successors inherit in it; what is replaced keeps its own.

    `demand` has product_id, site_id, week_start_date, demand_units and is_estimated, and so has the
    result; a week is estimated where all that is in it is. `chains` are those of `inheritance`.
    """
    if chains.is_empty():
        return demand
    columns = demand.columns
    handed = demand.join(chains, on="product_id", how="inner").select(
        pl.col("successor_id").alias("product_id"),
        "site_id",
        "week_start_date",
        (pl.col("demand_units") * pl.col("share")).round(UNITS).alias("demand_units"),
        "is_estimated",
    )
    keys = ["product_id", "site_id", "week_start_date"]
    is_heir = pl.col("product_id").is_in(chains["successor_id"].unique().implode())
    together = (
        pl.concat([demand.filter(is_heir).select(handed.columns), handed])
        .sort(*keys, "demand_units")
        .group_by(keys, maintain_order=True)
        .agg(pl.col("demand_units").sum().round(UNITS), pl.col("is_estimated").all())
    )
    return pl.concat([demand.filter(~is_heir), together.select(columns)])


def _without_circles(steps: pl.DataFrame) -> pl.DataFrame:
    """Drop the steps of a circle, and those from one circle to another."""
    rest = steps
    while not rest.is_empty():
        goes_on = rest["product_id"].unique().implode()
        comes = rest["successor_id"].unique().implode()
        inner = rest.filter(
            pl.col("successor_id").is_in(goes_on), pl.col("product_id").is_in(comes)
        )
        if inner.height == rest.height:
            break
        rest = inner
    return steps.join(rest, on=["product_id", "successor_id"], how="anti")
