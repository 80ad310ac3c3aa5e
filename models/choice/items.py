"""Items as a choice of scheme sees them: what their stock costs, by what a night knows of it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from models.choice.drivers import Stocked
from models.inventory.arrays import Floats
from models.inventory.economic_order_quantity import (
    economic_order_quantity,
    orderable_at_least_cost,
)
from models.inventory.safety_stock import protection_moments
from models.supply.mismatch_simulation import Economics

DAYS_PER_WEEK = 7.0
WEEKS_PER_YEAR = 365.25 / DAYS_PER_WEEK


@dataclass(frozen=True, kw_only=True)
class Costs(Economics):
    """What the stock policy assumes and costs, and what becomes of units short.

    Of these, `lost_rate` are never sold; the others wait `wait_weeks`.
    """

    lost_rate: float
    wait_weeks: float


@dataclass(frozen=True, kw_only=True)
class Priced:
    """Items and their stock; `is_known` is false where demand, its deviation or cost is not."""

    stocked: Stocked
    unit_value: Floats
    lead_days: Floats
    is_known: NDArray[np.bool_]

    def at(self, chosen: NDArray[np.bool_] | NDArray[np.int64]) -> Priced:
        """Return some of the items."""
        return Priced(
            stocked=self.stocked.at(chosen),
            unit_value=self.unit_value[chosen],
            lead_days=self.lead_days[chosen],
            is_known=self.is_known[chosen],
        )


def shortage_cost(unit_value: Floats, unit_margin: Floats, costs: Costs) -> Floats:
    """Return b, money per unit short: the margin of what is lost, and the wait of the rest.

    A margin that is not known, or below zero, loses nothing by not being earned.
    """
    margin = np.nan_to_num(np.maximum(unit_margin, 0.0))
    waiting = (1 - costs.lost_rate) * costs.shortage_rate * costs.wait_weeks * unit_value
    return np.asarray(costs.lost_rate * margin + waiting)


def priced(items: pl.DataFrame, costs: Costs) -> Priced:
    """Return what the stock of items costs, in their order.

    `items` holds weekly_mean_units, weekly_sd_units, lead_time_mean_days, lead_time_sd_days,
    minimum_order_units, order_multiple_units, unit_cost_amount and unit_margin_amount. Order
    quantities are economic ones in orderable units, as the stock policy orders.
    """
    mean, sd = _floats(items, "weekly_mean_units"), _floats(items, "weekly_sd_units")
    value = _floats(items, "unit_cost_amount")
    lead = _floats(items, "lead_time_mean_days", absent=costs.lead_time_days)
    lead_sd = _floats(items, "lead_time_sd_days")
    lead_sd = np.where(np.isnan(lead_sd), lead * costs.lead_time_cv, lead_sd)
    known = (mean > 0) & (sd > 0) & (value > 0)  # not a number is not above zero
    filled = [np.where(known, column, 1.0) for column in (mean, sd, value)]
    mean, sd, value = filled
    demand, holding = mean * WEEKS_PER_YEAR, value * costs.holding_rate
    _, protection = protection_moments(
        mean,
        sd,
        lead_time_mean=lead / DAYS_PER_WEEK,
        lead_time_sd=lead_sd / DAYS_PER_WEEK,
        review=costs.review_days / DAYS_PER_WEEK,
    )
    quantity = orderable_at_least_cost(
        economic_order_quantity(demand, costs.ordering_cost_amount, holding),
        minimum=_floats(items, "minimum_order_units", absent=0.0),
        multiple=_floats(items, "order_multiple_units", absent=costs.order_multiple_units),
    )
    margin = _floats(items, "unit_margin_amount")
    stocked = Stocked(
        demand=demand,
        shortage_cost=shortage_cost(value, margin, costs),
        holding_cost=holding,
        order_quantity=quantity,
        protection_sd=protection,
    )
    return Priced(
        stocked=stocked, unit_value=value, lead_days=lead, is_known=known & (quantity > 0)
    )


def _floats(frame: pl.DataFrame, column: str, *, absent: float | None = None) -> Floats:
    values = frame[column].cast(pl.Float64)
    return (values if absent is None else values.fill_null(absent)).to_numpy().astype(np.float64)
