"""Project orders: large quantities that a customer asks for once, beside what is usual.

Whoever takes such an order gives it the order type of projects; one in eight is forgotten, and
looks like any other order. Projects are served from stock, and taken only where there is plenty.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import polars as pl

from data.generator.demand import Demand
from data.generator.orders import OrderBook
from data.generator.plan import Plan
from data.generator.world import World, erp_of

Ints = npt.NDArray[np.int64]

WEEKLY_CHANCE = 0.0012
FORGOTTEN_SHARE = 0.125
TIMES_USUAL = (5.0, 10.0)  # units of a project by those of a usual week with demand
SPARE_SHARE = 0.7  # of the stock that a week leaves, what a project may take
FIRST_ORDER = (8_000_000, 900_000)


class Projects:
    """Takes project orders week by week, under order numbers of their own."""

    def __init__(self, plan: Plan, world: World, demand: Demand, orders: OrderBook) -> None:
        """Begin with empty books."""
        self._plan = plan
        self._demand = demand
        self._orders = orders
        self._erp = erp_of(world.items).to_numpy()
        self._taken = [0, 0]
        self.taken: list[pl.DataFrame] = []

    def week(self, week: int, spare: Ints) -> pl.DataFrame:
        """Return a week's project orders, a line each, with the columns that order lines have.

        `spare` is the stock that the week's other orders leave, by item.
        """
        random = self._plan.stream("projects", week)
        wanted = random.uniform(*TIMES_USUAL, self._demand.count) * self._demand.mean_units
        is_asked = random.random(self._demand.count) < WEEKLY_CHANCE
        is_forgotten = random.random(self._demand.count) < FORGOTTEN_SHARE
        is_taken = is_asked & self._demand.is_live(week) & (wanted <= SPARE_SHARE * spare)
        item = np.flatnonzero(is_taken)
        lines = self._lines(random, week, item, np.rint(wanted[item]).astype(np.int64))
        lines = lines.with_columns(
            kind=pl.Series(np.where(is_forgotten[item], "standard", "project"), dtype=pl.String)
        )
        self.taken.append(
            lines.select("erp", "order", "line", "item", "requested", "units", "kind")
        )
        return lines

    def _lines(
        self, random: np.random.Generator, week: int, item: Ints, units: Ints
    ) -> pl.DataFrame:
        monday = self._plan.first_monday + 7 * week
        account = self._orders.chosen_accounts(random, item, monday)
        day = monday + random.integers(0, 4, len(item))
        requested = day + 1
        priced = self._orders.priced(random, week, monday, day, item, account, units)
        erp = self._erp[item]
        return pl.DataFrame(
            {
                "erp": erp,
                "is_return": np.zeros(len(item), dtype=bool),
                "day": day,
                "requested": requested,
                "shipped": requested,
                "account": account,
                "item": item,
                "units": units,
                **priced,
                "is_cancelled": np.zeros(len(item), dtype=bool),
                "order": self._numbers(erp),
                "line": np.ones(len(item), dtype=np.int64),
            }
        )

    def _numbers(self, erp: Ints) -> Ints:
        numbers = np.zeros(len(erp), dtype=np.int64)
        for at, first in enumerate(FIRST_ORDER):
            mine = np.flatnonzero(erp == at)
            numbers[mine] = first + self._taken[at] + 1 + np.arange(len(mine))
            self._taken[at] += len(mine)
        return numbers
