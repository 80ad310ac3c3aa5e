"""The demand profile of items: what is measured of their demand, and the classes that follow."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import polars as pl

from models.demand.classes import XYZ_CUTS, classify, kostenko_hyndman, xyz
from models.demand.lifecycle import (
    SEASON_P_VALUE,
    history_grade,
    lifecycle_stage,
    planning_pattern,
)
from models.demand.profile import LIFE, demand_profile
from models.demand.regularity import AdiDefinition

WEEK = timedelta(weeks=1)
DAYS_PER_MONTH = 365.2425 / 12


def item_profile(
    demand: pl.DataFrame,
    items: pl.DataFrame,
    *,
    last_week: date,
    observed_weeks: int,
    half_life_weeks: float,
    adi_definition: AdiDefinition = AdiDefinition.LEADING_ZEROS_TRIMMED,
    xyz_cuts: tuple[float, float] = XYZ_CUTS,
    threads: int = 1,
) -> pl.DataFrame:
    """Add to `items` what is measured of their demand up to `last_week`, the newest, and classes.

    `demand` is as for `histories.blocks`, a series being the number of a row of `items`;
    `observed_weeks` is how many weeks are known at all. The columns are those of
    feat_demand_profile that say nothing of what is sold today: see `add_standing`.
    """
    periods = np.full(items.height, observed_weeks, dtype=np.int64)
    measured = demand_profile(
        demand,
        periods,
        half_life_weeks=half_life_weeks,
        adi_definition=adi_definition,
        threads=threads,
    )
    return (
        pl.concat([items, measured], how="horizontal")
        .with_columns(*_dates(last_week), _xyz_cv(), adi_definition=pl.lit(adi_definition.value))
        .with_columns(
            syntetos_boylan_class=classify(pl.col("adi_ratio"), pl.col("cv2_ratio")),
            xyz_class=xyz(pl.col("xyz_cv_ratio"), cuts=xyz_cuts),
            croston_variant=kostenko_hyndman(pl.col("adi_ratio"), pl.col("cv2_ratio")),
            history_grade=history_grade(),
        )
        .with_columns(planning_pattern=planning_pattern())
        .drop(LIFE)
    )


def add_standing(profile: pl.DataFrame) -> pl.DataFrame:
    """Replace is_discontinued by the stage of life that goes by it."""
    return profile.with_columns(lifecycle_stage=lifecycle_stage()).drop("is_discontinued")


def _dates(last_week: date) -> list[pl.Expr]:
    """Return when demand was first and last seen, and the months from the first one on."""
    weeks, since = pl.col(LIFE), pl.col("weeks_since_demand_count")
    newest = pl.lit(last_week)
    return [
        pl.when(weeks > 0).then(newest - (weeks - 1) * WEEK).alias("first_demand_week_date"),
        (newest - since * WEEK).alias("last_demand_week_date"),
        (weeks * WEEK.days / DAYS_PER_MONTH).round(12).alias("months_of_history"),
    ]


def _xyz_cv() -> pl.Expr:
    """The coefficient of variation that XYZ goes by, without its season and its small-sample bias.

    A seasonal item would be Z for what a forecaster knows beforehand. The factor 1 + 1 / (4 n)
    takes out the bias of a coefficient of variation of n observations. Source: Sokal & Rohlf,
    Biometry, 3rd ed., 4.8.
    """
    is_seasonal = pl.col("season_p_value") < SEASON_P_VALUE
    ratio = pl.when(is_seasonal).then("deseasonalised_cv_ratio").otherwise("weekly_cv_ratio")
    corrected = ratio * (1 + 1 / (4 * pl.col("history_weeks_count")))
    return corrected.round(6).alias("xyz_cv_ratio")
