"""quality/metrics.yml: what must hold of a metric before it may move a unit to another segment."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, model_validator

from workspace.config.outlier_file import Confirmed, Word
from workspace.config.strict import Strict


class Jump(Strict):
    """How far a value may move from the last one that was trusted, both ways.

    A change is a jump when it is above both: the factor, and the least change in the metric's unit.
    """

    largest_factor: float = Field(gt=1)
    least_change: float = Field(0, ge=0)


class Control(Strict):
    """A sum over another table that the metric of each unit must come to."""

    table: Word = Field(description="A fact table that has the unit's key.")
    value: str = Field(description="Expression over its columns; what is added up.")
    where: str | None = Field(None, description="Condition of the rows that are added up.")
    date: Word = Field(description="Column of the day that a row belongs to.")
    months: Annotated[int, Field(ge=1, le=120)] = 12
    tolerance: float = Field(0.01, ge=0, description="Difference that is none, in its unit.")


class ThresholdMetric(Strict):
    """One metric that schemes read, and its checks; one that is not given is not made."""

    title: str
    table: Word = Field(description="Feature table.")
    column: Word = Field(description="Column of it that schemes read.")
    minimum: float | None = Field(None, description="Sign: the least value that can be.")
    jump: Jump | None = None
    control: Control | None = None

    @model_validator(mode="after")
    def _has_a_check(self) -> ThresholdMetric:
        if self.minimum is None and self.jump is None and self.control is None:
            raise ValueError("give at least one check: minimum, jump or control")
        return self


class MetricFile(Strict):
    """quality/metrics.yml."""

    metrics: dict[Word, ThresholdMetric] = Field(default_factory=dict)
    confirmed: tuple[Confirmed, ...] = ()

    @model_validator(mode="after")
    def _is_consistent(self) -> MetricFile:
        unknown = sorted({c.metric for c in self.confirmed} - set(self.metrics))
        if unknown:
            raise ValueError(f"{', '.join(unknown)} is confirmed, but is no metric")
        elements = [(metric.table, metric.column) for metric in self.metrics.values()]
        twice = sorted({".".join(e) for e in elements if elements.count(e) > 1})
        if twice:
            raise ValueError(f"{', '.join(twice)} has two metrics; give one of them all checks")
        return self
