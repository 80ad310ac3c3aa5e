"""The supply profile of items: lead times and delivery on the narrowest basis that is enough.

What is measured at a site is preferred to what is measured of the product over all sites, and that
to what the supplier says. One basis serves all measures of an item, so that they fit each other.
What came from a source that is none any more does not count.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from models.supply.concentration import herfindahl
from models.supply.delivery import RATES, delivery
from models.supply.geography import NONE as NO_RISK
from models.supply.geography import OWN, PARENT, PARTLY, WORLD, Geography
from models.supply.lead_times import QUANTILES, lead_times
from models.supply.materials import process_complexity
from models.supply.sources import (
    GRADES,
    MEASURES,
    SOURCE,
    Purchased,
    source_records,
    source_shares,
    weighted,
)

ITEM, PRODUCT = ["product_id", "site_id"], ["product_id"]
SITE_BASIS, PRODUCT_BASIS, PLANNED, NONE = "site receipts", "product receipts", "planned", "none"
COUNTS = ("receipt_count", "open_line_count", "due_line_count")
RISK_GRADES = (OWN, PARTLY, PARENT, NO_RISK)
WAY = ["country_code", "site_country_code"]
COMPLEXITY = ("process_level_count", "component_count")


@dataclass(frozen=True, kw_only=True)
class Supply:
    """What is known of supply, a frame for each grain.

    items        product_id, site_id, site_country_code, supplier_id, possible_source_count,
                 planned_lead_time_days and the terms of the source: one row per item
    purchased    what was bought, and how it came
    suppliers    supplier_id, country_code
    components   product_id, component_product_id, is_phantom; None where nobody delivers them
    risks        place, score_ratio and score_grade, by country or region
    """

    items: pl.DataFrame
    purchased: Purchased
    suppliers: pl.DataFrame
    components: pl.DataFrame | None
    risks: pl.DataFrame
    geography: Geography


def supply_profile(supply: Supply, *, minimum_receipts: int) -> pl.DataFrame:
    """Return one row per item, by product and site, with the columns of feat_supply_profile.

    A basis is enough with `minimum_receipts` receipts; a planned lead time has no deviation.
    """
    return (
        _receipts_of_items(supply, minimum_receipts)
        .join(_sources_of_items(supply, minimum_receipts), on=ITEM, how="left")
        .with_columns(pl.col("source_grade").fill_null(GRADES[-1]))
        .with_columns(pl.col("geo_risk_grade").fill_null(NO_RISK))
        .join(_complexity(supply), on=PRODUCT, how="left")
        .with_columns(_nothing_inside(supply))
        .drop("has_components", "site_country_code")
        .sort(ITEM)
    )


def _receipts_of_items(supply: Supply, minimum_receipts: int) -> pl.DataFrame:
    """Return the items with what their receipts say, and how much hangs on one source."""
    purchased = supply.purchased
    portions, lines = (purchased.in_force(f) for f in (purchased.portions, purchased.lines))
    at_site = _measures(portions, ITEM).join(_rates(lines, ITEM), on=ITEM, how="left")
    of_product = _measures(portions, PRODUCT).join(_rates(lines, PRODUCT), on=PRODUCT, how="left")
    measured = [name for name in of_product.columns if name not in PRODUCT]
    volumes = (
        purchased.in_force(purchased.purchases)
        .group_by("product_id", SOURCE)
        .agg(pl.col("ordered_units").sum())
    )
    concentration = herfindahl(volumes, keys=PRODUCT, amount="ordered_units")
    joined = (
        supply.items.join(at_site, on=ITEM, how="left")
        .join(of_product, on=PRODUCT, how="left", suffix="_of_product")
        .join(
            concentration.select("product_id", source_hhi_ratio="hhi_ratio"), on=PRODUCT, how="left"
        )
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
    )


def _sources_of_items(supply: Supply, minimum_receipts: int) -> pl.DataFrame:
    """Return what each item may expect of its sources, and where they are."""
    shares = source_shares(supply.items, supply.purchased)
    records = source_records(shares, supply.purchased, minimum_receipts=minimum_receipts)
    located = (
        shares.join(records, on=["product_id", SOURCE], how="left")
        .join(
            supply.suppliers.select(pl.col("supplier_id").alias(SOURCE), "country_code"),
            on=SOURCE,
            how="left",
        )
        .join(supply.items.select(*ITEM, "site_country_code"), on=ITEM, how="left")
        .with_columns(place=pl.col("country_code").fill_null(WORLD))
        .join(supply.risks, on="place", how="left")
        .with_columns(pl.col("score_grade").fill_null(NO_RISK))
    )
    main = located.sort(*ITEM, "share_rate", SOURCE, descending=[False, False, True, False]).unique(
        ITEM, keep="first", maintain_order=True
    )
    return (
        weighted(located, [*MEASURES, "score_ratio"])
        .rename({name: f"source_{name}" for name in MEASURES} | {"score_ratio": "geo_risk_ratio"})
        .join(
            located.group_by(ITEM).agg(
                source_grade=_worst("grade", GRADES),
                geo_risk_grade=_worst("score_grade", RISK_GRADES),
            ),
            on=ITEM,
        )
        .join(main.select(*ITEM, SOURCE, *WAY), on=ITEM)
        .with_columns(is_imported=pl.col("country_code") != pl.col("site_country_code"))
        .join(_import_steps(main, supply.geography), on=WAY, how="left", nulls_equal=True)
        .drop(WAY)
    )


def _import_steps(located: pl.DataFrame, geography: Geography) -> pl.DataFrame:
    """Return each way between two countries once, with its customs borders."""
    ways = located.select(WAY).unique()
    steps = [geography.import_steps(*way) for way in ways.iter_rows()]
    return ways.with_columns(import_step_count=pl.Series(steps, dtype=pl.Int64))


def _complexity(supply: Supply) -> pl.DataFrame:
    empty = {PRODUCT[0]: pl.String, "component_product_id": pl.String, "is_phantom": pl.Boolean}
    found = pl.DataFrame(schema=empty) if supply.components is None else supply.components
    return process_complexity(found).with_columns(has_components=pl.lit(True))


def _nothing_inside(supply: Supply) -> list[pl.Expr]:
    """A product without a bill of materials is made of nothing, where bills are delivered."""
    nothing = pl.lit(None if supply.components is None else 0, pl.Int64)
    is_bought = pl.col("has_components").is_null()
    return [pl.when(is_bought).then(nothing).otherwise(name).alias(name) for name in COMPLEXITY]


def _worst(column: str, grades: Sequence[str]) -> pl.Expr:
    """The last of the grades, the best first, that a group holds."""
    order = {grade: at for at, grade in enumerate(grades)}
    worst = pl.col(column).replace_strict(order, return_dtype=pl.Int64).max()
    return worst.replace_strict(dict(enumerate(grades)), return_dtype=pl.String)


def _rates(lines: pl.DataFrame, keys: Sequence[str]) -> pl.DataFrame:
    return delivery(lines, keys=keys).select(*keys, "due_line_count", *RATES)


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
