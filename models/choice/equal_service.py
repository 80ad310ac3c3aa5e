"""Drivers at the same service in all: a yardstick that no cost of a shortage enters.

Symbols as in `models.choice.drivers`; z safety factor of an item's class.
"""

from __future__ import annotations

import numpy as np

from models.choice.drivers import Classing, Stocked, Whole
from models.inventory.arrays import Floats
from models.inventory.service import safety_factor, standard_normal_loss

WIDEST_SHIFT = 8.0  # standard deviations; beyond it nothing is short, or everything
STEPS = 40


def fill_rate_of_classes(items: Stocked, classed: Whole, classing: Classing) -> float:
    """Return the share of demand served from stock, items weighted by what holding a unit costs.

    Short in a cycle: sigma G(z), at most Q. Weighted so, pieces and metres may be added up.
    """
    return _fill_rate(items, safety_factor(classing.targets)[classed])


def holding_at_fill_rate(
    items: Stocked, classed: Whole, classing: Classing, fill_rate: float
) -> float:
    """Return the yearly holding cost of buffers with all classes moved until they serve so much.

    The safety factors of all classes move by the same number. So Teunter, Babai and Syntetos (2010)
    compare criteria: by the cost of stock at one fill rate of all items together.
    """
    z = safety_factor(classing.targets)[classed]
    low, high = -WIDEST_SHIFT, WIDEST_SHIFT
    for _ in range(STEPS):
        middle = (low + high) / 2
        if _fill_rate(items, z + middle) < fill_rate:
            low = middle
        else:
            high = middle
    return float(np.sum(items.holding_cost * (z + high) * items.protection_sd))


def _fill_rate(items: Stocked, z: Floats) -> float:
    short = np.minimum(items.protection_sd * standard_normal_loss(z), items.order_quantity)
    demanded = items.holding_cost * items.demand
    return 1 - float(np.sum(demanded * short / items.order_quantity)) / float(np.sum(demanded))
