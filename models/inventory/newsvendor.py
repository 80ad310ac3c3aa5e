"""One decision before one uncertain demand: how much to stock, and what it costs.

Costs are per unit: overage (left over at the end) and underage (short). With a lead time of L
periods and review each period, the same formulas give the base-stock level, for demand over L + 1
periods. Source: Snyder & Shen (2019), Fundamentals of Supply Chain Theory, sections 4.3 and 4.4.
"""

import numpy as np
from numpy.typing import ArrayLike
from scipy import stats

from models.inventory.arrays import Floats, as_floats
from models.inventory.safety_stock import Distribution, demand_quantile
from models.inventory.service import critical_ratio, units_short


def normal_newsvendor(
    mean: ArrayLike, sd: ArrayLike, *, overage_cost: ArrayLike, underage_cost: ArrayLike
) -> tuple[Floats, Floats]:
    """The stock in units at the critical ratio of normal demand, and its expected cost."""
    ratio = critical_ratio(underage_cost, overage_cost)
    stock = demand_quantile(ratio, mean, sd, Distribution.NORMAL)
    cost = normal_newsvendor_cost(
        stock, mean, sd, overage_cost=overage_cost, underage_cost=underage_cost
    )
    return stock, cost


def normal_newsvendor_cost(
    stock: ArrayLike,
    mean: ArrayLike,
    sd: ArrayLike,
    *,
    overage_cost: ArrayLike,
    underage_cost: ArrayLike,
) -> Floats:
    """Expected cost of any stock level: Co (S - mean) + (Co + Cu) sd G((S - mean) / sd)."""
    stock, mean, sd, over, under = as_floats(stock, mean, sd, overage_cost, underage_cost)
    return over * (stock - mean) + (over + under) * units_short(stock - mean, sd)


def poisson_newsvendor(
    mean: ArrayLike, *, overage_cost: ArrayLike, underage_cost: ArrayLike
) -> tuple[Floats, Floats]:
    """The least whole stock at the critical ratio of Poisson demand, and its expected cost.

    The expected shortage is mean P(D >= S) - S P(D > S).
    """
    mean, over, under = as_floats(mean, overage_cost, underage_cost)
    ratio = critical_ratio(under, over)
    stock = demand_quantile(ratio, mean, np.sqrt(mean), Distribution.DISCRETE)
    short = mean * stats.poisson.sf(stock - 1, mean) - stock * stats.poisson.sf(stock, mean)
    return stock, over * (stock - mean) + (over + under) * short
