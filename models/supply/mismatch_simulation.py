"""What an action would save: an item played as it is, and as it would be, on the same luck.

Demand of a week is nothing with probability 1 - 1 / ADI, else lognormal with the squared
coefficient of variation of the item; lead times are lognormal. Both belong to the item, the night
and the week, whatever else is drawn. Costs are those of the stock policy: holding, waiting,
ordering, and the dearer unit that an action may bring.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy import stats

from models.inventory.arrays import Floats
from models.inventory.economic_order_quantity import (
    economic_order_quantity,
    orderable_at_least,
    orderable_at_least_cost,
)
from models.inventory.random_numbers import Keys, Lognormal, normals, uniforms
from models.inventory.simulation import (
    WEEKS_PER_YEAR,
    LeadWeeks,
    Ordering,
    Outcome,
    WeeklyCosts,
    Whole,
    best_level,
    outcome,
    play,
)
from models.supply.actions import Action

WARM_UP_WEEKS = 104
LONGEST_LEAD_WEEKS = 52.0  # half the warm-up: the shelf of the first day is forgotten by its end
OCCURS, SIZES, LEADS = range(3)
CONFIDENCE = 0.95


@dataclass(frozen=True, kw_only=True)
class Run:
    """How long items are played after the warm-up: batches of weeks, and items at a time."""

    batches: int
    batch_weeks: int
    block: int

    @property
    def weeks(self) -> int:
        """Return the weeks to be drawn."""
        return WARM_UP_WEEKS + self.batches * self.batch_weeks


SCREENING = Run(batches=10, batch_weeks=52, block=2_048)  # finds the action
FINAL = Run(batches=10, batch_weeks=156, block=2_048)  # says what it is worth
OUTCOMES = (
    *("cost_now_amount", "cost_after_amount", "value_half_width_amount"),
    *("stock_now_units", "stock_after_units", "waiting_now_units", "waiting_after_units"),
)
AS_IT_IS = Action(words="", answers=frozenset())


@dataclass(frozen=True, kw_only=True)
class Changes:
    """What an action changes of each item: the fields of Action, as columns."""

    lead_time_factor: Floats
    lead_time_sd_factor: Floats
    minimum_order_factor: Floats
    holding_factor: Floats
    waiting_factor: Floats
    price_premium_rate: Floats
    keeps_stock: NDArray[np.bool_]

    @classmethod
    def of(cls, actions: Sequence[Action]) -> Changes:
        """Return the changes of one action for each item."""
        columns = {
            field.name: np.array([getattr(action, field.name) for action in actions])
            for field in fields(cls)
        }
        return cls(**columns)


@dataclass(frozen=True, kw_only=True)
class Economics:
    """What the stock policy assumes and what it costs; rates are shares of a unit's cost.

    `holding_rate` is per year, `shortage_rate` per week that a unit is waited for.
    """

    review_days: float
    lead_time_days: float
    lead_time_cv: float
    order_multiple_units: float
    ordering_cost_amount: float
    holding_rate: float
    shortage_rate: float


@dataclass(frozen=True, kw_only=True)
class Items:
    """A block of items: what each is like, and the demand of its weeks."""

    run: Run
    keys: Keys
    demand: Floats
    level: Floats
    lead_mean: Floats
    lead_sd: Floats
    minimum: Floats
    multiple: Floats
    unit_cost: Floats

    @classmethod
    def of(cls, frame: pl.DataFrame, keys: Keys, economics: Economics, run: Run) -> Items:
        """Draw the weeks of a run for the items of a frame as `mismatched` gives it."""
        level = _floats(frame, "level_units")
        chance = 1 / np.maximum(_floats(frame, "adi_ratio", absent=1.0), 1.0)
        size = level / chance
        spread = size * np.sqrt(_floats(frame, "cv2_ratio", absent=0.0))
        occurs = uniforms(keys, np.arange(run.weeks)[:, np.newaxis], OCCURS) < chance
        weeks, at = np.nonzero(occurs)
        demand = np.zeros(occurs.shape)
        demand[weeks, at] = Lognormal.of(size, spread).at(at, normals(keys[at], weeks, SIZES))
        mean = _floats(frame, "lead_time_mean_days", absent=economics.lead_time_days)
        sd = frame["lead_time_sd_days"].cast(pl.Float64).to_numpy()
        return cls(
            run=run,
            keys=keys,
            demand=demand,
            level=level,
            lead_mean=mean / 7,
            lead_sd=np.where(np.isnan(sd), mean * economics.lead_time_cv, sd) / 7,
            minimum=_floats(frame, "minimum_order_units", absent=0.0),
            multiple=_floats(frame, "order_multiple_units", absent=economics.order_multiple_units),
            unit_cost=_floats(frame, "unit_cost_amount"),
        )

    def at(self, chosen: np.ndarray) -> Items:
        """Return some of the items."""
        if len(chosen) == len(self.level):
            return self
        rest = {n: v[chosen] for n, v in vars(self).items() if n not in {"run", "demand"}}
        return Items(run=self.run, demand=self.demand[:, chosen], **rest)

    def lead_weeks(self, changes: Changes) -> LeadWeeks:
        """Return the lead times of orders after changes, with the same luck after all of them."""
        weeks = Lognormal.of(
            self.lead_mean * changes.lead_time_factor, self.lead_sd * changes.lead_time_sd_factor
        )

        def drawn(week: int, at: Whole) -> Floats:
            found = weeks.at(at, normals(self.keys[at], week, LEADS))
            return np.minimum(found, LONGEST_LEAD_WEEKS)

        return drawn


def as_they_are(items: Items, economics: Economics) -> Outcome:
    """Play items with nothing changed."""
    return simulated(items, Changes.of([AS_IT_IS] * len(items.level)), economics)


def compare(
    items: Items, now: Outcome, changes: Changes, economics: Economics
) -> dict[str, Floats]:
    """Return what items cost in a year as they are (`now`) and after changes, in money.

    value_half_width_amount is half the width of the paired interval of what is saved, by the means
    of the batches. Stock and what waits are means in units.
    """
    after = simulated(items, changes, economics)
    premium = changes.price_premium_rate * items.unit_cost * items.level
    saved = now.batch_costs - after.batch_costs
    batches = items.run.batches
    t = float(stats.t.ppf((1 + CONFIDENCE) / 2, batches - 1))
    return {
        "cost_now_amount": WEEKS_PER_YEAR * now.cost,
        "cost_after_amount": WEEKS_PER_YEAR * (after.cost + premium),
        "value_half_width_amount": WEEKS_PER_YEAR * t * _deviation(saved) / np.sqrt(batches),
        "stock_now_units": now.on_hand,
        "stock_after_units": after.on_hand,
        "waiting_now_units": now.waiting,
        "waiting_after_units": after.waiting,
    }


def simulated(items: Items, changes: Changes, economics: Economics) -> Outcome:
    """Play items after changes, each with the level that is cheapest, or with none."""
    minimum = items.minimum * changes.minimum_order_factor
    holding = items.unit_cost * economics.holding_rate * changes.holding_factor
    wanted = economic_order_quantity(
        items.level * WEEKS_PER_YEAR, economics.ordering_cost_amount, holding
    )
    economic = orderable_at_least_cost(wanted, minimum=minimum, multiple=items.multiple)
    least = orderable_at_least(minimum, multiple=items.multiple)
    ordering = Ordering(
        smallest=np.where(changes.keeps_stock, economic, least),
        multiple=items.multiple,
        review_weeks=np.full(
            len(minimum), max(1, round(economics.review_days / 7)), dtype=np.int64
        ),
    )
    costs = WeeklyCosts(
        holding=holding / WEEKS_PER_YEAR,
        waiting=items.unit_cost * economics.shortage_rate * changes.waiting_factor,
        order=np.full(len(minimum), economics.ordering_cost_amount),
    )
    seen = play(items.demand, items.lead_weeks(changes), ordering, warm_up=WARM_UP_WEEKS)
    level = np.where(changes.keeps_stock, best_level(seen, costs), 0.0)
    return outcome(seen, level, costs, batches=items.run.batches)


def _deviation(batches: Floats) -> Floats:
    """Return the sample deviation over batches, summed in their order."""
    mean = sum(batches) / len(batches)
    squares = sum((batch - mean) ** 2 for batch in batches) / (len(batches) - 1)
    return np.asarray(np.sqrt(squares))


def _floats(frame: pl.DataFrame, column: str, *, absent: float | None = None) -> Floats:
    values = frame[column].cast(pl.Float64)
    return (values if absent is None else values.fill_null(absent)).to_numpy()
