"""Where in its life an item is, and which of the planners' four patterns its demand follows."""

from __future__ import annotations

import polars as pl

NEW_WEEKS = 26  # of history, below which an item is new
GROWTH_RATIO = 1.25  # of the newest half year to the one before; decline is its inverse
GROWTH_Z = 2.0  # standard errors by which the two must differ
SILENT_WEEKS = 26  # without demand, at least, after which an item that rarely sells has ended
SILENT_INTERVALS = 4.0  # mean intervals between its demands, at least, likewise
SEASON_P_VALUE = 0.01


def lifecycle_stage() -> pl.Expr:
    """Stage of life: no_demand, end_of_life, new, growth, decline or mature.

    Of a frame with is_discontinued, history_weeks_count, demand_weeks_count,
    weeks_since_demand_count, recent_growth_ratio and recent_growth_z_ratio. An item that is no
    longer sold has ended, and so has one that has been silent for half a year and for four times
    its usual interval. What is too young to be compared with itself is mature once it is not new.
    """
    # The interval while it sold: a long silence is in the average demand interval itself.
    silence = pl.col("weeks_since_demand_count")
    interval = (pl.col("history_weeks_count") - silence) / pl.col("demand_weeks_count")
    silent = pl.max_horizontal(pl.lit(float(SILENT_WEEKS)), SILENT_INTERVALS * interval)
    ratio, is_sure = (
        pl.col("recent_growth_ratio"),
        pl.col("recent_growth_z_ratio").abs() >= GROWTH_Z,
    )
    return (
        pl.when(pl.col("demand_weeks_count") == 0)
        .then(pl.lit("no_demand"))
        .when(pl.col("is_discontinued") | (silence >= silent))
        .then(pl.lit("end_of_life"))
        .when(pl.col("history_weeks_count") < NEW_WEEKS)
        .then(pl.lit("new"))
        .when(is_sure & (ratio >= GROWTH_RATIO))
        .then(pl.lit("growth"))
        .when(is_sure & (ratio <= 1 / GROWTH_RATIO))
        .then(pl.lit("decline"))
        .otherwise(pl.lit("mature"))
    )


def planning_pattern() -> pl.Expr:
    """Pattern that planners speak of: stable, seasonal, erratic, lumpy or undefined.

    Of a frame with syntetos_boylan_class and season_p_value. Rare demand is lumpy whatever its
    sizes; of what sells in most weeks, a season comes first, then unevenness.
    """
    kind = pl.col("syntetos_boylan_class")
    return (
        pl.when(kind == "undefined")
        .then(pl.lit("undefined"))
        .when(kind.is_in(["intermittent", "lumpy"]))
        .then(pl.lit("lumpy"))
        .when(pl.col("season_p_value") < SEASON_P_VALUE)
        .then(pl.lit("seasonal"))
        .when(kind == "erratic")
        .then(pl.lit("erratic"))
        .otherwise(pl.lit("stable"))
    )


def history_grade() -> pl.Expr:
    """Sufficiency of history: A from two years, B from one, C from half a year, D below, or none.

    Of a frame with history_weeks_count and demand_weeks_count. Fewer than ten demands are no more
    than C: neither interval nor size is known to better than a third.
    """
    weeks, demands = pl.col("history_weeks_count"), pl.col("demand_weeks_count")
    return (
        pl.when(demands == 0)
        .then(pl.lit("none"))
        .when((weeks >= 104) & (demands >= 10))
        .then(pl.lit("A"))
        .when((weeks >= 52) & (demands >= 10))
        .then(pl.lit("B"))
        .when((weeks >= NEW_WEEKS) & (demands >= 2))
        .then(pl.lit("C"))
        .otherwise(pl.lit("D"))
    )
