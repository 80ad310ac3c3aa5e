"""What is bought from outside: signals of a market data provider, and what two chains sell.

The provider gave up one of its signals half a year ago. One chain's stores all report; of the
other's, four in ten never do.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import polars as pl

from data.generator import words
from data.generator.extracts import Master
from data.generator.network import ERPS
from data.generator.plan import Plan
from data.generator.world import World
from data.generator.writing import Dialect

SYSTEM = "market"
DIALECT = Dialect(
    delimiter=",",
    encoding="utf-8",
    date_format="%Y-%m-%d",
    decimal_mark=".",
    thousands_mark="",
)
GIVEN_UP = "energy_price"
SUBJECTS = (
    *(("market_growth", "country", code) for code in words.CITIES),
    ("freight_index", "company", "*"),
    (GIVEN_UP, "region", "EU"),
)
# Days from the end of a month to its publication, and since the provider gave a signal up.
PUBLISHED_AFTER_DAYS = 10
GIVEN_UP_DAYS = 180
REPORTED_WEEKS = 40
# An order replaces what stores have sold in the weeks before it, so that sales foretell orders.
REPLACED_WEEKS = 4


@dataclass(frozen=True, kw_only=True)
class Chain:
    """A chain that buys as customers of one group, and how many of its stores report."""

    name: str
    customer_group: str
    stores: int
    reporting: int


CHAINS = (
    Chain(name="homestead", customer_group="Retail", stores=12, reporting=12),
    Chain(name="tradepoint", customer_group="Installer", stores=20, reporting=12),
)


def is_reported(plan: Plan, sunday: int) -> bool:
    """Return whether the chains' reports reach back to the week that ends on a Sunday."""
    return sunday > plan.as_of_day - 7 * REPORTED_WEEKS


def masters(plan: Plan, world: World, lines: Sequence[pl.DataFrame]) -> dict[str, Master]:
    """Return the extracts that are delivered whole, by name; `lines` are those of late weeks."""
    return {
        "signals": Master(frame=_signals(plan)),
        "pos_sales": Master(frame=_pos_sales(plan, world, lines)),
    }


def _signals(plan: Plan) -> pl.DataFrame:
    """One row per signal, subject and month, published some days after the month is over."""
    random = plan.stream("signals")
    rows = []
    for end in _month_ends(plan):
        published = end + timedelta(days=PUBLISHED_AFTER_DAYS)
        stamps = (f"{end:%Y-%m-%d}", f"{published:%Y-%m-%d} 08:00:00", "Meridian Market Data")
        growth = [("market_growth", "country", code) for code in words.CITIES]
        for subject in (
            *growth,
            ("freight_index", "company", "*"),
            ("energy_price", "region", "EU"),
        ):
            value = f"{1 + 0.04 * random.standard_normal():.4f}"
            is_given_up = (plan.as_of - end).days < GIVEN_UP_DAYS and subject[0] == "energy_price"
            if published <= plan.as_of and not is_given_up:
                rows.append((*subject, value, *stamps))
    names = ("signal", "subject_type", "subject", "value", "value_date", "published_at", "provider")
    return pl.DataFrame(rows, schema=names, orient="row")


def _month_ends(plan: Plan) -> Iterator[date]:
    month = plan.start.replace(day=1)
    while month <= plan.as_of:
        following = (month + timedelta(days=32)).replace(day=1)
        yield following - timedelta(days=1)
        month = following


def _pos_sales(plan: Plan, world: World, lines: Sequence[pl.DataFrame]) -> pl.DataFrame:
    """One row per chain, store, article and day on which the store sold of it.

    A store reports each week, if only that it sold none of an article.
    """
    bought = _bought(plan, world, pl.concat(lines))
    frames = []
    for chain in CHAINS:
        own = bought.filter(pl.col("customer_group") == chain.customer_group).with_columns(
            chain=pl.lit(chain.name), store=1 + pl.col("account") % chain.stores
        )
        frames.append(pl.concat([own, _nothing_sold(plan, own)], how="diagonal"))
    reporting = {chain.name: chain.reporting for chain in CHAINS}
    return (
        pl.concat(frames)
        .filter(pl.col("store") <= pl.col("chain").replace_strict(reporting))
        .group_by("chain", "store", "company", "article", "day")
        .agg(pl.col("units").sum())
        .sort("chain", "store", "company", "article", "day")
        .select(
            "chain",
            store="S" + pl.col("store").cast(pl.String).str.zfill(3),
            company="company",
            article="article",
            sales_date=DIALECT.day(pl.col("day")),
            units=DIALECT.number(pl.col("units"), 0),
        )
    )


def _bought(plan: Plan, world: World, lines: pl.DataFrame) -> pl.DataFrame:
    """Return what each customer group has sold in the weeks that the chains report.

    Of each order an equal part was sold in each of the weeks before it, the rest in the last one.
    """
    ordered = lines.filter(~pl.col("is_return") & ~pl.col("is_cancelled"))
    weekly = (pl.col("units") // REPLACED_WEEKS).cast(pl.Int64)
    rest = pl.col("units").cast(pl.Int64) - (REPLACED_WEEKS - 1) * weekly
    sold = pl.concat(
        ordered.with_columns(day=pl.col("day") - 7 * week, units=weekly if week else rest)
        for week in range(REPLACED_WEEKS)
    ).filter(
        pl.col("units") > 0,
        pl.col("day").is_between(plan.as_of_day - 7 * REPORTED_WEEKS + 1, plan.as_of_day),
    )
    accounts = world.accounts.filter(pl.col("system").is_in(ERPS)).select(
        "account", "customer_group", company="system"
    )
    named = sold.with_columns(
        company=pl.col("erp").replace_strict(dict(enumerate(ERPS)), return_dtype=pl.String),
        article=world.item_names["product_key"].gather(sold["item"].to_numpy()),
    )
    return named.select(
        "company", "account", "article", "day", pl.col("units").cast(pl.Int64)
    ).join(accounts, on=["company", "account"], maintain_order="left")


def _nothing_sold(plan: Plan, own: pl.DataFrame) -> pl.DataFrame:
    """Return one row of no units for each store and week, of the chain's first article."""
    if own.is_empty():
        return own
    chain = next(chain for chain in CHAINS if chain.name == own[0, "chain"])
    first = own.sort("company", "article").row(0, named=True)
    return pl.DataFrame(
        [
            {**{key: first[key] for key in ("chain", "company", "article")}, "store": store,
             "day": plan.as_of_day - 7 * week, "units": 0}
            for store in range(1, chain.stores + 1)
            for week in range(REPORTED_WEEKS)
        ]
    ).cast({"store": own.schema["store"], "day": own.schema["day"]})  # fmt: skip
