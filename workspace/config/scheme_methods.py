"""The methods of a scheme, as planners write them; each says which method of the models it is."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Literal, Self, TypeVar

from pydantic import Field, model_validator

from models.segmentation.methods.cuts import Cut
from models.segmentation.methods.demand_pattern import DemandPattern
from models.segmentation.methods.ranking_kinds import (
    ItemCount,
    ItemShare,
    ParetoShare,
    ParetoValue,
    Quantiles,
)
from models.segmentation.methods.thresholds import Thresholds
from models.segmentation.methods.weighted_score import Part, WeightedScore
from models.segmentation.presets import preset_cuts
from workspace.config.matrix_method import MatrixMethod
from workspace.config.rule_methods import DecisionTableMethod, DecisionTreeMethod
from workspace.config.segment_names import SegmentId
from workspace.config.strict import Strict

Share = Annotated[Decimal, Field(gt=0, le=1)]
SHARES = "Segment: cumulative share up to which it reaches, ascending to 1."
WITHIN = "Columns that restart the ranking."
LAST = "Segment of the units beyond the last cut."
PRESET = "Published cuts by name, in place of cuts of one's own."
T = TypeVar("T")


class ParetoShareMethod(Strict):
    """Classes by cumulative share of a measure; the unit that crosses a cut stays above it."""

    kind: Literal["pareto_share"]
    measure: str
    cuts: dict[SegmentId, Share] | None = Field(None, description=SHARES)
    preset: Literal["sap_70_25_5", "pareto_80_15_5", "pareto_80_95"] | None = Field(
        None, description=PRESET
    )
    within: tuple[str, ...] = Field((), description=WITHIN)

    @model_validator(mode="after")
    def _cuts_are_stated_once(self) -> Self:
        return _stated_once(self, self.cuts, self.preset)

    def method(self) -> ParetoShare:
        """Return the method of the models."""
        cuts = preset_cuts(self.kind, self.preset)[0] if self.preset else _cuts(self.cuts or {})
        return ParetoShare(measure=self.measure, cuts=cuts, within=self.within)


class ParetoValueMethod(Strict):
    """Classes by cumulative value: the largest units until they add up to so much."""

    kind: Literal["pareto_value"]
    measure: str
    cuts: dict[SegmentId, Annotated[Decimal, Field(gt=0)]] = Field(
        description="Segment: cumulative value up to which it reaches, ascending."
    )
    last: SegmentId = Field(description=LAST)
    within: tuple[str, ...] = Field((), description=WITHIN)

    def method(self) -> ParetoValue:
        """Return the method of the models."""
        return ParetoValue(
            measure=self.measure,
            cuts=_cuts(self.cuts),
            last_segment_id=self.last,
            within=self.within,
        )


class ItemShareMethod(Strict):
    """Classes by share of the number of units, those of the largest measure first."""

    kind: Literal["item_share"]
    measure: str
    cuts: dict[SegmentId, Share] = Field(description=SHARES)
    within: tuple[str, ...] = Field((), description=WITHIN)

    def method(self) -> ItemShare:
        """Return the method of the models."""
        return ItemShare(measure=self.measure, cuts=_cuts(self.cuts), within=self.within)


class ItemCountMethod(Strict):
    """Classes by number of units, those of the largest measure first."""

    kind: Literal["item_count"]
    measure: str
    cuts: dict[SegmentId, Annotated[int, Field(gt=0)]] = Field(
        description="Segment: number of units up to which it reaches, ascending."
    )
    last: SegmentId = Field(description=LAST)
    within: tuple[str, ...] = Field((), description=WITHIN)

    def method(self) -> ItemCount:
        """Return the method of the models."""
        return ItemCount(
            measure=self.measure,
            cuts=_cuts({segment: Decimal(count) for segment, count in self.cuts.items()}),
            last_segment_id=self.last,
            within=self.within,
        )


class QuantilesMethod(Strict):
    """Classes by quantile of a measure, the smallest first."""

    kind: Literal["quantiles"]
    measure: str
    cuts: dict[SegmentId, Share] = Field(description=SHARES)
    within: tuple[str, ...] = Field((), description=WITHIN)

    def method(self) -> Quantiles:
        """Return the method of the models."""
        return Quantiles(measure=self.measure, cuts=_cuts(self.cuts), within=self.within)


class ThresholdsMethod(Strict):
    """Classes by one value: up to the first cut, up to the second, …, the rest."""

    kind: Literal["thresholds"]
    column: str
    cuts: dict[SegmentId, Decimal] | None = Field(
        None, description="Segment: value up to which it reaches, ascending."
    )
    last: SegmentId | None = Field(None, description="Segment above the last cut.")
    preset: Literal["sap_70_25_5", "pareto_80_95", "weekly_cv_30_50"] | None = Field(
        None, description=PRESET
    )

    @model_validator(mode="after")
    def _cuts_are_stated_once(self) -> Self:
        if (self.cuts is None) != (self.last is None):
            raise ValueError("`cuts` and `last` go together")
        return _stated_once(self, self.cuts, self.preset)

    def method(self) -> Thresholds:
        """Return the method of the models."""
        cuts, last = _cuts(self.cuts or {}), self.last or ""
        if self.preset:
            cuts, last = preset_cuts(self.kind, self.preset)
        return Thresholds(column=self.column, cuts=cuts, last_segment_id=last)


class ScorePart(Strict):
    """One column of a score, and how it is brought to the scale from 0 to 1."""

    weight: Decimal = Field(gt=0, lt=1)
    low: Decimal = Field(description="Value that counts nothing.")
    high: Decimal = Field(description="Value that counts fully; below `low` where less is better.")


class WeightedScoreMethod(Strict):
    """Classes by a score: several columns on one scale, weighted and added up."""

    kind: Literal["weighted_score"]
    parts: dict[str, ScorePart] = Field(description="Feature: weight and scale; weights make 1.")
    cuts: dict[SegmentId, Share] = Field(
        description="Segment: score from which it begins, the highest first."
    )
    last: SegmentId = Field(description=LAST)

    def method(self) -> WeightedScore:
        """Return the method of the models."""
        parts = tuple(
            Part(column=column, weight=part.weight, low=part.low, high=part.high)
            for column, part in self.parts.items()
        )
        return WeightedScore(parts=parts, cuts=_cuts(self.cuts), last_segment_id=self.last)


class DemandPatternMethod(Strict):
    """Smooth, intermittent, erratic and lumpy demand on the plane of ADI and CV²."""

    kind: Literal["demand_pattern"]
    adi_column: str = "adi_ratio"
    cv2_column: str = "cv2_ratio"
    adi_cut: Decimal = Field(Decimal("1.32"), gt=1)
    cv2_cut: Decimal = Field(Decimal("0.49"), gt=0)

    def method(self) -> DemandPattern:
        """Return the method of the models."""
        return DemandPattern(
            adi_column=self.adi_column,
            cv2_column=self.cv2_column,
            adi_cut=self.adi_cut,
            cv2_cut=self.cv2_cut,
        )


AnyMethod = Annotated[
    ParetoShareMethod
    | ParetoValueMethod
    | ItemShareMethod
    | ItemCountMethod
    | QuantilesMethod
    | ThresholdsMethod
    | WeightedScoreMethod
    | DemandPatternMethod
    | DecisionTableMethod
    | DecisionTreeMethod
    | MatrixMethod,
    Field(discriminator="kind"),
]


def _cuts(stated: dict[str, Decimal]) -> tuple[Cut, ...]:
    return tuple(Cut(segment_id=segment, up_to=end) for segment, end in stated.items())


def _stated_once(stated: T, cuts: object, preset: str | None) -> T:
    if (cuts is None) == (preset is None):
        raise ValueError("give either `cuts` or a `preset`")
    return stated
