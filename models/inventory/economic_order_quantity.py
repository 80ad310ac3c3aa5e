"""How much to order when demand is steady: EOQ and its relatives.

Symbols, each an array or a number, of one item per element: D demand [units/year], K cost of one
order [money], h holding cost [money/unit/year], b backorder cost [money/unit/year], P production
rate [units/year], Q order quantity [units]. Any other period will do if all rates share it.
Source: Snyder & Shen (2019), Fundamentals of Supply Chain Theory, 2nd ed., chapter 3.
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike

from models.inventory.arrays import Floats, as_floats, require


def economic_order_quantity(
    demand: ArrayLike, order_cost: ArrayLike, holding_cost: ArrayLike
) -> Floats:
    """EOQ in units: Q* = sqrt(2 K D / h), eq. 3.4. Zero without demand; h must be positive."""
    demand, order_cost, holding_cost = as_floats(demand, order_cost, holding_cost)
    require(holding_cost > 0, "holding cost is positive", holding_cost)
    return np.asarray(np.sqrt(2 * order_cost * demand / holding_cost))


def order_cycle_cost(
    quantity: ArrayLike, demand: ArrayLike, order_cost: ArrayLike, holding_cost: ArrayLike
) -> Floats:
    """Yearly cost of ordering and holding at any Q: K D / Q + h Q / 2, eq. 3.3; Q positive."""
    quantity, demand, order_cost, holding_cost = as_floats(
        quantity, demand, order_cost, holding_cost
    )
    require(quantity > 0, "order quantity is positive", quantity)
    return order_cost * demand / quantity + holding_cost * quantity / 2


def order_quantity_with_backorders(
    demand: ArrayLike, order_cost: ArrayLike, holding_cost: ArrayLike, backorder_cost: ArrayLike
) -> tuple[Floats, Floats, Floats]:
    """EOQ if stockouts wait: Q*, the fraction of demand backordered, and the yearly cost.

    Q* = sqrt(2 K D (h + b) / (h b)), fraction h / (h + b), cost sqrt(2 K D h b / (h + b)),
    section 3.5.
    """
    demand, order_cost, holding_cost, backorder_cost = as_floats(
        demand, order_cost, holding_cost, backorder_cost
    )
    require(holding_cost > 0, "holding cost is positive", holding_cost)
    require(backorder_cost > 0, "backorder cost is positive", backorder_cost)
    share = backorder_cost / (holding_cost + backorder_cost)
    quantity = np.sqrt(2 * order_cost * demand / (holding_cost * share))
    return quantity, 1 - share, np.sqrt(2 * order_cost * demand * holding_cost * share)


def economic_production_quantity(
    demand: ArrayLike, order_cost: ArrayLike, holding_cost: ArrayLike, production_rate: ArrayLike
) -> tuple[Floats, Floats]:
    """EPQ, for a lot that arrives while it is made: Q* in units and the yearly cost.

    Stock builds at P - D, so h shrinks to h (1 - D / P), section 3.6. P must exceed D.
    """
    demand, order_cost, holding_cost, production_rate = as_floats(
        demand, order_cost, holding_cost, production_rate
    )
    require(
        production_rate - demand > 0,
        "production rate less demand is positive",
        production_rate - demand,
    )
    building = holding_cost * (1 - demand / production_rate)
    quantity = economic_order_quantity(demand, order_cost, building)
    return quantity, np.sqrt(2 * order_cost * demand * building)


def orderable_at_least(
    quantity: ArrayLike, *, minimum: ArrayLike = 0.0, multiple: ArrayLike = 0.0
) -> Floats:
    """The smallest orderable quantity that covers `quantity`, in units; 0 orders nothing.

    Orderable is a whole number of `multiple` (0: any quantity) that is `minimum` or more.
    """
    quantity, minimum, multiple = as_floats(quantity, minimum, multiple)
    wanted = np.where(quantity > 0, np.maximum(quantity, minimum), 0.0)
    return _whole(wanted, multiple, np.ceil)


def orderable_at_least_cost(
    optimum: ArrayLike, *, minimum: ArrayLike = 0.0, multiple: ArrayLike = 0.0
) -> Floats:
    """The orderable quantity of least cost near an EOQ, in units; 0 stays 0.

    The cost of Q relative to the optimum is (Q / Q* + Q* / Q) / 2, so the multiple below beats
    the one above when their product is at least Q*², section 3.2.4.
    """
    optimum, minimum, multiple = as_floats(optimum, minimum, multiple)
    above = orderable_at_least(optimum, minimum=minimum, multiple=multiple)
    below = _whole(optimum, multiple, np.floor)
    takes_below = (below * above >= optimum**2) & (below >= minimum) & (below > 0)
    return np.where(takes_below, below, above)


def _whole(quantity: Floats, multiple: Floats, rounded: Callable[[Floats], Floats]) -> Floats:
    # 1.1 / 0.1 is 11.000000000000002: a quantity that is a multiple must not lose that by a bit.
    steps = quantity / np.where(multiple > 0, multiple, 1.0)
    nearest = np.round(steps)
    steps = np.where(np.isclose(steps, nearest, rtol=1e-12, atol=0), nearest, rounded(steps))
    return np.where(multiple > 0, steps * multiple, quantity)
