"""What an item may expect of those it comes from: each source's own record, weighted by volume.

The record of a source goes with it to every product it makes, so that an item which has changed
its source is judged by the new one from the day of the change on, before anything of it has come.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from models.supply.delivery import delivery
from models.supply.lead_times import PUBLISHED_DECIMALS, lead_times

ITEM = ["product_id", "site_id"]
SOURCE = "source_supplier_id"
# How well the record of a source is known, the best first.
GRADES = ("product receipts", "source receipts", "planned", "none")
MEASURES = ("lead_time_days", "otif_rate", "yield_rate")


@dataclass(frozen=True, kw_only=True)
class Purchased:
    """What was bought and how it came, a frame for each grain; ids are golden.

    listings   product_id, supplier_id, is_in_force, planned_lead_time_days
    portions   product_id, supplier_id, source_supplier_id, order_line_id and what lead_times takes
    lines      product_id, supplier_id, source_supplier_id and what delivery takes
    purchases  product_id, site_id, supplier_id, source_supplier_id, ordered_units of 12 months
    """

    listings: pl.DataFrame
    portions: pl.DataFrame
    lines: pl.DataFrame
    purchases: pl.DataFrame

    def in_force(self, frame: pl.DataFrame) -> pl.DataFrame:
        """Leave out what came by a supplier, or from one, who no longer delivers the product."""
        ended = self.listings.filter(~pl.col("is_in_force")).select("product_id", "supplier_id")
        return frame.join(
            ended, on=["product_id", "supplier_id"], how="anti", maintain_order="left"
        ).join(
            ended.rename({"supplier_id": SOURCE}),
            on=["product_id", SOURCE],
            how="anti",
            maintain_order="left",
        )


def source_shares(items: pl.DataFrame, purchased: Purchased) -> pl.DataFrame:
    """Return one row per item and source in force: share_rate of what it comes from there.

    By the units ordered for the item, else for its product at any site, in 12 months; without an
    order, the supplier it would be ordered from. An item without a supplier has no row.
    """
    bought = purchased.in_force(purchased.purchases).with_columns(
        units=pl.col("ordered_units").cast(pl.Float64)
    )
    of_item = bought.group_by([*ITEM, SOURCE]).agg(pl.col("units").sum())
    of_product = bought.group_by(["product_id", SOURCE]).agg(pl.col("units").sum())
    own = items.select(ITEM).join(of_item.filter(pl.col("units") > 0), on=ITEM)
    others = items.select(ITEM).join(own, on=ITEM, how="anti")
    wider = others.join(of_product.filter(pl.col("units") > 0), on="product_id")
    expected = (
        others.join(wider, on=ITEM, how="anti")
        .join(items.select(*ITEM, "supplier_id"), on=ITEM)
        .filter(pl.col("supplier_id").is_not_null())
        .select(*ITEM, pl.col("supplier_id").alias(SOURCE), units=pl.lit(1.0))
    )
    shares = pl.concat([frame.select(*ITEM, SOURCE, "units") for frame in (own, wider, expected)])
    total = pl.col("units").sum().over(ITEM)
    return shares.sort(*ITEM, SOURCE).select(*ITEM, SOURCE, share_rate=pl.col("units") / total)


def source_records(
    shares: pl.DataFrame, purchased: Purchased, *, minimum_receipts: int
) -> pl.DataFrame:
    """Return one row per product and source of `shares`: its measures, and their grade.

    Measured on the product where it has `minimum_receipts` receipts from the source, else on all
    that the source delivers; else its lead time is the planned one, and the rest is not known.
    """
    of_product = _record(purchased, ["product_id", SOURCE], minimum_receipts)
    of_source = _record(purchased, [SOURCE], minimum_receipts)
    planned = purchased.listings.filter("is_in_force").select(
        "product_id",
        pl.col("supplier_id").alias(SOURCE),
        planned=pl.col("planned_lead_time_days").cast(pl.Float64),
    )
    found = (
        shares.select("product_id", SOURCE)
        .unique()
        .join(of_product, on=["product_id", SOURCE], how="left")
        .join(of_source, on=SOURCE, how="left", suffix="_of_source")
        .join(planned, on=["product_id", SOURCE], how="left")
    )
    is_own = pl.col("lead_time_days").is_not_null()
    chosen = (
        pl.when(is_own).then(name).otherwise(f"{name}_of_source").alias(name) for name in MEASURES
    )
    return (
        found.select("product_id", SOURCE, *chosen, "planned", grade=_grade())
        .with_columns(lead_time_days=pl.coalesce("lead_time_days", "planned"))
        .drop("planned")
    )


def _grade() -> pl.Expr:
    own, of_source, planned = (
        pl.col(name).is_not_null()
        for name in ("lead_time_days", "lead_time_days_of_source", "planned")
    )
    best, second, third, last = map(pl.lit, GRADES)
    return (
        pl.when(own)
        .then(best)
        .when(of_source)
        .then(second)
        .when(planned)
        .then(third)
        .otherwise(last)
    )


def weighted(shares: pl.DataFrame, measures: Sequence[str]) -> pl.DataFrame:
    """Return one row per item: the mean of each measure, weighted by share_rate.

    Sources of which a measure is not known do not count in it; null where none is known.
    """
    means = {}
    for name in measures:
        weight = pl.col("share_rate").filter(pl.col(name).is_not_null())
        value = (pl.col(name) * pl.col("share_rate")).sum()
        means[name] = pl.when(weight.len() > 0).then(value / weight.sum()).round(PUBLISHED_DECIMALS)
    return shares.sort(*ITEM, SOURCE).group_by(ITEM, maintain_order=True).agg(**means)


def _record(purchased: Purchased, keys: list[str], minimum_receipts: int) -> pl.DataFrame:
    """Return the measures of each value of keys with enough receipts."""
    counted = purchased.portions.group_by(keys).agg(received=pl.col("is_received").sum())
    times = lead_times(purchased.portions, keys=keys, days="calendar_days")
    rates = delivery(purchased.lines, keys=keys)
    return (
        times.join(counted.filter(pl.col("received") >= minimum_receipts), on=keys)
        .join(rates, on=keys, how="left")
        .select(*keys, "otif_rate", "yield_rate", lead_time_days="mean_days")
    )
