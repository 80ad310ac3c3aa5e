"""Service contracts with customers, as the CRM keeps them, and what of them is in force."""

from __future__ import annotations

import numpy as np
import polars as pl

from data.generator.extracts import Master
from data.generator.network import ERPS
from data.generator.plan import Plan
from data.generator.world import World
from data.generator.writing import Dialect

CONTRACTED_SHARE = 0.12
SECOND_SHARE = 0.25  # of contracts have a second position, for one product, with other terms
ENDED_SHARE = 0.3
PENALTY_SHARE = 0.6


def agreed(plan: Plan, world: World) -> pl.DataFrame:
    """One row per position of a contract known on the last day, by company, number and position.

    Days are day numbers, `until` the last day in force or null; rates count hundredths, and
    `product_key` is null where the position is for all that the customer buys.
    """
    frames = [_of_company(plan, world, at) for at in range(len(ERPS))]
    known = pl.col("since") <= plan.as_of_day
    return pl.concat(frames).filter(known).sort("company", "contract", "position")


def _of_company(plan: Plan, world: World, at: int) -> pl.DataFrame:
    random = plan.stream("contracts", at)
    accounts = world.accounts.filter(pl.col("system") == ERPS[at])
    keys = world.records.filter(pl.col("system") == ERPS[at]).sort("record")["source_key"]
    chosen = random.random(accounts.height) < CONTRACTED_SHARE
    frames = [
        _terms(random, accounts, keys, position, chosen & (random.random(accounts.height) < share))
        for position, share in ((1, 1.0), (2, SECOND_SHARE))
    ]
    return (
        pl.concat(frames)
        .with_columns(
            company=pl.lit(ERPS[at]),
            since=pl.max_horizontal(pl.col("created"), plan.start_day + pl.col("since")),
        )
        .with_columns(until=pl.when("is_ended").then(pl.col("since") + pl.col("lasting")))
    )


def _terms(
    random: np.random.Generator,
    accounts: pl.DataFrame,
    keys: pl.Series,
    position: int,
    chosen: np.ndarray,
) -> pl.DataFrame:
    count = accounts.height
    is_fill = random.random(count) < 0.5
    by_working_days = random.random(count) < 0.5
    # Products that every plan knows from the start: the first in the order of their launch.
    product = random.integers(0, max(1, len(keys) // 2), count)
    number = (70_000 + 13 * pl.col("account")).cast(pl.String)
    frame = accounts.select(
        "source_key",
        "created",
        contract=pl.format("SC-{}-{}", pl.col("system").str.slice(4, 1).str.to_uppercase(), number),
        position=pl.lit(position),
        product_key=keys.gather(product) if position > 1 else pl.lit(None, pl.String),
        lead_days=pl.Series(
            np.where(by_working_days, random.integers(1, 6, count), random.integers(2, 11, count))
        ),
        by_working_days=pl.Series(by_working_days),
        measure=pl.Series(np.where(is_fill, "fill", "otif")),
        level=pl.Series(
            np.where(is_fill, random.integers(94, 100, count), random.integers(88, 98, count))
        ),
        penalty=pl.when(pl.Series(random.random(count) < PENALTY_SHARE)).then(
            pl.Series(random.integers(1, 11, count))
        ),
        since=pl.Series(random.integers(0, 900, count)),
        is_ended=pl.Series(random.random(count) < ENDED_SHARE),
        lasting=pl.Series(random.integers(90, 900, count)),
    )
    is_sound = ~accounts["is_obsolete"].to_numpy()
    return frame.filter(pl.Series(chosen & is_sound))


def masters(plan: Plan, world: World, dialect: Dialect) -> dict[str, Master]:
    """Return the extract of contracts."""
    frame = agreed(plan, world).select(
        contract_number="contract",
        position=pl.col("position").cast(pl.String),
        company="company",
        customer_number="source_key",
        article="product_key",
        lead_days=pl.col("lead_days").cast(pl.String),
        day_kind=pl.when("by_working_days").then(pl.lit("working")).otherwise(pl.lit("calendar")),
        service_kind="measure",
        service_level=dialect.number(pl.col("level"), 2),
        penalty_rate=dialect.number(pl.col("penalty"), 2),
        valid_from=dialect.day(pl.col("since")),
        valid_until=dialect.day(pl.col("until")),
    )
    return {"service_contracts": Master(frame=frame)}


def in_force(plan: Plan, world: World) -> pl.DataFrame:
    """One row per account with a contract in force on the last day: the strictest of its terms."""
    rows = agreed(plan, world).filter(
        pl.col("until").is_null() | (pl.col("until") >= plan.as_of_day)
    )
    days, level = pl.col("lead_days"), (pl.col("level") / 100).round(2)
    return (
        rows.group_by("company", "source_key")
        .agg(
            contract_count=pl.col("contract").n_unique(),
            lead_days=days.filter(~pl.col("by_working_days")).min(),
            lead_working_days=days.filter("by_working_days").min(),
            fill_rate=level.filter(pl.col("measure") == "fill").max(),
            otif_rate=level.filter(pl.col("measure") == "otif").max(),
            penalty_rate=(pl.col("penalty") / 100).max().round(2),
        )
        .rename({"company": "system"})
        .sort("system", "source_key")
    )
