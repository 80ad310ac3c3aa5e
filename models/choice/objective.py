"""Which settings of policy are worth a choice: a front of service, stock and cost to serve.

A setting is evaluated on all items at once; it is on the front unless another is at least as good
in all three goals and better in one (Pareto).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.choice.drivers import Stocked
from models.inventory.arrays import Floats
from models.inventory.service import safety_factor, standard_normal_loss

LOT_FACTORS = (0.5, 0.7, 1.0, 1.4, 2.0)
LEVELS = (0.80, 0.85, 0.90, 0.92, 0.94, 0.95, 0.96, 0.97, 0.98, 0.99)
OWN_LEVELS = (0.25, 0.5, 1.0, 2.0, 4.0)
LOWEST, HIGHEST = 0.5, 0.999
CLASSES = "classes"


@dataclass(frozen=True, kw_only=True)
class Setting:
    """How targets are set, and the order quantity relative to the economic one."""

    name: str
    targets: Floats
    lot_factor: float

    @property
    def words(self) -> str:
        """Say which setting it is."""
        return f"{self.name}, lots x {self.lot_factor:g}"


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What a setting is reckoned to come to.

    `fill_rate` share of the value demanded that is served from stock; `stock` mean value of buffers
    and cycle stock; `cost` money a year for orders and shortages: what serving costs beside stock.
    """

    fill_rate: float
    stock: float
    cost: float

    def scaled(self, factor: float) -> Outcome:
        """Return what so many times the items would come to."""
        return Outcome(fill_rate=self.fill_rate, stock=self.stock * factor, cost=self.cost * factor)


@dataclass(frozen=True, kw_only=True)
class Worth:
    """Value of a unit of each item, and money per order."""

    unit_value: Floats
    order_cost: float


def evaluate(setting: Setting, items: Stocked, worth: Worth) -> Outcome:
    """Return what a setting comes to over all items.

    Short in a cycle: sigma G(z), at most Q, which is all that a cycle serves. Sources: Silver, Pyke
    and Thomas (2017), section 6.7, as `models.inventory.service` has them.
    """
    quantity = items.order_quantity * setting.lot_factor
    z = safety_factor(setting.targets)
    short = np.minimum(items.protection_sd * standard_normal_loss(z), quantity)
    cycles = items.demand / quantity
    demanded = items.demand * worth.unit_value
    served = demanded - short * cycles * worth.unit_value
    stock = (z * items.protection_sd + quantity / 2) * worth.unit_value
    cost = worth.order_cost * cycles + items.shortage_cost * short * cycles
    total = float(demanded.sum())
    return Outcome(
        fill_rate=float(served.sum()) / total if total > 0 else 1.0,
        stock=float(stock.sum()),
        cost=float(cost.sum()),
    )


def own_targets(items: Stocked, weight: float) -> Floats:
    """Return each item's best cycle service level, were shortages `weight` times as dear.

    1 - h Q / (w b D), held between a half and 99.9 %. Source: Silver, Pyke and Thomas (2017),
    section 6.7.
    """
    worth = weight * items.shortage_cost * items.demand
    ratio = items.holding_cost * items.order_quantity
    level = 1 - np.divide(ratio, worth, out=np.ones_like(ratio), where=worth > 0)
    return np.asarray(np.clip(level, LOWEST, HIGHEST))


def target_names() -> tuple[str, ...]:
    """Return the ways to set targets that are compared."""
    uniform = (f"uniform {level:.2f}" for level in LEVELS)
    return (CLASSES, *uniform, *(f"own x {weight:g}" for weight in OWN_LEVELS))


def settings(items: Stocked, class_targets: Floats) -> list[Setting]:
    """Return the settings to compare, in each of the lot sizes.

    `class_targets` are those that the stock policy gives items by class; `uniform` is one level for
    all, `own` the best level of each item at a weight of shortages.
    """
    uniform = (np.full(len(items.demand), level) for level in LEVELS)
    own = (own_targets(items, weight) for weight in OWN_LEVELS)
    return [
        Setting(name=name, targets=targets, lot_factor=factor)
        for name, targets in zip(target_names(), (class_targets, *uniform, *own), strict=True)
        for factor in LOT_FACTORS
    ]


def dominated_by(outcomes: Sequence[Outcome]) -> NDArray[np.int64]:
    """Return for each outcome one that dominates it and is itself on the front, or -1.

    Of several the one with the least stock.
    """
    goals = np.array([(-o.fill_rate, o.stock, o.cost) for o in outcomes]).reshape(-1, 3)
    goals = np.array([[float(f"{value:.9g}") for value in row] for row in goals]).reshape(-1, 3)
    as_good = np.all(goals[:, np.newaxis, :] <= goals[np.newaxis, :, :], axis=2)
    differ = np.any(goals[:, np.newaxis, :] < goals[np.newaxis, :, :], axis=2)
    better = np.logical_and(as_good, differ)
    on_front = np.logical_not(np.any(better, axis=0))
    stock = np.where(better & on_front[:, np.newaxis], goals[:, 1:2], np.inf)
    by = np.argmin(stock, axis=0) if len(goals) else np.zeros(0, dtype=np.int64)
    return np.where(on_front, -1, by).astype(np.int64)
