"""What items cost under each of many stock policies, on weeks that were and weeks that came after.

A policy is a review interval R [weeks] and a safety factor z: every R weeks an item is ordered up
to S = m + z s, with m and s the mean and deviation of its demand over lead time and review,
measured on the weeks that policies are fitted on.
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
REVIEWS = (1, 2, 4)
FEWEST_WINDOWS = 13


@dataclass(frozen=True, kw_only=True)
class Histories:
    """Weekly demand, items by weeks, and what stock of each item costs.

    `lead_weeks` whole weeks, `holding` money per unit and week in stock, `waiting` money per unit
    and week waited for; `order` money per order.
    """

    demand: Floats
    lead_weeks: NDArray[np.int64]
    holding: Floats
    waiting: Floats
    order: float


@dataclass(frozen=True, kw_only=True)
class Policy:
    """One safety factor and one review interval in weeks."""

    factor: float
    review_weeks: int


def policies(
    factors: Sequence[float] = FACTORS, reviews: Sequence[int] = REVIEWS
) -> tuple[Policy, ...]:
    """Return all policies of these factors and intervals, in the order of the cost tables."""
    return tuple(Policy(review_weeks=r, factor=z) for r, z in product(reviews, factors))


def is_long_enough(
    weeks: int, lead_weeks: NDArray[np.int64], *, split: int, longest_review: int = max(REVIEWS)
) -> NDArray[np.bool_]:
    """Whether both parts of a history hold a quarter's windows of lead time and longest review."""
    return lead_weeks + longest_review + FEWEST_WINDOWS - 1 <= min(split, weeks - split)


def policy_costs(
    histories: Histories,
    *,
    split: int,
    factors: Sequence[float] = FACTORS,
    reviews: Sequence[int] = REVIEWS,
) -> tuple[Floats, Floats]:
    """Return what items cost in a year under each policy: on the weeks before `split`, and after.

    Stock after a review meets the demand of L + 1 to L + R weeks: of each, what is left is held and
    what is short waits, on average over the windows of that many weeks that the part of history
    has (Snyder and Shen, 2019, section 4.3.4, with demand as it was in place of a distribution).
    Orders are the reviews before which there was demand. Both parts are judged with the same S.
    """
    parts = histories.demand[:, :split], histories.demand[:, split:]
    tables: tuple[list[Floats], list[Floats]] = ([], [])
    for review in reviews:
        level = _levels(parts[0], histories.lead_weeks + review, np.asarray(factors))
        for part, table in zip(parts, tables, strict=True):
            table.append(_yearly(part, histories, level, review))
    return np.hstack(tables[0]), np.hstack(tables[1])


def _levels(demand: Floats, length: NDArray[np.int64], factors: Floats) -> Floats:
    """Return S of each item and factor."""
    level = np.empty((len(demand), len(factors)))
    for weeks in np.unique(length):
        at = np.flatnonzero(length == weeks)
        windows = _windows(demand[at], int(weeks))
        middle, spread = windows.mean(axis=1), windows.std(axis=1, ddof=1)
        level[at] = middle[:, np.newaxis] + spread[:, np.newaxis] * factors
    return np.maximum(level, 0.0)


def _yearly(demand: Floats, histories: Histories, level: Floats, review: int) -> Floats:
    left, short = np.zeros_like(level), np.zeros_like(level)
    for ahead in range(1, review + 1):
        length = histories.lead_weeks + ahead
        for weeks in np.unique(length):
            at = np.flatnonzero(length == weeks)
            over, under = _left_and_short(_windows(demand[at], int(weeks)), level[at])
            left[at] += over / review
            short[at] += under / review
    ordered = (_windows(demand, review) > 0).mean(axis=1) / review * histories.order
    kept = histories.holding[:, np.newaxis] * left + histories.waiting[:, np.newaxis] * short
    return np.asarray(WEEKS_PER_YEAR * (kept + ordered[:, np.newaxis]))


def _left_and_short(windows: Floats, level: Floats) -> tuple[Floats, Floats]:
    """Return mean units left and short, items by levels; level by level, to save room."""
    left, short = np.empty_like(level), np.empty_like(level)
    middle = windows.mean(axis=1)
    for at in range(level.shape[1]):
        left[:, at] = np.maximum(level[:, at : at + 1] - windows, 0.0).mean(axis=1)
        short[:, at] = left[:, at] - level[:, at] + middle
    return left, short


def _windows(demand: Floats, weeks: int) -> Floats:
    """Return the demand of every window of so many weeks in a row."""
    summed = np.concatenate([np.zeros((len(demand), 1)), np.cumsum(demand, axis=1)], axis=1)
    return np.asarray(summed[:, weeks:] - summed[:, :-weeks])
