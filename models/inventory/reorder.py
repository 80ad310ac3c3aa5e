"""When and how much to order: reorder points, order-up-to levels, and what to do today.

(s, Q) reviews continuously and orders Q when the inventory position falls below s; (R, S) reviews
every R and orders up to S. The position is on hand plus on order, less what is promised. All
quantities are in units. Source: Silver, Pyke & Thomas (2017), chapter 6.
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from models.inventory.arrays import Floats, as_floats
from models.inventory.economic_order_quantity import orderable_at_least


def reorder_point(protection_mean: ArrayLike, safety_stock: ArrayLike) -> Floats:
    """The reorder point s of (s, Q), the level S of (R, S): expected demand and its buffer.

    `protection_mean` covers the lead time, and the review interval where there is one. Expected
    demand grows with the interval, only its deviation with the root.
    """
    mean, buffer = as_floats(protection_mean, safety_stock)
    return mean + buffer


def is_below_reorder_point(position: ArrayLike, reorder_point: ArrayLike) -> NDArray[np.bool_]:
    """Whether to order now: strictly below, so that a reorder point of 0 orders on demand only.

    With whole units, positions after ordering then stay at s or above, which is what a target on
    P(demand <= s) promises.
    """
    position, s = as_floats(position, reorder_point)
    return position < s


def suggested_order(
    position: ArrayLike,
    reorder_point: ArrayLike,
    order_quantity: ArrayLike,
    *,
    minimum: ArrayLike = 0.0,
    multiple: ArrayLike = 0.0,
) -> Floats:
    """What (s, Q) orders now: the fewest Q that lift the position to s, in orderable units.

    0 at or above s. Where Q is 0, the gap itself. `minimum` and `multiple` as in
    `orderable_at_least`.
    """
    position, s, quantity = as_floats(position, reorder_point, order_quantity)
    gap = np.where(is_below_reorder_point(position, s), s - position, 0.0)
    lots = orderable_at_least(gap, multiple=quantity)
    return orderable_at_least(lots, minimum=minimum, multiple=multiple)


def order_up_to(
    position: ArrayLike,
    level: ArrayLike,
    *,
    minimum: ArrayLike = 0.0,
    multiple: ArrayLike = 0.0,
) -> Floats:
    """What (R, S) orders at a review: the gap to S, in orderable units; 0 at or above S."""
    position, level = as_floats(position, level)
    gap = np.maximum(level - position, 0.0)
    return orderable_at_least(gap, minimum=minimum, multiple=multiple)


def policy_stock(safety_stock: ArrayLike, order_quantity: ArrayLike) -> Floats:
    """Average stock on hand that a policy implies: the buffer and half an order."""
    buffer, quantity = as_floats(safety_stock, order_quantity)
    return buffer + quantity / 2


def excess_stock(on_hand: ArrayLike, reorder_point: ArrayLike, order_quantity: ArrayLike) -> Floats:
    """Units on hand above s + Q, the most that the policy ever needs."""
    on_hand, s, quantity = as_floats(on_hand, reorder_point, order_quantity)
    return np.maximum(on_hand - np.maximum(s + quantity, 0.0), 0.0)
