"""What serving costs: pools of cost that controlling closes, and freight as carriers charge it.

The pools are built from the truth: what activities really used, at a rate that is known, with a
quarter of capacity to spare. So what each line should have cost is known as well.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

import polars as pl

from data.generator.extracts import Master
from data.generator.freight import freight
from data.generator.network import ERPS
from data.generator.plan import Plan, day_number
from data.generator.terms import with_terms
from data.generator.world import World
from data.generator.writing import Dialect

SYSTEM = "finance"
DIALECT = Dialect(
    delimiter=",",
    encoding="utf-8",
    date_format="%Y-%m-%d",
    decimal_mark=".",
    thousands_mark="",
)
MONTHS = 12
SPARE = 1.25
_SOLD = ~pl.col("is_return") & ~pl.col("is_cancelled")


@dataclass(frozen=True, kw_only=True)
class Activity:
    """What an activity takes of a line, in hundredths of the pool's unit; data/demo/costing.yml."""

    pool: str
    name: str
    where: pl.Expr
    hundredths: pl.Expr


@dataclass(frozen=True, kw_only=True)
class Pool:
    """What a unit of a pool costs, in hundredths of its currency."""

    name: str
    account: str
    rate: int
    currency: str = "EUR"
    unit: str = "minutes"


POOLS = (
    Pool(name="order_desk", account="6100", rate=95),
    Pool(name="warehouse_europe", account="6210", rate=65),
    Pool(name="warehouse_america", account="6220", rate=70, currency="USD"),
    Pool(name="returns_desk", account="6230", rate=75),
    Pool(name="crane", account="6240", rate=180),
    Pool(name="retail_reserve", account="6250", rate=210, unit="lines"),
)
# Rent of the offices: nobody serves a customer by it.
RENT = ("rent", "6900", 4_150_000)
_LINE = pl.when(_SOLD).then(1).otherwise(0)
_IN_CASES = pl.col("stated_unit") == "CS"
_PICKING = pl.when(_SOLD).then(
    350 + pl.when(_IN_CASES).then(30 * pl.col("stated_units")).otherwise(0)
)
ACTIVITIES = (
    Activity(
        pool="order_desk",
        name="entering_orders",
        where=pl.col("channel") == "manual",
        hundredths=1_400 * pl.col("is_header") + 150 * (1 - pl.col("is_return").cast(pl.Int64)),
    ),
    Activity(
        pool="order_desk",
        name="checking_orders",
        where=pl.col("channel") != "manual",
        hundredths=100 * pl.col("is_header"),
    ),
    Activity(
        pool="warehouse_europe", name="picking_europe", where=pl.col("erp") == 0,
        hundredths=_PICKING,
    ),
    Activity(
        pool="warehouse_america", name="picking_america", where=pl.col("erp") == 1,
        hundredths=_PICKING,
    ),
    Activity(
        pool="returns_desk", name="taking_back", where=pl.col("is_return"),
        hundredths=1_400 + 400 * pl.col("is_first_back"),
    ),
    Activity(
        pool="crane", name="loading_by_crane", where=pl.col("is_heavy"), hundredths=2_000 * _LINE
    ),
    Activity(
        pool="retail_reserve", name="reserving_stock", where=pl.col("customer_group") == "Retail",
        hundredths=100 * _LINE,
    ),
)  # fmt: skip


class Costs:
    """Follows the company's lines and what left, as far as costs are delivered for them."""

    def __init__(self, plan: Plan, world: World) -> None:
        """Begin with the first of twelve whole months before the last day."""
        self._plan, self._world = plan, world
        self._months = list(_months(plan))
        self._first = day_number(self._months[0]) if self._months else plan.as_of_day + 1
        self._lines: list[pl.DataFrame] = []
        self._shipped: list[pl.DataFrame] = []

    def note(self, lines: pl.DataFrame, shipped: pl.DataFrame) -> None:
        """Remember a week: lines with their stated units, and what left."""
        until = self._plan.as_of_day
        self._lines.append(lines.filter(pl.col("day").is_between(self._first, until)))
        self._shipped.append(shipped.filter(pl.col("shipped").is_between(self._first, until)))

    def masters(self) -> Mapping[str, Master]:
        """Return the extracts that are delivered whole, by name."""
        return {
            "cost_pools": Master(frame=self._pools()),
            "freight": Master(frame=freight(pl.concat(self._shipped), DIALECT)),
        }

    def used(self) -> pl.DataFrame:
        """Return what each activity used in each month: pool, month, activity, hundredths, cost.

        `cost` is in hundredths of hundredths of the pool's currency.
        """
        lines = self._known_lines()
        frames = [
            lines.filter(activity.where)
            .group_by("month")
            .agg(hundredths=activity.hundredths.sum().cast(pl.Int64))
            .with_columns(pool=pl.lit(activity.pool), activity=pl.lit(activity.name))
            for activity in ACTIVITIES
        ]
        rate = pl.col("pool").replace_strict({p.name: p.rate for p in POOLS}, return_dtype=pl.Int64)
        return (
            pl.concat(frames)
            .with_columns(cost=pl.col("hundredths") * rate)
            .select("pool", "month", "activity", "hundredths", "cost")
            .sort("pool", "month", "activity")
        )

    def _known_lines(self) -> pl.DataFrame:
        """Return the lines of whole months, with what time equations count."""
        ends = {m: day_number(_following(m)) - 1 for m in self._months}
        lines = with_terms(pl.concat(self._lines, how="diagonal")).filter(
            pl.col("day") <= max(ends.values(), default=0)
        )
        groups = pl.concat(
            [
                self._world.accounts.filter(pl.col("system") == erp).select(
                    "account", "customer_group", erp=pl.lit(at, pl.Int64)
                )
                for at, erp in enumerate(ERPS)
            ]
        )
        first = (pl.int_range(pl.len()) == 0).over("erp", "order", "is_return").cast(pl.Int64)
        is_return = pl.col("is_return").cast(pl.Int64)
        return (
            lines.with_columns(pl.col("erp").cast(pl.Int64), pl.col("account").cast(pl.Int64))
            .join(
                groups.with_columns(pl.col("account").cast(pl.Int64)),
                on=["erp", "account"],
                how="left",
            )
            .with_columns(
                month=pl.col("day").cast(pl.Int32).cast(pl.Date).dt.truncate("1mo"),
                is_header=first * (1 - is_return),
                is_first_back=first * is_return,
            )
        )

    def _pools(self) -> pl.DataFrame:
        """One row per pool and month: capacity is what the busiest month used and a quarter."""
        busiest = (
            self.used()
            .group_by("pool", "month")
            .agg(pl.col("hundredths").sum())
            .group_by("pool")
            .agg(pl.col("hundredths").max())
        )
        peak = dict(busiest.iter_rows())
        rows: list[tuple[str | None, ...]] = []
        for month in self._months:
            rows.append((RENT[0], str(month), _money(RENT[2]), "EUR", None, None, RENT[1]))
            for pool in POOLS:
                capacity = round(SPARE * peak.get(pool.name, 0) / 100) + 1
                cost = _money(capacity * pool.rate)
                rows.append(
                    (pool.name, str(month), cost, pool.currency, str(capacity), pool.unit,
                     pool.account)
                )  # fmt: skip
        names = ("pool", "month", "amount", "currency", "practical_capacity", "unit", "account")
        return pl.DataFrame(rows, schema=dict.fromkeys(names, pl.String), orient="row")


def _months(plan: Plan) -> list[date]:
    """Return the first days of the last twelve months that are over, and within the horizon."""
    found: list[date] = []
    month = (plan.as_of + timedelta(days=1)).replace(day=1)
    for _ in range(MONTHS):
        month = (month - timedelta(days=1)).replace(day=1)
        if month >= plan.start:
            found.append(month)
    return found[::-1]


def _following(month: date) -> date:
    return (month + timedelta(days=32)).replace(day=1)


def _money(cents: int) -> str:
    return f"{cents // 100}.{cents % 100:02d}"
