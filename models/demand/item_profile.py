"""The demand profile of items: how regular demand is, what shape it has, and its classes."""

from __future__ import annotations

from datetime import date

import polars as pl

from models.demand.behaviour import PUBLISHED_DECIMALS, behaviour
from models.demand.lifecycle import (
    SEASON_P_VALUE,
    history_grade,
    lifecycle_stage,
    planning_pattern,
)
from models.demand.profile import (
    UNIT_KEYS,
    WEEK,
    XYZ_CUTS,
    demand_profile,
    kostenko_hyndman,
    xyz,
)
from models.demand.regularity import AdiDefinition


def item_profile(
    demand: pl.DataFrame,
    items: pl.DataFrame,
    *,
    last_week: date,
    half_life_weeks: float,
    adi_definition: AdiDefinition = AdiDefinition.LEADING_ZEROS_TRIMMED,
    xyz_cuts: tuple[float, float] = XYZ_CUTS,
) -> pl.DataFrame:
    """Return one row per item, by product and site, with the columns of feat_demand_profile.

    `demand` is as for `demand_profile`; `items` holds product_id, site_id and is_discontinued.
    Raises ValueError as the functions it is made of.
    """
    profile = demand_profile(
        demand, items, last_week=last_week, adi_definition=adi_definition, xyz_cuts=xyz_cuts
    ).with_row_index("series")
    profile = profile.with_columns(pl.col("series").cast(pl.Int64))
    measured = behaviour(
        _demands(demand, profile, last_week),
        _extents(profile, last_week),
        half_life_weeks=half_life_weeks,
    )
    return (
        profile.join(measured, on="series", how="left", maintain_order="left")
        .join(items, on=UNIT_KEYS, how="left", maintain_order="left")
        .with_columns(_xyz_cv())
        .with_columns(
            xyz_class=xyz(pl.col("xyz_cv_ratio"), cuts=xyz_cuts),
            croston_variant=kostenko_hyndman(pl.col("adi_ratio"), pl.col("cv2_ratio")),
            lifecycle_stage=lifecycle_stage(),
            planning_pattern=planning_pattern(),
            history_grade=history_grade(),
        )
        .drop("series", "is_discontinued")
    )


def _demands(demand: pl.DataFrame, profile: pl.DataFrame, last_week: date) -> pl.DataFrame:
    """Return series, week from the first demand, and size, of what is demand at all."""
    known = profile.select(*UNIT_KEYS, "series", "first_demand_week_date")
    return (
        demand.lazy()
        .filter(pl.col("demand_units") > 0, pl.col("week_start_date") <= last_week)
        .join(known.lazy(), on=UNIT_KEYS, how="inner")
        .select(
            "series",
            week=(pl.col("week_start_date") - pl.col("first_demand_week_date")).dt.total_days()
            // WEEK.days,
            size=pl.col("demand_units").cast(pl.Float64),
        )
        .filter(pl.col("week") >= 0)
        .collect()
    )


def _extents(profile: pl.DataFrame, last_week: date) -> pl.DataFrame:
    weeks = (pl.lit(last_week) - pl.col("first_demand_week_date")).dt.total_days() // WEEK.days + 1
    return profile.select("series", history_weeks_count=weeks.fill_null(0))


def _xyz_cv() -> pl.Expr:
    """The coefficient of variation that XYZ goes by, without its season and its small-sample bias.

    A seasonal item would be Z for what a forecaster knows beforehand. The factor 1 + 1 / (4 n)
    takes out the bias of a coefficient of variation of n observations. Source: Sokal & Rohlf,
    Biometry, 3rd ed., 4.8.
    """
    is_seasonal = pl.col("season_p_value") < SEASON_P_VALUE
    ratio = pl.when(is_seasonal).then("deseasonalised_cv_ratio").otherwise("weekly_cv_ratio")
    corrected = ratio * (1 + 1 / (4 * pl.col("history_weeks_count")))
    return corrected.round(PUBLISHED_DECIMALS).alias("xyz_cv_ratio")
