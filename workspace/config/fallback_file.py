"""segmentation/fallbacks.yml: what stands in for a value that is missing, or too old."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, WithJsonSchema, model_validator

from workspace.config.segment_names import SegmentId
from workspace.config.strict import Strict

CONFIDENCE = "How far a class by this value can be relied on; the quality mark follows from it."
# The reader leaves every scalar text; it is read as the type of its column.
ValueText = Annotated[str, WithJsonSchema({"type": ["string", "number", "boolean"]})]
Confidence = Annotated[float, Field(gt=0, lt=1, description=CONFIDENCE)]


class AgeLimit(Strict):
    """How old a value may be, by a date that the unit has, or by the delivery of an extract."""

    limit_days: int = Field(ge=0, le=3660, description="Age above which it counts as missing.")
    date: str | None = Field(None, description="Date among the unit's features: the value's day.")
    source: str | None = Field(
        None,
        pattern=r"^[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*$",
        description="system.extract whose watermark is the day of all its values.",
    )

    @model_validator(mode="after")
    def _knows_one_day(self) -> Self:
        if (self.date is None) == (self.source is None):
            raise ValueError("give either a `date` of the unit or a `source`")
        return self


class ColumnRung(Strict):
    """Another feature of the unit."""

    kind: Literal["column"]
    column: str
    confidence: Confidence = 0.9


class HoldLastRung(Strict):
    """The value that was known last."""

    kind: Literal["hold_last"]
    days: int = Field(ge=1, le=3660, description="Days after which it is held no longer.")
    confidence: Confidence = 0.8


class InferRung(Strict):
    """What is usual among the units that agree in some features and whose value is known."""

    kind: Literal["infer"]
    by: Literal["median", "mode"] = Field(
        "median", description="The lower median, or the value that most of them have."
    )
    within: tuple[str, ...] = Field((), description="Features in which peers agree.")
    minimum_peers: int = Field(5, ge=1, description="Peers that there must be.")
    confidence: Confidence = 0.6


class ValueRung(Strict):
    """A value that does no harm where it is wrong."""

    kind: Literal["value"]
    value: ValueText
    confidence: Confidence = 0.3


class ExcludeRung(Strict):
    """No value: the unit is not classified by it."""

    kind: Literal["exclude"]
    segment: SegmentId = Field(
        "out_of_scope", description="Where the unit stands in schemes whose rules read the column."
    )


Rung = Annotated[
    ColumnRung | HoldLastRung | InferRung | ValueRung | ExcludeRung, Field(discriminator="kind")
]


class AttributeLadder(Strict):
    """One feature of a kind of unit: how old it may be, and what stands in for it, in order."""

    unit: str = Field(description="Kind of unit: product_site, customer, …")
    column: str = Field(description="Feature that rules read.")
    age: AgeLimit | None = Field(None, description="Without one, values do not grow old.")
    ladder: tuple[Rung, ...] = Field(min_length=1, description="The first rung that has a value.")

    @model_validator(mode="after")
    def _every_rung_can_be_reached(self) -> Self:
        for rung in self.ladder[:-1]:
            if rung.kind in ("value", "exclude"):
                raise ValueError(f"no rung comes after `{rung.kind}`, which always applies")
        return self


class FallbackFile(Strict):
    """segmentation/fallbacks.yml."""

    attributes: tuple[AttributeLadder, ...] = ()

    @model_validator(mode="after")
    def _has_one_ladder_each(self) -> Self:
        named = [(each.unit, each.column) for each in self.attributes]
        twice = sorted({".".join(name) for name in named if named.count(name) > 1})
        if twice:
            raise ValueError(f"{', '.join(twice)} has two ladders")
        return self
