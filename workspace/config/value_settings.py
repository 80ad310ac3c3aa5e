"""Parts of workspace.yml on what customers and items are worth: decay, and trust in margins."""

from __future__ import annotations

import math
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field

from workspace.config.strict import Strict

HalfLife = Annotated[int | float, Field(gt=0)] | Literal["infinite"]
HalfWidth = Annotated[Decimal, Field(ge=0, le=1, max_digits=7, decimal_places=6)]


def in_units(half_life: HalfLife) -> float:
    """Return a half-life as a number; what never decays has an infinite one."""
    return math.inf if half_life == "infinite" else half_life


class HalfLives(Strict):
    """Age in days at which an event counts half, for each measure by itself."""

    orders: HalfLife = Field(180, description="Of an order in `decayed_order_count`.")
    revenue: HalfLife = Field(365, description="Of revenue in `decayed_revenue_amount`.")
    margin: HalfLife = Field(365, description="Of margin in `decayed_margin_amount`.")
    returns: HalfLife = Field(365, description="Of returns in `decayed_returned_amount`.")


class CustomerValueSettings(Strict):
    """How customers are valued."""

    half_life_days: HalfLives = HalfLives()


class HalfWidths(Strict):
    """How far a cost may be from what is stated, as a share of it, by the grade of the cost."""

    actual: HalfWidth = Field(Decimal(0), description="Booked on the line.")
    standard: HalfWidth = Field(
        Decimal("0.05"), description="Standard cost, where booked costs do not tell."
    )
    allocated: HalfWidth = Field(
        Decimal("0.15"), description="A share of a cost that was booked for several lines."
    )
    estimated: HalfWidth = Field(
        Decimal("0.4"), description="No cost: estimated, where other items do not tell how well."
    )


class MarginSettings(Strict):
    """How surely a margin is known, and how closely margins must agree with the books."""

    coverage_rate: Annotated[Decimal, Field(ge=0.5, lt=1, max_digits=7, decimal_places=6)] = Field(
        Decimal("0.9"), description="Share of items whose true margin is to lie in its interval."
    )
    half_width_rates: HalfWidths = HalfWidths()
    tolerance_rate: HalfWidth = Field(
        Decimal("0.02"),
        description="Largest difference from the margin that the books state, by their revenue.",
    )
