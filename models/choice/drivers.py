"""Which measure to class items by: how drivers disagree, and what classing by each would cost.

Symbols of an item: D demand [units/year], b cost of one unit short [money/unit], h holding cost
[money/unit/year], Q order quantity [units], sigma deviation of protection demand [units].
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import stats

from models.inventory.arrays import Floats, as_floats, require
from models.inventory.random_numbers import Keys
from models.inventory.service import safety_factor, standard_normal_loss

Whole = NDArray[np.int64]
NO_VARIANCE = "has the same value for every item"
NO_VALUE = "is known of no item"


@dataclass(frozen=True, kw_only=True)
class Classing:
    """Classes from the first down: their part of the items, and their cycle service level."""

    names: tuple[str, ...]
    item_shares: tuple[float, ...]
    targets: tuple[float, ...]


@dataclass(frozen=True, kw_only=True)
class Stocked:
    """What the stock of items costs, one item per element; symbols as above."""

    demand: Floats
    shortage_cost: Floats
    holding_cost: Floats
    order_quantity: Floats
    protection_sd: Floats

    def at(self, chosen: Whole | NDArray[np.bool_]) -> Stocked:
        """Return some of the items."""
        return Stocked(**{name: value[chosen] for name, value in vars(self).items()})


@dataclass(frozen=True, kw_only=True)
class PolicyCost:
    """Yearly money of each item's buffer: holding it, and what still goes short."""

    holding: Floats
    shortage: Floats

    @property
    def total(self) -> Floats:
        """Return both together."""
        return self.holding + self.shortage


def economic_priority(
    shortage_cost: ArrayLike, demand: ArrayLike, holding_cost: ArrayLike, order_quantity: ArrayLike
) -> Floats:
    """Return b D / (h Q), by which classes of one service level each lose least.

    Where shortages wait, the best cycle service level is 1 - h Q / (b D): the larger the ratio, the
    higher. Source: Teunter, Babai and Syntetos (2010), Prod. Oper. Manag. 19, 343.
    """
    b, demand, h, quantity = as_floats(shortage_cost, demand, holding_cost, order_quantity)
    require(h * quantity > 0, "holding cost and order quantity are positive", h * quantity)
    return b * demand / (h * quantity)


def supply_risk(parts: Sequence[Floats], criticality: ArrayLike = 1.0) -> Floats:
    """Return what may go wrong in supply by what it would stop: mean of the known parts, 0 to 1.

    Each part is a share that is 1 at worst, not a number where it is not known; an item of which
    nothing is known has 0. `criticality` multiplies it.
    """
    table = np.array([np.clip(part, 0.0, 1.0) for part in parts])
    known = ~np.isnan(table)
    mean = np.where(known, table, 0.0).sum(axis=0) / np.maximum(known.sum(axis=0), 1)
    return np.asarray(mean * np.asarray(criticality, dtype=np.float64))


def blended(drivers: Mapping[str, Floats], weights: Mapping[str, float]) -> Floats:
    """Return the weighted mean of the places of items under drivers, 0 to 1, the highest 1.

    Places and not values are blended, so that neither currency nor one giant decides; equals share
    their mean place. A blend of one driver has that driver's order.
    """
    total = sum(weights.values())
    if total <= 0:
        raise ValueError(f"the weights of a blend add up to {total:g}")
    parts = [
        weight / total * stats.rankdata(drivers[name]) / max(len(drivers[name]), 1)
        for name, weight in weights.items()
        if weight > 0
    ]
    return np.asarray(sum(parts), dtype=np.float64)


def rejected(values: Floats) -> str | None:
    """Return why a driver cannot rank: none of its values is known, or all are the same."""
    if not len(values) or bool(np.isnan(values).all()):
        return NO_VALUE
    return NO_VARIANCE if np.nanmax(values) == np.nanmin(values) else None


def classes(values: Floats, keys: Keys, classing: Classing) -> Whole:
    """Return the class of each item, 0 the first, each of its declared part of the items.

    Highest value first. Sizes are the same under every driver, so equals at a cut must part: they
    do so by lot, by the same `keys` of items under every driver.
    """
    order = np.lexsort((keys, -values))
    ends = np.rint(np.cumsum(classing.item_shares) * len(values)).astype(np.int64)
    place = np.empty(len(values), dtype=np.int64)
    place[order] = np.arange(len(values))
    return np.searchsorted(ends[:-1], place, side="right").astype(np.int64)


def policy_cost(items: Stocked, targets: ArrayLike) -> PolicyCost:
    """Return what buffers for these cycle service levels cost in a year.

    h z sigma for holding; b sigma G(z) D / Q for what is short at the end of a cycle, D / Q times a
    year (Silver, Pyke and Thomas, 2017, section 6.7). Cycle stock and orders are the same whatever
    the class, and left out.
    """
    z = safety_factor(targets)
    cycles = items.demand / items.order_quantity
    short = items.protection_sd * standard_normal_loss(z) * cycles
    return PolicyCost(
        holding=items.holding_cost * z * items.protection_sd,
        shortage=items.shortage_cost * short,
    )


def implied_shortage_factor(items: Stocked, classing: Classing) -> float:
    """Return by how much b must be dearer for the service levels of the classes to be right.

    The next unit of buffer costs sum h sigma and saves sum b D / Q sigma (1 - level): the factor
    makes the two equal with items in classes by lot, so that no driver wins by nothing but less
    service in all. Above 1 the levels are higher than the stated cost of a shortage warrants. 1
    where nothing can go short.
    """
    missed = 1 - np.asarray(classing.targets) @ np.asarray(classing.item_shares)
    cycles = items.demand / items.order_quantity
    saved = float(np.sum(items.shortage_cost * cycles * items.protection_sd)) * float(missed)
    return float(np.sum(items.holding_cost * items.protection_sd)) / saved if saved > 0 else 1.0


def classed_cost(items: Stocked, classed: Whole, classing: Classing) -> PolicyCost:
    """Return what items cost with the service level of their class."""
    return policy_cost(items, np.asarray(classing.targets, dtype=np.float64)[classed])


def lot_cost(items: Stocked, classing: Classing) -> float:
    """Return what items cost on average with their classes drawn by lot: a driver must beat it."""
    each = [float(policy_cost(items, target).total.sum()) for target in classing.targets]
    return float(np.dot(each, classing.item_shares))


def least_cost(items: Stocked) -> PolicyCost:
    """Return what items cost with a service level of their own, 1 - h Q / (b D), at least a half.

    A level below a half is a buffer below nothing, which no class has either.
    """
    ratio = items.holding_cost * items.order_quantity
    worth = items.shortage_cost * items.demand
    level = 1 - np.divide(ratio, worth, out=np.ones_like(ratio), where=worth > 0)
    return policy_cost(items, np.clip(level, 0.5, 1 - 1e-9))


def kendall_tau(one: Floats, other: Floats) -> float | None:
    """Return tau-b, which ties do not distort; None where one of the two has no variance.

    Source: Kendall (1945), Biometrika 33, 239.
    """
    if rejected(one) or rejected(other):
        return None
    return float(stats.kendalltau(one, other, variant="b").statistic)


def switches(one: Whole, other: Whole, class_count: int) -> Whole:
    """Return how many items are in each class under one driver (rows) and the other (columns)."""
    counted = np.bincount(one * class_count + other, minlength=class_count**2)
    return counted.reshape(class_count, class_count).astype(np.int64)
