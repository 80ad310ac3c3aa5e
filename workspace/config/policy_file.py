"""policies/stock.yml: what hangs on each cell of a scheme."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from workspace.config.strict import Strict

Target = Annotated[float, Field(gt=0, lt=1)]
Distribution = Literal["normal", "gamma", "discrete"]


class Cell(Strict):
    """The stock policy of one cell; what is null comes from the defaults."""

    target: Target | None = Field(None, description="Cycle service level; null holds no stock.")
    distribution: Distribution | None = None
    review_days: int | None = Field(None, ge=0)


class Defaults(Strict):
    """What every cell starts from, and the economics of ordering."""

    distribution: Distribution = "normal"
    review_days: int = Field(0, ge=0, description="Days between reviews; 0 reviews continuously.")
    lead_time_days: float = Field(gt=0, description="Where neither receipts nor a plan give one.")
    lead_time_cv: float = Field(
        0.2, ge=0, description="Relative deviation assumed for a lead time that is only planned."
    )
    order_multiple_units: float = Field(
        1, ge=0, description="Where the supplier names none; 1 orders whole base units, 0 any."
    )
    ordering_cost_amount: float = Field(gt=0, description="Cost of placing one order.")
    holding_rate: float = Field(gt=0, description="Yearly holding cost per unit of stock value.")
    shortage_rate: float = Field(
        0.05, gt=0, description="Cost of a week that a unit is waited for, per unit of its value."
    )


class PolicyFile(Strict):
    """policies/stock.yml."""

    policy: Literal["stock"]
    title: str
    description: str
    owner: str
    scheme: str
    measure: Literal["cycle_service_level"] = Field(
        description="What the targets measure: probability of no stock-out in a cycle."
    )
    source: str = Field(description="Where the targets come from.")
    defaults: Defaults
    cells: dict[str, Cell]

    @model_validator(mode="after")
    def _cells_are_given(self) -> PolicyFile:
        if not self.cells:
            raise ValueError("at least one cell is needed")
        return self
