"""What drivers measure of items."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from models.choice.drivers import Stocked, blended, economic_priority
from models.inventory.arrays import Floats
from models.inventory.random_numbers import Keys

DRIVERS = ("revenue", "margin", "volume", "risk", "blend", "economic")
BLENDED = ("revenue", "margin", "volume", "risk")


@dataclass(frozen=True, kw_only=True)
class Measured:
    """Items that all drivers know: revenue, margin, units and risk, and their stock.

    `keys` are numbers of items that are as good as random, and the same every night.
    """

    keys: Keys
    revenue: Floats
    margin: Floats
    volume: Floats
    risk: Floats
    stocked: Stocked

    def drivers(self, weights: Mapping[str, float]) -> dict[str, Floats]:
        """Return each driver's value of each item; `weights` are those of the blend."""
        plain = {name: getattr(self, name) for name in BLENDED}
        stock = self.stocked
        economic = economic_priority(
            stock.shortage_cost, stock.demand, stock.holding_cost, stock.order_quantity
        )
        return {**plain, "blend": blended(plain, weights), "economic": economic}
