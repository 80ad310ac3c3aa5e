"""The supply profile of items: lead times and delivery on the narrowest basis that is enough.

What is measured at a site is preferred to what is measured of the product over all sites, and that
to what the supplier says. One basis serves all measures of an item, so that they fit each other.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from models.supply.concentration import herfindahl
from models.supply.lead_times import QUANTILES, lead_times

ITEM, PRODUCT = ["product_id", "site_id"], ["product_id"]
SITE_BASIS, PRODUCT_BASIS, PLANNED, NONE = "site receipts", "product receipts", "planned", "none"
PERFORMANCE = ("due_line_count", "on_time_rate", "in_full_rate", "otif_rate", "yield_rate")
COUNTS = ("receipt_count", "open_line_count", "due_line_count")
PUBLISHED_DECIMALS = 12


@dataclass(frozen=True, kw_only=True)
class Supply:
    """What is known of supply, a frame for each grain.

    items        product_id, site_id, supplier_id, is_imported, possible_source_count,
                 planned_lead_time_days and the terms of the source: one row per item
    portions     product_id, site_id, purchase_order_line_id, is_received, share_rate,
                 calendar_days, business_days: one row per part of an order line
    performance  product_id, site_id (null: the product over all sites) and the rates
    purchases    product_id, supplier_id, ordered_units of 12 months
    """

    items: pl.DataFrame
    portions: pl.DataFrame
    performance: pl.DataFrame
    purchases: pl.DataFrame


def supply_profile(supply: Supply, *, minimum_receipts: int) -> pl.DataFrame:
    """Return one row per item, by product and site, with the columns of feat_supply_profile.

    A basis is enough with `minimum_receipts` receipts; a planned lead time has no deviation.
    """
    portions = supply.portions.rename({"purchase_order_line_id": "order_line_id"})
    at_site = _measures(portions, ITEM).join(
        supply.performance.filter(pl.col("site_id").is_not_null()), on=ITEM, how="left"
    )
    of_product = _measures(portions, PRODUCT).join(
        supply.performance.filter(pl.col("site_id").is_null()).drop("site_id"),
        on=PRODUCT,
        how="left",
    )
    measured = [name for name in of_product.columns if name not in PRODUCT]
    purchases = herfindahl(supply.purchases, keys=PRODUCT, amount="ordered_units")
    joined = (
        supply.items.join(at_site, on=ITEM, how="left")
        .join(of_product, on=PRODUCT, how="left", suffix="_of_product")
        .join(purchases.select("product_id", source_hhi_ratio="hhi_ratio"), on=PRODUCT, how="left")
    )
    return (
        joined.with_columns(lead_time_source=_basis(minimum_receipts))
        .with_columns(_chosen(name) for name in measured)
        .with_columns(
            lead_time_mean_days=pl.coalesce("lead_time_mean_days", _planned()),
            is_sole_source=pl.when(pl.col("possible_source_count") > 0).then(
                pl.col("possible_source_count") == 1
            ),
        )
        .with_columns(pl.col(*COUNTS).fill_null(0))
        .drop(f"{name}_of_product" for name in measured)
        .drop("planned_lead_time_days")
        .sort(ITEM)
    )


def _measures(portions: pl.DataFrame, keys: Sequence[str]) -> pl.DataFrame:
    """Return lead times in calendar and in business days, and on how many receipts they stand."""
    calendar = lead_times(portions, keys=keys, days="calendar_days")
    business = lead_times(portions, keys=keys, days="business_days")
    receipts = portions.group_by(keys).agg(receipt_count=pl.col("is_received").sum().cast(pl.Int64))
    return (
        calendar.join(business, on=list(keys), how="left", suffix="_business")
        .join(receipts, on=list(keys), how="left")
        .select(
            *keys,
            "receipt_count",
            open_line_count="open_count",
            lead_time_mean_days="mean_days",
            lead_time_sd_days="sd_days",
            lead_time_unresolved_rate="unresolved_rate",
            lead_time_mean_business_days="mean_days_business",
            lead_time_sd_business_days="sd_days_business",
            **{
                f"lead_time_{name}_days": pl.col(f"{name}_days").cast(pl.Float64)
                for name in QUANTILES
            },
        )
    )


def _basis(minimum_receipts: int) -> pl.Expr:
    return (
        pl.when(pl.col("receipt_count") >= minimum_receipts)
        .then(pl.lit(SITE_BASIS))
        .when(pl.col("receipt_count_of_product") >= minimum_receipts)
        .then(pl.lit(PRODUCT_BASIS))
        .when(pl.col("planned_lead_time_days").is_not_null())
        .then(pl.lit(PLANNED))
        .otherwise(pl.lit(NONE))
    )


def _chosen(name: str) -> pl.Expr:
    """The measure on the item's basis; null where lead times are not measured."""
    basis = pl.col("lead_time_source")
    return (
        pl.when(basis == SITE_BASIS)
        .then(pl.col(name))
        .when(basis == PRODUCT_BASIS)
        .then(pl.col(f"{name}_of_product"))
        .alias(name)
    )


def _planned() -> pl.Expr:
    planned = pl.col("planned_lead_time_days").cast(pl.Float64)
    return pl.when(pl.col("lead_time_source") == PLANNED).then(planned)
