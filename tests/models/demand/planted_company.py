"""The demo's company in motion without its files: what was asked for, sold, lost and promoted."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from data.generator.demand import Demand
from data.generator.orders import OrderBook
from data.generator.plan import Plan
from data.generator.supply import Supply
from data.generator.world import draw_world
from models.demand.cleansing import Touched

PHASES = ((-2, "before"), (-1, "before"), (1, "after"), (2, "after"), (3, "after"))


@dataclass(frozen=True, kw_only=True)
class Company:
    """Arrays of shape (item, week); a shelf is short where all that it began with was sold."""

    items: pl.DataFrame
    asked: npt.NDArray[np.int64]
    sold: npt.NDArray[np.int64]
    usual: npt.NDArray[np.int64]
    is_short: npt.NDArray[np.bool_]
    promotions: pl.DataFrame

    @property
    def lives(self) -> pl.DataFrame:
        """Return first and last week of items, by series; null of those that sold nothing."""
        weeks = self.sold.shape[1]
        has_sold = (self.sold > 0).any(axis=1)
        frame = pl.DataFrame(
            {
                "series": np.arange(len(self.sold)),
                "first_week": (self.sold > 0).argmax(axis=1),
                "last_week": np.minimum(self.items["last_week"].to_numpy() - 1, weeks - 1),
            }
        )
        is_life = pl.Series(has_sold) & (frame["first_week"] <= frame["last_week"])
        return frame.with_columns(first_week=pl.when(is_life).then("first_week"))

    @property
    def touched(self) -> Touched:
        """Return what is known of it, as a night knows it."""
        series, week = np.nonzero(self.sold)
        out = np.nonzero(self.is_short)
        return Touched(
            demand=pl.DataFrame(
                {
                    "series": series,
                    "week": week,
                    "units": self.sold[series, week].astype(np.float64),
                }
            ),
            lives=self.lives,
            weeks=touched_weeks(self.promotions, pl.DataFrame({"series": out[0], "week": out[1]})),
        )


def touched_weeks(promotions: pl.DataFrame, stock_outs: pl.DataFrame) -> pl.DataFrame:
    """Return the weeks of promotions and those that are short, as `Touched` has them."""
    return (
        promotions.join(
            stock_outs.with_columns(is_short=True),
            on=["series", "week"],
            how="full",
            coalesce=True,
        )
        .with_columns(pl.col("is_short").fill_null(value=False))
        .sort("series", "week")
    )


def trade(plan: Plan) -> Company:
    """Run a company for all weeks of its plan."""
    world = draw_world(plan)
    demand = Demand(plan, world.items)
    supply, orders = Supply(plan, world, demand), OrderBook(plan, world, demand)
    shape = (world.items.height, plan.weeks)
    asked, sold, held = (np.zeros(shape, dtype=np.int64) for _ in range(3))
    for week in range(plan.weeks):
        asked[:, week] = demand.units(week)
        held[:, week] = supply.on_hand
        sold[:, week] = supply.sell(week, asked[:, week])
        lines, receipts = orders.week(week, sold[:, week]), supply.receive(week)
        supply.close(week, lines.with_columns(site=pl.lit(0)), receipts)
        supply.reorder(week)
    usual = asked.copy()
    for effects in demand.effects:
        item, weeks = effects["item"].to_numpy(), effects["week"].to_numpy()
        usual[item, weeks] = effects["without"].to_numpy()
    was_held = np.maximum.accumulate(held > 0, axis=1)
    return Company(
        items=world.items,
        asked=asked,
        sold=sold,
        usual=usual,
        is_short=(sold == held) & was_held,
        promotions=_calendar(plan, demand),
    )


def _calendar(plan: Plan, demand: Demand) -> pl.DataFrame:
    """Return the weeks of promotions and those around them; the one that runs decides."""
    frames = []
    for block in range(0, plan.weeks, 13):
        events = demand.promotions(block)
        for item in np.flatnonzero(events.uplift > 1):
            first, last = int(events.first_week[item]), int(events.last_week[item])
            running = [(week, "during", 0) for week in range(first, last + 1)]
            near = [(first + a if a < 0 else last + a, phase, abs(a)) for a, phase in PHASES]
            frames += [(int(item), *row, f"{block}", "price", 1.0) for row in [*running, *near]]
    names = ["series", "week", "promotion_phase", "weeks_apart", "promotion_id", "promotion_kind"]
    order = {"during": 0, "after": 1, "before": 2}
    return (
        pl.DataFrame(frames, schema=[*names, "share"], orient="row")
        .sort(
            "series",
            "week",
            pl.col("promotion_phase").replace_strict(order, return_dtype=pl.Int64),
            "weeks_apart",
        )
        .unique(["series", "week"], keep="first", maintain_order=True)
        .filter(pl.col("week").is_between(0, plan.weeks - 1))
    )
