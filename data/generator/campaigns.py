"""The calendar of promotions as the CRM delivers it: campaigns, and the products of each."""

from __future__ import annotations

import numpy as np
import polars as pl

from data.generator import crm
from data.generator.demand import PROMOTION_WEEKS, Demand
from data.generator.extracts import Master
from data.generator.plan import Plan
from data.generator.world import World

KINDS = ("price", "display", "bundle")
PLANNED_DAYS = 28  # before its first day a campaign is in the calendar


def planned(plan: Plan, demand: Demand) -> pl.DataFrame:
    """One row per promotion known on the last day: item, first and last day, and uplift.

    Promotions that begin and end together are one `campaign`, and of one kind.
    """
    frames = []
    for week in range(0, plan.weeks + PROMOTION_WEEKS, PROMOTION_WEEKS):
        block = demand.promotions(week)
        item = np.flatnonzero(block.uplift > 1)
        first, last, uplift = block.first_week[item], block.last_week[item], block.uplift[item]
        frames.append(pl.DataFrame({"item": item, "first": first, "last": last, "uplift": uplift}))
    rows = pl.concat(frames).with_columns(
        start=plan.first_monday + 7 * pl.col("first"),
        end=plan.first_monday + 7 * pl.col("last") + 6,
        campaign=pl.format(
            "C{}-{}",
            pl.col("first").cast(pl.String).str.zfill(4),
            pl.col("last") - pl.col("first") + 1,
        ),
        kind=(pl.col("first") % len(KINDS)).replace_strict(
            dict(enumerate(KINDS)), return_dtype=pl.String
        ),
    )
    return rows.filter(pl.col("start") <= plan.as_of_day + PLANNED_DAYS).sort(
        "start", "end", "item"
    )


def masters(plan: Plan, world: World, demand: Demand) -> dict[str, Master]:
    """Return the extracts that are delivered whole, by name."""
    rows = planned(plan, demand)
    names = world.item_names[rows["item"].to_numpy()]
    rows = rows.with_columns(names.select("system", "product_key", "site_key"))
    number = pl.int_range(pl.len()).over("campaign") + 1
    frame = rows.select(
        campaign_id="campaign",
        position=number.cast(pl.String),
        kind="kind",
        company="system",
        article="product_key",
        plant="site_key",
        starts_on=crm.DIALECT.day(pl.col("start")),
        ends_on=crm.DIALECT.day(pl.col("end")),
    )
    return {"campaigns": Master(frame=frame)}
