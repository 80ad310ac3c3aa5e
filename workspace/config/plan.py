"""`aims:` and `sign_offs:` of strategy.yml: what segments are to bring, and who has agreed."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from workspace.config.segment_names import SegmentId
from workspace.config.strict import Strict

Word = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
Metric = Literal["revenue", "margin", "cost_to_serve", "stock_value", "late_lines"]


class Aim(Strict):
    """One aim of the corporate plan, and what each segment of a scheme is to bring to it."""

    aim: Word
    title: str
    owner: str = Field(description="Who answers for it.")
    metric: Metric = Field(description="What it is measured by, over 12 months; stock as it is.")
    baseline: float = Field(description="The metric when the plan was made; amounts in currency.")
    target: float = Field(description="What the plan asks for.")
    scheme: str = Field(description="Scheme by whose segments it is followed.")
    targets: dict[SegmentId, float] = Field(
        default_factory=dict, description="Segment: its part of the target."
    )


class SignOff(Strict):
    """A function that has agreed to the objective and the aims as they stand."""

    function: Word = Field(description="Function that signs, such as sales or finance.")
    by: str
    day: date
    plan: str = Field(
        pattern=r"^[0-9a-f]{12,64}$", description="Hash of what was signed, or its start."
    )
