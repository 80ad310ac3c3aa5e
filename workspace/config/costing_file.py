"""costing.yml: what finance has agreed that serving costs, activity by activity."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field, model_validator

from workspace.config.strict import Strict

Word = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
Element = Literal[
    "order_processing", "handling", "special_handling", "dedicated_stock", "returns_handling"
]


class Agreement(Strict):
    """A cost that is charged as it is, by what caused it, because finance has agreed to that."""

    driver: str = Field(min_length=1, description="What causes the cost, in words.")
    approver: str = Field(min_length=1, description="Role that agreed, of finance.")
    approved: date = Field(description="Day of the agreement.")


class Credit(Agreement):
    """What waiting for payment costs: invoiced value by days to payment by rate by 1/365."""

    yearly_rate: Decimal = Field(ge=0, le=1, description="Cost of capital of a year, 0 to 1.")


class Activity(Agreement):
    """Work that uses up the capacity of a pool, and how much of it a line takes."""

    title: str = Field(min_length=1)
    pool: str = Field(min_length=1, description="pool_id of cost_pools.")
    unit: str = Field("minutes", description="capacity_unit of the pool.")
    element: Element = Field(description="Part of cost to serve that it belongs to.")
    equation: str = Field(description="Time equation: what a line takes, in `unit`.")
    where: str | None = Field(None, description="Condition of the lines that it is done for.")


class CostingFile(Strict):
    """costing.yml."""

    activities: dict[Word, Activity] = Field(default_factory=dict)
    freight: Agreement | None = None
    premium_freight: Agreement | None = None
    credit: Credit | None = None

    @model_validator(mode="after")
    def _says_something(self) -> CostingFile:
        if not (self.activities or self.freight or self.premium_freight or self.credit):
            raise ValueError("give an activity at least, or delete the file")
        return self
