"""The stock policy of many items at once: from demand, supply and target to buffer and order.

Pure functions of a frame with one row per item, in its order; what an item lacks stays null,
never NaN.
"""

from dataclasses import dataclass

import numpy as np
import polars as pl

from models.inventory.arrays import Floats
from models.inventory.economic_order_quantity import (
    economic_order_quantity,
    orderable_at_least_cost,
)
from models.inventory.reorder import (
    excess_stock,
    is_below_reorder_point,
    policy_stock,
    reorder_point,
    suggested_order,
)
from models.inventory.safety_stock import protection_moments, safety_factor_of, safety_stock

DAYS_PER_WEEK = 7.0
WEEKS_PER_YEAR = 365.25 / DAYS_PER_WEEK


@dataclass(frozen=True, kw_only=True)
class Economics:
    """What a policy assumes where an item says nothing, and what ordering and holding cost.

    Days are calendar days, `ordering_cost_amount` is per order, `holding_rate` per year and unit
    of stock value.
    """

    lead_time_days: float
    lead_time_cv: float
    order_multiple_units: float
    ordering_cost_amount: float
    holding_rate: float


def buffers(items: pl.DataFrame, economics: Economics) -> pl.DataFrame:
    """Add lead time, protection demand and safety stock to items.

    `items` holds target_rate, distribution, review_days, weekly_mean_units, weekly_sd_units,
    lead_time_mean_days and lead_time_sd_days. A lead time that is only planned has no deviation
    of its own: it gets `lead_time_cv` of its mean.
    """
    filled = items.with_columns(
        pl.col("lead_time_mean_days").fill_null(economics.lead_time_days)
    ).with_columns(
        pl.col("lead_time_sd_days").fill_null(
            pl.col("lead_time_mean_days") * economics.lead_time_cv
        )
    )
    known = filled.drop_nulls(["weekly_mean_units", "weekly_sd_units"])
    mean, sd = protection_moments(
        _floats(known, "weekly_mean_units"),
        _floats(known, "weekly_sd_units"),
        lead_time_mean=_floats(known, "lead_time_mean_days") / DAYS_PER_WEEK,
        lead_time_sd=_floats(known, "lead_time_sd_days") / DAYS_PER_WEEK,
        review=_floats(known, "review_days") / DAYS_PER_WEEK,
    )
    stock = safety_stock(
        _floats(known, "target_rate"), mean, sd, known["distribution"].to_numpy().astype(np.str_)
    )
    computed = known.select("product_id", "site_id").with_columns(
        protection_mean_units=mean,
        protection_sd_units=sd,
        safety_factor_ratio=safety_factor_of(stock, sd),
        safety_stock_units=stock,
    )
    return filled.join(computed, on=["product_id", "site_id"], how="left", maintain_order="left")


def orders(items: pl.DataFrame, economics: Economics) -> pl.DataFrame:
    """Add reorder point, order quantity and what the stock at hand says about them.

    `items` is what `buffers` gives, with minimum_order_units, order_multiple_units,
    unit_cost_amount, on_hand_units and on_order_units. Without a positive unit cost there is no
    economic order quantity: the suggestion is then the gap itself, in orderable units.
    """
    known = items.drop_nulls(["safety_stock_units", "on_hand_units", "on_order_units"])
    point = reorder_point(
        _floats(known, "protection_mean_units"), _floats(known, "safety_stock_units")
    )
    minimum = _floats(known, "minimum_order_units", absent=0.0)
    multiple = _floats(known, "order_multiple_units", absent=economics.order_multiple_units)
    unit_cost = _floats(known, "unit_cost_amount", absent=0.0)
    has_cost = unit_cost > 0
    optimum = economic_order_quantity(
        _floats(known, "weekly_mean_units") * WEEKS_PER_YEAR,
        economics.ordering_cost_amount,
        np.where(has_cost, unit_cost, 1.0) * economics.holding_rate,
    )
    economic = orderable_at_least_cost(optimum, minimum=minimum, multiple=multiple)
    quantity = np.where(has_cost, economic, 0.0)
    on_hand = _floats(known, "on_hand_units")
    position = on_hand + _floats(known, "on_order_units")
    computed = known.select("product_id", "site_id").with_columns(
        reorder_point_units=point,
        order_quantity_units=pl.Series(np.where(has_cost, economic, np.nan), nan_to_null=True),
        is_below_reorder_point=is_below_reorder_point(position, point),
        suggested_order_units=suggested_order(
            position, point, quantity, minimum=minimum, multiple=multiple
        ),
        policy_stock_units=policy_stock(_floats(known, "safety_stock_units"), quantity),
        excess_units=excess_stock(on_hand, point, quantity),
    )
    return items.join(
        computed, on=["product_id", "site_id"], how="left", maintain_order="left"
    ).with_columns(inventory_position_units=pl.col("on_hand_units") + pl.col("on_order_units"))


def _floats(frame: pl.DataFrame, column: str, *, absent: float | None = None) -> Floats:
    values = frame[column].cast(pl.Float64)
    return (values.fill_null(absent) if absent is not None else values).to_numpy()
