"""What keeping an item in stock costs, by playing it week by week for many items at once.

Order of events in a week, fixed: goods are *received*, customers are *served* (what cannot be
served waits), stock is *reviewed*, and an *order* is placed. An order placed at the end of week t
with a lead time of L weeks is received at the start of week t + 1 + ceil(L), and never before one
that was placed earlier: goods do not overtake each other. An order lifts the position (on hand,
on order, less what waits) to the level s or above, by the smallest lot at least.

Arrays run over weeks first, then items: each step works on whole rows. Every item is computed by
itself, so that neither order nor company changes a digit.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.inventory.arrays import Floats

Whole = NDArray[np.int64]
# The lead times, in weeks, of orders that some items place at the end of a week.
LeadWeeks = Callable[[int, Whole], Floats]
WEEKS_PER_YEAR = 365.25 / 7


@dataclass(frozen=True, kw_only=True)
class Ordering:
    """How items are replenished, one element each: lot sizes in units, and weeks between reviews.

    An order is `smallest` or more, and what is missing, in whole numbers of `multiple` (0: any).
    """

    smallest: Floats
    multiple: Floats
    review_weeks: Whole


@dataclass(frozen=True, kw_only=True)
class WeeklyCosts:
    """Money per week and unit on hand (`holding`) or waited for (`waiting`), and per order."""

    holding: Floats
    waiting: Floats
    order: Floats


@dataclass(frozen=True, kw_only=True)
class Played:
    """What was seen after the warm-up.

    missing        units that the level must cover at the end of a week so that nobody waits; below
                   zero where lots leave more than the level on the shelf
    orders         whether an order was placed in the week
    """

    missing: Floats
    orders: NDArray[np.bool_]


def play(demand: Floats, lead_weeks: LeadWeeks, ordering: Ordering, *, warm_up: int) -> Played:
    """Play items with a level of zero through the weeks of `demand`.

    With a level of s, stock is s higher in every week and nothing else changes, so that one run
    serves all levels.
    """
    weeks, items = demand.shape
    arriving = np.zeros((weeks + 1, items))
    net, position = np.zeros(items), np.zeros(items)
    last = np.zeros(items, dtype=np.int64)
    missing, orders = (
        np.empty((weeks - warm_up, items)),
        np.zeros((weeks - warm_up, items), dtype=np.bool_),
    )
    for week in range(weeks):
        net += arriving[week]
        net -= demand[week]
        position -= demand[week]
        is_short = (position < 0) & (week % ordering.review_weeks == 0)
        at = np.flatnonzero(is_short)
        placed = _lot(-position[at], ordering.smallest[at], ordering.multiple[at])
        arrival = week + 1 + np.ceil(lead_weeks(week, at)).astype(np.int64)
        last[at] = np.maximum(arrival, last[at])
        arriving[np.minimum(last[at], weeks), at] += placed
        position[at] += placed
        if week >= warm_up:
            np.negative(net, out=missing[week - warm_up])
            orders[week - warm_up, at] = True
    return Played(missing=missing, orders=orders)


def _lot(short: Floats, smallest: Floats, multiple: Floats) -> Floats:
    """Return the smallest order that makes up for what is short."""
    steps = np.where(multiple > 0, multiple, 1.0)
    whole = np.where(multiple > 0, np.ceil(short / steps) * steps, short)
    return np.maximum(whole, smallest)


def best_level(played: Played, costs: WeeklyCosts) -> Floats:
    """Return the level of least cost, from 0 up: the newsvendor's quantile of what is missing."""
    ratio = costs.waiting / (costs.waiting + costs.holding)
    weeks = played.missing.shape[0]
    # Item by item: weeks that lie side by side are sorted in two thirds of the time.
    ordered = np.sort(np.ascontiguousarray(played.missing.T), axis=1)
    at = np.clip(np.ceil(ratio * weeks - 1e-9).astype(np.int64) - 1, 0, weeks - 1)
    found: Floats = np.maximum(ordered[np.arange(len(ordered)), at], 0.0)
    return found


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """Means per week at a level, by item: units on hand, units waited for; cost in each batch."""

    on_hand: Floats
    waiting: Floats
    batch_costs: Floats

    def at(self, chosen: Whole) -> Outcome:
        """Return some of the items."""
        return Outcome(
            on_hand=self.on_hand[chosen],
            waiting=self.waiting[chosen],
            batch_costs=self.batch_costs[:, chosen],
        )

    @property
    def cost(self) -> Floats:
        """Return the mean cost of a week."""
        return _total(self.batch_costs) / len(self.batch_costs)


def outcome(played: Played, level: Floats, costs: WeeklyCosts, *, batches: int) -> Outcome:
    """Return what a level costs.

    The weeks are cut into `batches` of equal length, one after the other, whose means tell how sure
    the mean of all is.
    """
    weeks = len(played.missing)
    length = weeks // batches
    on_hand, waiting, batch_costs = [], [], []
    for first in range(0, length * batches, length):
        missing = played.missing[first : first + length]
        held = _total(np.maximum(level - missing, 0.0)) / length
        waited = _total(np.maximum(missing - level, 0.0)) / length
        orders = _total(played.orders[first : first + length]) / length
        on_hand.append(held)
        waiting.append(waited)
        batch_costs.append(costs.holding * held + costs.waiting * waited + costs.order * orders)
    return Outcome(
        on_hand=_total(np.array(on_hand)) / batches,
        waiting=_total(np.array(waiting)) / batches,
        batch_costs=np.array(batch_costs),
    )


def _total(rows: NDArray[Any]) -> Floats:
    """Sum week by week: numpy sums one item in another order than many."""
    total = np.zeros(rows.shape[1])
    for row in rows:
        total += row
    return total
