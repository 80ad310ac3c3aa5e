"""Items whose drivers and stock are drawn, with what a test plants among them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from models.choice.drivers import Classing, Stocked
from models.choice.measured import Measured
from models.inventory.random_numbers import item_keys

Floats = NDArray[np.float64]
CLASSING = Classing(names=("A", "B", "C"), item_shares=(0.2, 0.3, 0.5), targets=(0.98, 0.95, 0.9))
WEIGHTS = {"revenue": 0.0, "margin": 0.5, "volume": 0.25, "risk": 0.25}


def items(count: int = 200, *, seed: int = 1) -> Measured:
    """Draw items of uneven demand, price and margin."""
    drawn = np.random.default_rng(seed)
    demand = drawn.lognormal(5, 1.2, count)
    price = drawn.lognormal(3, 1, count)
    margin_rate = drawn.uniform(0.05, 0.6, count)
    holding = 0.2 * price
    return Measured(
        keys=item_keys(f"item {n:03}" for n in range(count)),
        revenue=demand * price,
        margin=demand * price * margin_rate,
        volume=demand,
        risk=drawn.uniform(0, 0.8, count),
        stocked=Stocked(
            demand=demand,
            shortage_cost=price * margin_rate,
            holding_cost=holding,
            order_quantity=np.sqrt(2 * 40 * demand / holding),
            protection_sd=demand / 52 * drawn.uniform(0.5, 3, count),
        ),
    )


def rescaled(measured: Measured, *, units: float, money: float) -> Measured:
    """Return the same items counted in other units and another currency."""
    stocked = measured.stocked
    return replace(
        measured,
        revenue=measured.revenue * money,
        margin=measured.margin * money,
        volume=measured.volume * units,
        stocked=Stocked(
            demand=stocked.demand * units,
            shortage_cost=stocked.shortage_cost * money / units,
            holding_cost=stocked.holding_cost * money / units,
            order_quantity=stocked.order_quantity * units,
            protection_sd=stocked.protection_sd * units,
        ),
    )
