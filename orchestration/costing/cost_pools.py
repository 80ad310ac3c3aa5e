"""Pools and use that cannot be brought together: each is named, and the night is held."""

from __future__ import annotations

import polars as pl

from workspace.config.strict import suggestion
from workspace.costing import Costing
from workspace.errors import TierwiseError


def refuse_unfit(costing: Costing, pools: pl.DataFrame, usage: pl.DataFrame) -> None:
    """Raise for the first activity whose pool or whose use does not do.

    COST_EQUATION for one that takes less than nothing of a line; COST_POOL for a pool that nobody
    delivers, without a cost in a month in which it was used, without practical capacity, or
    counted in another unit. Without any pool nothing is costed, and nothing is refused.
    """
    if pools.is_empty():
        return
    known = pools["pool_id"].unique().sort().to_list()
    for name, activity in sorted(costing.activities.items()):
        place = costing.document.place(("activities", name))
        _refuse_negative(name, usage, place)
        own = pools.filter(pl.col("pool_id") == activity.pool)
        if own.is_empty():
            cause = f"No pool `{activity.pool}` is delivered.{suggestion(activity.pool, known)}"
            raise TierwiseError("COST_POOL", place=place, cause=cause)
        _refuse_gap(name, own, usage, place)
        _refuse_capacity(activity.unit, own, place)


def _refuse_negative(name: str, usage: pl.DataFrame, place: str) -> None:
    wrong = usage.filter((pl.col("activity_id") == name) & (pl.col("negative_count") > 0))
    if not wrong.is_empty():
        first, count = wrong["negative_line_id"].sort()[0], wrong["negative_count"].sum()
        cause = f"Lines of which {name} takes less than nothing: {count}, {first} the first."
        raise TierwiseError("COST_EQUATION", place=place, cause=cause)


def _refuse_gap(name: str, own: pl.DataFrame, usage: pl.DataFrame, place: str) -> None:
    used = usage.filter((pl.col("activity_id") == name) & (pl.col("used_units") > 0))
    lacking = used.join(own, on="month_start_date", how="anti")["month_start_date"].sort()
    if len(lacking):
        month, pool = str(lacking[0])[:7], own[0, "pool_id"]
        cause = f"{pool} has no cost for {month}, when {name} was done."
        raise TierwiseError("COST_POOL", place=place, cause=cause)


def _refuse_capacity(unit: str, own: pl.DataFrame, place: str) -> None:
    pool = own[0, "pool_id"]
    without = own.filter(pl.col("practical_capacity_units").is_null())["month_start_date"]
    if len(without):
        cause = f"{pool} has no practical capacity in {without[0]:%Y-%m}."
        raise TierwiseError("COST_POOL", place=place, cause=cause)
    is_other = (pl.col("capacity_unit") != unit.lower()).fill_null(value=True)
    other = own.filter(is_other | (pl.col("capacity_unit_count") > 1))
    if not other.is_empty():
        stated = other[0, "capacity_unit"] or "nothing that is named"
        cause = (
            f"{pool} is counted in {stated} in {other[0, 'month_start_date']:%Y-%m}, not {unit}."
        )
        raise TierwiseError("COST_POOL", place=place, cause=cause)
