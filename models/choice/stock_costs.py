"""What items cost under each of many stock policies, on weeks that were and weeks that came after.

A policy is an order cycle T [weeks] and a safety factor z: an item is ordered in lots of T weeks of
its mean demand d, Q = T d, when its stock falls to s = m + z sd, with m and sd of its demand over
the weeks that stock must last; all measured on the weeks that policies are fitted on.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np
from numpy.typing import NDArray

from models.inventory.arrays import Floats

WEEKS_PER_YEAR = 365.25 / 7
FACTORS = tuple(float(z) for z in np.arange(-0.5, 4.01, 0.25))
CYCLES = (1, 2, 4, 8, 13, 26)
FEWEST_WINDOWS = 26
Whole = NDArray[np.int64]


@dataclass(frozen=True, kw_only=True)
class Histories:
    """Weekly demand, items by weeks, and what stock of each item costs.

    `protected` whole weeks of demand that stock must last, lead time and review; `minimum` units of
    the smallest order; `holding` money per unit and year, `shortage` money per unit short, `order`
    money per order.
    """

    demand: Floats
    protected: Whole
    minimum: Floats
    holding: Floats
    shortage: Floats
    order: float


@dataclass(frozen=True, kw_only=True)
class Policy:
    """One safety factor and one order cycle in weeks."""

    factor: float
    cycle_weeks: int


@dataclass(frozen=True, kw_only=True)
class _Fitted:
    """What items are ordered by: levels, items by factors, and mean weekly demand."""

    level: Floats
    weekly: Floats


def policies(
    factors: Sequence[float] = FACTORS, cycles: Sequence[int] = CYCLES
) -> tuple[Policy, ...]:
    """Return all policies of these factors and cycles, in the order of the cost tables."""
    return tuple(Policy(cycle_weeks=t, factor=z) for t, z in product(cycles, factors))


def is_long_enough(demand: Floats, protected: Whole, *, split: int) -> NDArray[np.bool_]:
    """Whether both parts of a history hold half a year of windows, and the first any demand."""
    shorter = min(split, demand.shape[1] - split)
    lasts = protected + FEWEST_WINDOWS - 1 <= shorter
    return np.asarray(lasts & np.any(demand[:, :split] > 0, axis=1))


def policy_costs(
    histories: Histories,
    *,
    split: int,
    factors: Sequence[float] = FACTORS,
    cycles: Sequence[int] = CYCLES,
) -> tuple[Floats, Floats]:
    """Return what items cost in a year under each policy: on the weeks before `split`, and after.

    With X the demand of each window of the protected weeks that the part of history has, and D its
    yearly demand: h (mean (s - X)+ + Q / 2) + D / Q (K + b mean min((X - s)+, Q)), a cycle being
    short of no more than its lot (Silver, Pyke and Thomas, 2017, sections 6.7 and 6.8, with demand
    as it was in place of a distribution). Both parts are ordered by the same s and Q.
    """
    first, second = histories.demand[:, :split], histories.demand[:, split:]
    level = np.empty((len(first), len(factors)))
    for weeks, at in _by_length(histories.protected):
        windows = _windows(first[at], weeks)
        middle, spread = windows.mean(axis=1), windows.std(axis=1, ddof=1)
        level[at] = middle[:, np.newaxis] + spread[:, np.newaxis] * np.asarray(factors)
    fitted = _Fitted(level=np.maximum(level, 0.0), weekly=first.mean(axis=1))
    return _yearly(first, histories, fitted, cycles), _yearly(second, histories, fitted, cycles)


def _yearly(demand: Floats, histories: Histories, fitted: _Fitted, cycles: Sequence[int]) -> Floats:
    yearly = demand.mean(axis=1) * WEEKS_PER_YEAR
    costs = np.empty((len(demand), len(cycles), fitted.level.shape[1]))
    for weeks, at in _by_length(histories.protected):
        windows = _windows(demand[at], weeks)
        lots = [np.maximum(t * fitted.weekly[at], histories.minimum[at]) for t in cycles]
        for factor in range(fitted.level.shape[1]):
            beyond = windows - fitted.level[at, factor, np.newaxis]
            left = np.maximum(-beyond, 0.0).mean(axis=1)
            for cycle, lot in enumerate(lots):
                short = np.clip(beyond, 0.0, lot[:, np.newaxis]).mean(axis=1)
                held = histories.holding[at] * (left + lot / 2)
                each = histories.order + histories.shortage[at] * short
                costs[at, cycle, factor] = held + yearly[at] / lot * each
    return costs.reshape(len(demand), -1)


def _by_length(protected: Whole) -> list[tuple[int, Whole]]:
    return [(int(weeks), np.flatnonzero(protected == weeks)) for weeks in np.unique(protected)]


def _windows(demand: Floats, weeks: int) -> Floats:
    """Return the demand of every window of so many weeks in a row."""
    summed = np.concatenate([np.zeros((len(demand), 1)), np.cumsum(demand, axis=1)], axis=1)
    return np.asarray(summed[:, weeks:] - summed[:, :-weeks])
