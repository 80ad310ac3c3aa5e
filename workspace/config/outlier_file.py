"""quality/outliers.yml: which values are screened, how, and what is done with those far out."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from models.outliers.method import LIMITS, MINIMUM_COUNTS, Method, Screen, Transform
from workspace.config.strict import Strict

Word = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]


class Metric(Strict):
    """One screen: the values of a table's rows, judged together or within groups."""

    title: str
    table: Word = Field(description="A fact, feature or golden table; its key names the unit.")
    values: dict[Word, str] = Field(
        min_length=1, description="Name: expression over the table's columns."
    )
    where: str | None = Field(None, description="Condition of the rows that are judged.")
    within: tuple[Word, ...] = Field((), description="Columns; rows alike in them form a group.")
    method: Method
    transform: Transform = Transform.LOG1P
    limit: float | None = Field(None, gt=0, description="Of the method; none: its own.")
    minimum_count: int | None = Field(None, ge=3, description="Of a group; none: the method's own.")
    minimum_scale: float = Field(
        0.1, ge=0, description="Least spread, after the transform, that a group is taken to have."
    )
    decision: Literal["confirm", "hold", "cap"]

    @property
    def screen(self) -> Screen:
        """Return how the metric is judged, with the method's own numbers where none are given."""
        return Screen(
            method=self.method,
            transform=self.transform,
            limit=self.limit or LIMITS[self.method],
            minimum_count=self.minimum_count or MINIMUM_COUNTS[self.method],
            minimum_scale=self.minimum_scale,
        )

    @model_validator(mode="after")
    def _fits_its_method(self) -> Metric:
        if self.method is Method.MINIMUM_COVARIANCE:
            if len(self.values) < 2:
                raise ValueError("minimum_covariance judges two values or more together")
            if self.decision == "cap":
                raise ValueError("a point in several columns has no fence to be capped at")
            if self.limit is not None and self.limit >= 1:
                raise ValueError("the limit of minimum_covariance is a quantile below 1")
        elif len(self.values) > 1:
            raise ValueError(f"{self.method.value} judges one value")
        return self


class Confirmed(Strict):
    """A value that a steward has looked at and found right; another value is judged anew."""

    metric: Word
    unit: str = Field(description="unit_id of dq_outliers.")
    value: float
    reason: str = Field(min_length=1)


class OutlierFile(Strict):
    """quality/outliers.yml."""

    metrics: dict[Word, Metric] = Field(default_factory=dict)
    confirmed: tuple[Confirmed, ...] = ()

    @model_validator(mode="after")
    def _confirmed_metrics_exist(self) -> OutlierFile:
        unknown = sorted({c.metric for c in self.confirmed} - set(self.metrics))
        if unknown:
            raise ValueError(f"{', '.join(unknown)} is confirmed, but is no metric")
        return self
