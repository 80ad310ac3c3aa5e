"""Supply: stock of each item week by week, purchase orders that refill it, and their receipts.

Stock is reviewed once a week against a reorder point. Some items are planned too tight and run
out, some too generously. What stock cannot cover is not ordered: the sale is lost.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import polars as pl

from data.generator.catalogue import price_level
from data.generator.demand import Demand
from data.generator.plan import Plan
from data.generator.world import World, erp_of

Ints = npt.NDArray[np.int64]

FIRST_PURCHASE = (4_500_000, 90_000)
PARTIAL_SHARE = 0.15
REJECTED_SHARE = 0.03
CANCELLED_SHARE = 0.01
TIGHT_SHARE, GENEROUS_SHARE = 0.05, 0.12


class Supply:
    """Stock on hand and on order by item, moved forward one week at a time."""

    def __init__(self, plan: Plan, world: World, demand: Demand) -> None:
        """Open with the stock of items that were sold before the start."""
        self._plan = plan
        self._demand = demand
        items, suppliers = world.items, world.suppliers
        self._erp = erp_of(items).to_numpy()
        self._site = items["site"].to_numpy()
        products = world.products
        at = items["product"].to_numpy()
        self._supplier = products["supplier"].to_numpy()[at]
        self._second = products["second_supplier"].to_numpy()[at]
        self._lead_mean = suppliers["lead_mean_days"].to_numpy()
        self._lead_cv = suppliers["lead_cv"].to_numpy()
        self._planned = suppliers["planned_days"].to_numpy()
        preferred = world.sources.filter(pl.col("is_preferred")).sort("product")
        other = products.select("product", supplier="second_supplier").join(
            world.sources, on=["product", "supplier"], how="left", maintain_order="left"
        )
        self._price = preferred["price"].to_numpy()[at]
        self._second_price = other["price"].to_numpy()[at]
        self._minimum = preferred["minimum"].to_numpy()[at]
        self._multiple = preferred["multiple"].to_numpy()[at]
        self._set_parameters()
        self._pending = pl.DataFrame(schema=_PENDING)
        self._last_number = list(FIRST_PURCHASE)
        self._last_receipt = 0
        self.lost: list[pl.DataFrame] = []

    def _set_parameters(self) -> None:
        random = self._plan.stream("stock")
        demand, count = self._demand, self._demand.count
        weekly = demand.probability * demand.mean_units
        variance = demand.probability * demand.mean_units**2 * (1 + 1 / demand.shape) - weekly**2
        weeks = self._lead_mean[self._supplier] / 7 + 1.5
        kind = random.random(count)
        factor = random.normal(2.1, 0.5, count)
        factor = np.where(kind < TIGHT_SHARE, -0.4, factor)
        factor = np.where(kind > 1 - GENEROUS_SHARE, factor + 5, factor)
        point = weekly * weeks + factor * np.sqrt(np.maximum(variance, 0) * weeks)
        self._reorder_point = np.maximum(point, 0.6 * demand.mean_units)
        self._lot = np.maximum(weekly * random.uniform(4, 12, count), self._minimum)
        opening = self._reorder_point + self._lot * random.random(count)
        is_open = demand.first_week == 0
        self.on_hand = np.where(is_open, np.rint(opening), 0).astype(np.int64)
        self._on_order = np.zeros(count, dtype=np.int64)

    @staticmethod
    def no_purchases() -> pl.DataFrame:
        """Return the purchase order lines of the week in which trading begins."""
        whole = ("erp", "day", "supplier", "site", "item", "units", "due", "order", "line")
        schema = dict.fromkeys(whole, pl.Int64)
        return pl.DataFrame(schema={**schema, "price": pl.Float64, "is_cancelled": pl.Boolean})

    def sell(self, week: int, units: Ints) -> Ints:
        """Return what stock covers of the units asked for; the rest is lost and noted."""
        sold = np.minimum(units, self.on_hand)
        short = np.flatnonzero(units > sold)
        self.lost.append(
            pl.DataFrame(
                {
                    "item": short,
                    "monday": np.full(len(short), self._plan.first_monday + 7 * week),
                    "asked": units[short],
                    "lost": units[short] - sold[short],
                }
            )
        )
        return sold

    def receive(self, week: int) -> pl.DataFrame:
        """Return the receipts of a week, one row each, sorted by day and numbered."""
        sunday = self._plan.first_monday + 7 * week + 6
        due = self._pending.filter(pl.col("day") <= sunday).sort(
            "day", "erp", "order", "line", "part"
        )
        self._pending = self._pending.filter(pl.col("day") > sunday)
        due = due.with_columns(receipt=pl.int_range(due.height) + self._last_receipt + 1)
        self._last_receipt += due.height
        return due

    def stock_on(self, day: int, lines: pl.DataFrame, receipts: pl.DataFrame) -> Ints:
        """Return stock by item at the close of a day of the week under way, returns included."""
        count = self._demand.count
        gone = lines.filter((pl.col("day") <= day) & ~pl.col("is_return") & ~pl.col("is_cancelled"))
        back = lines.filter((pl.col("day") <= day) & pl.col("is_return"))
        come = receipts.filter(pl.col("day") <= day)
        return (
            self.on_hand
            - _total(gone["item"], gone["units"], count)
            + _total(back["item"], back["units"], count)
            + _total(come["item"], come["units"] - come["rejected"], count)
        )

    def close(self, week: int, lines: pl.DataFrame, receipts: pl.DataFrame) -> None:
        """Move stock to the end of a week: receipts, sales, and returns put back on the shelf."""
        sunday = self._plan.first_monday + 7 * week + 6
        self.on_hand = self.stock_on(sunday, lines, receipts)
        self._on_order -= _total(receipts["item"], receipts["units"], self._demand.count)

    def reorder(self, week: int) -> pl.DataFrame:
        """Review stock at a week's end; return the next week's purchase order lines, numbered."""
        random = self._plan.stream("purchases", week)
        point = self._reorder_point * self._demand.level(week)
        position = self.on_hand + self._on_order
        lead_weeks = self._lead_mean[self._supplier] / 7
        begins = self._demand.first_week - lead_weeks - 2 <= week
        goes_on = week + lead_weeks < self._demand.last_week
        item = np.flatnonzero((position <= point) & begins & goes_on)
        wanted = (point - position + self._lot)[item]
        units = (np.ceil(wanted / self._multiple[item]) * self._multiple[item]).astype(np.int64)
        use_second = (self._second[item] >= 0) & (random.random(len(item)) < 0.15)
        supplier = np.where(use_second, self._second[item], self._supplier[item])
        monday = self._plan.first_monday + 7 * (week + 1)
        day = monday + random.integers(0, 5, len(item))
        price = np.where(use_second, self._second_price[item], self._price[item])
        lines = pl.DataFrame(
            {
                "erp": self._erp[item],
                "day": day,
                "supplier": supplier,
                "site": self._site[item],
                "item": item,
                "units": units,
                "due": day + self._planned[supplier],
                "price": price * price_level(monday, self._plan.start_day),
                "is_cancelled": random.random(len(item)) < CANCELLED_SHARE,
            }
        )
        lines = self._numbered(lines)
        placed = lines.filter(~pl.col("is_cancelled"))
        self._on_order += _total(placed["item"], placed["units"], self._demand.count)
        self._pending = pl.concat([self._pending, self._receipts_of(random, placed)])
        return lines

    def _numbered(self, lines: pl.DataFrame) -> pl.DataFrame:
        order = ["erp", "day", "supplier", "site"]
        lines = lines.sort(*order, "item", maintain_order=True).with_columns(
            order=pl.struct(order).rle_id().cast(pl.Int64)
        )
        first = pl.col("order").min().over("erp")
        base = pl.col("erp").replace_strict(
            dict(enumerate(self._last_number)), return_dtype=pl.Int64
        )
        lines = lines.with_columns(order=pl.col("order") - first + 1 + base)
        for erp, last in lines.group_by("erp").agg(pl.col("order").max()).iter_rows():
            self._last_number[erp] = last
        return lines.with_columns(line=pl.int_range(pl.len()).over("erp", "order") + 1)

    def _receipts_of(self, random: np.random.Generator, lines: pl.DataFrame) -> pl.DataFrame:
        """Draw when each line arrives, in one part or two, and what inspection refuses of it."""
        supplier = lines["supplier"].to_numpy()
        shape = 1 / self._lead_cv[supplier] ** 2
        days = random.standard_gamma(shape) / shape * self._lead_mean[supplier]
        day = lines["day"].to_numpy() + np.maximum(2, np.rint(days)).astype(np.int64)
        units = lines["units"].to_numpy()
        in_parts = (random.random(len(units)) < PARTIAL_SHARE) & (units > 3)
        first = np.where(in_parts, np.rint(units * random.uniform(0.4, 0.8, len(units))), units)
        later = day + random.integers(4, 21, len(units))
        frames = [
            self._part(random, lines, 1, day, first.astype(np.int64)),
            self._part(random, lines, 2, later, units - first.astype(np.int64)),
        ]
        return pl.concat(frames).filter(pl.col("units") > 0)

    def _part(
        self, random: np.random.Generator, lines: pl.DataFrame, part: int, day: Ints, units: Ints
    ) -> pl.DataFrame:
        is_refused = random.random(len(units)) < REJECTED_SHARE
        refused = np.ceil(units * random.uniform(0.02, 0.15, len(units))) * is_refused
        return lines.select("erp", "order", "line", "item").with_columns(
            part=pl.lit(part, pl.Int64),
            day=pl.Series(day),
            units=pl.Series(units),
            rejected=pl.Series(refused.astype(np.int64)),
        )


_PENDING = dict.fromkeys(
    ("erp", "order", "line", "item", "part", "day", "units", "rejected"), pl.Int64
)


def _total(item: pl.Series, units: pl.Series, count: int) -> Ints:
    """Sum units by item."""
    sums = np.bincount(
        item.to_numpy(), weights=units.to_numpy().astype(np.float64), minlength=count
    )
    return sums.astype(np.int64)
