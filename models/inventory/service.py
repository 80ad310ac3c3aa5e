"""What a buffer promises: loss functions, cycle service, fill rate, and targets by economics.

Symbols: k safety factor, the buffer in standard deviations of protection demand; G(k) standard
normal loss; sigma sd of demand over the protection interval [units]; Q order quantity [units].
*Cycle service level* is the probability that a replenishment cycle has no stockout, *fill rate*
the share of demand served from stock: they differ, and one never stands in for the other.
Sources: Silver, Pyke & Thomas (2017), Inventory and Production Management in Supply Chains, ch. 6;
Chopra & Meindl, Supply Chain Management, ch. 11.
"""

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from models.inventory.arrays import Floats, as_floats, require

SMALLEST_LOSS = 1e-300  # below it, floats run out; k is 36.9


def standard_normal_loss(k: ArrayLike) -> Floats:
    """G(k) = phi(k) - k (1 - Phi(k)), the expected shortage of a standard normal beyond k."""
    (k,) = as_floats(k)
    return np.asarray(np.exp(-(k**2) / 2) / np.sqrt(2 * np.pi) - k * special.ndtr(-k))


def safety_factor_for_loss(loss: ArrayLike) -> Floats:
    """The k with G(k) = loss [sd], for a positive finite loss; negative above G(0) = 0.3989.

    Newton's method on log G, which is concave and falls: after the first step every iterate lies
    above the root, so none can run away.
    """
    (loss,) = as_floats(loss)
    require((loss > 0) & np.isfinite(loss), "a loss is positive and finite", loss)
    wanted = np.log(np.maximum(loss, SMALLEST_LOSS))
    k = np.minimum(-loss, 0.0)
    for _ in range(100):
        reached = standard_normal_loss(k)
        step = (np.log(reached) - wanted) * reached / special.ndtr(-k)
        k = np.minimum(k + step, 36.9)
        if np.all(np.abs(step) <= 1e-13 * np.maximum(1.0, np.abs(k))):
            break
    return k


def cycle_service_level(k: ArrayLike) -> Floats:
    """Probability of no stockout in a cycle, 0 to 1, of a normal buffer of k sd: Phi(k)."""
    return np.asarray(special.ndtr(as_floats(k)[0]))


def safety_factor(cycle_service: ArrayLike) -> Floats:
    """The k of a cycle service level between 0 and 1: z = 1.2816 for 90 %."""
    (cycle_service,) = as_floats(cycle_service)
    _require_share("a cycle service level", cycle_service)
    return np.asarray(special.ndtri(cycle_service))


def fill_rate(safety_stock: ArrayLike, sd: ArrayLike, order_quantity: ArrayLike) -> Floats:
    """Share of demand served from stock, by cycle: 1 - sigma G(SS / sigma) / Q.

    `safety_stock` and `sd` in units, `order_quantity` positive. Counts the shortage at the end of
    a cycle only, as the sources do: right while Q is well above sigma.
    """
    safety_stock, sd, order_quantity = as_floats(safety_stock, sd, order_quantity)
    require(order_quantity > 0, "an order quantity is positive", order_quantity)
    return 1 - units_short(safety_stock, sd) / order_quantity


def safety_stock_for_fill_rate(
    target: ArrayLike, sd: ArrayLike, order_quantity: ArrayLike
) -> Floats:
    """Safety stock in units that reaches a fill rate: SS = k sigma with sigma G(k) = (1 - beta) Q.

    A large Q needs little or even a negative buffer; it is returned as it is. Without variation
    the buffer is -(1 - beta) Q, the limit of the same equation.
    """
    target, sd, order_quantity = as_floats(target, sd, order_quantity)
    _require_share("a fill rate", target)
    require(order_quantity > 0, "an order quantity is positive", order_quantity)
    allowed = (1 - target) * order_quantity
    certain = sd <= 0
    loss = np.divide(allowed, sd, out=np.ones_like(sd), where=~certain)
    return np.where(certain, -allowed, safety_factor_for_loss(loss) * sd)


def critical_ratio(underage_cost: ArrayLike, overage_cost: ArrayLike) -> Floats:
    """Newsvendor's best probability of no stockout: Cu / (Cu + Co), costs per unit."""
    under, over = as_floats(underage_cost, overage_cost)
    require(under + over > 0, "one of the two costs is positive", under + over)
    return under / (under + over)


def economic_cycle_service(
    holding_cost: ArrayLike,
    order_quantity: ArrayLike,
    shortage_cost: ArrayLike,
    demand: ArrayLike,
    *,
    sales_are_lost: bool = False,
) -> Floats:
    """Cycle service level at which the next unit of buffer costs what it saves.

    With h [money/unit/year], b cost of one unit short [money/unit], D [units/year]:
    1 - h Q / (b D) if shortages wait, b D / (b D + h Q) if they are lost (Silver, Pyke & Thomas,
    section 6.7). Zero or less means that no buffer pays; it is returned as it is.
    """
    h, quantity, b, demand = as_floats(holding_cost, order_quantity, shortage_cost, demand)
    require(b * demand > 0, "shortage cost times demand is positive", b * demand)
    ratio = h * quantity / (b * demand)
    return 1 / (1 + ratio) if sales_are_lost else 1 - ratio


def units_short(safety_stock: Floats, sd: Floats) -> Floats:
    """Expected units short in a cycle, also without variation."""
    certain = sd <= 0
    k = np.divide(safety_stock, sd, out=np.zeros_like(sd), where=~certain)
    return np.where(certain, np.maximum(-safety_stock, 0.0), sd * standard_normal_loss(k))


def _require_share(name: str, values: Floats) -> None:
    require((values > 0) & (values < 1), f"{name} lies between 0 and 1", values)
