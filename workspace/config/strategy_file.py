"""strategy.yml: what a company has declared of its segmentation, and by what it is judged."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from models.choice.objective import LOT_FACTORS, target_names
from workspace.config.plan import Aim, SignOff
from workspace.config.strict import Strict

AxisName = Literal["customer", "product", "channel", "site", "flow", "matrix"]
GrainName = Literal["item", "product", "family", "account", "channel", "pair", "flow"]
DriverName = Literal["revenue", "margin", "volume", "risk", "blend", "economic"]
Part = Annotated[float, Field(ge=0)]
Share = Annotated[float, Field(gt=0, lt=1)]
Name = Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9_]*$")]


class AspectWeights(Strict):
    """What each kind of fact counts for when axes are weighed; only their proportion matters."""

    service: Part = Field(1, description="Days that customers give, and days that are promised.")
    cost_to_serve: Part = Field(1, description="What serving a line costs beside the goods.")
    volatility: Part = Field(
        1, description="How far lines are from what the product usually sells."
    )
    complexity: Part = Field(1, description="Lines of an order, and touches of a line.")

    @model_validator(mode="after")
    def _one_counts(self) -> AspectWeights:
        if not any(self.model_dump().values()):
            raise ValueError("no aspect has a weight")
        return self


class AxisEvidence(Strict):
    """How axes are weighed against each other."""

    weights: AspectWeights = AspectWeights()
    hybrid_charge: float = Field(
        0.05,
        ge=0,
        le=1,
        description="Share of variance that an axis must add to be worth a second.",
    )
    sampled_orders: int = Field(
        3000, ge=200, le=20_000, description="Orders drawn, in all and of each business unit."
    )
    resamples: int = Field(200, ge=50, le=1000, description="How often they are drawn anew.")


class BlendWeights(Strict):
    """What each driver counts for in the blend; only their proportion matters."""

    revenue: Part = 0
    margin: Part = 0.5
    volume: Part = 0.25
    risk: Part = 0.25

    @model_validator(mode="after")
    def _one_counts(self) -> BlendWeights:
        if not any(self.model_dump().values()):
            raise ValueError("no driver has a weight")
        return self


class ComparedClass(Strict):
    """A class that drivers fill: its part of the items, and its cycle service level."""

    items: Share = Field(description="Share of the items.")
    target: Share = Field(description="Cycle service level.")


def _classes() -> dict[str, ComparedClass]:
    return {
        "A": ComparedClass(items=0.2, target=0.98),
        "B": ComparedClass(items=0.3, target=0.95),
        "C": ComparedClass(items=0.5, target=0.90),
    }


class DriverComparison(Strict):
    """How drivers are compared: same class sizes, same service, same cost of being short."""

    blend: BlendWeights = BlendWeights()
    classes: dict[Name, ComparedClass] = Field(
        default_factory=_classes, description="Classes from the first down."
    )
    shortage: Literal["implied", "stated"] = Field(
        "implied",
        description="Cost of a unit short: so dear that the classes' targets are right, or as is.",
    )
    lost_rate: float = Field(
        0.5, ge=0, le=1, description="Of units short, the share that is never sold."
    )
    wait_weeks: float = Field(1, gt=0, description="Weeks that the others wait.")

    @model_validator(mode="after")
    def _classes_hold_all(self) -> DriverComparison:
        total = sum(each.items for each in self.classes.values())
        if len(self.classes) < 2 or abs(total - 1) > 1e-9:
            raise ValueError(f"{len(self.classes)} classes hold {total:g} of the items, not all")
        return self


class TargetField(Strict):
    """The field of the ERP that tells the segment."""

    characters: int = Field(1, ge=1, le=10, description="Characters that fit.")
    alphabet: int = Field(36, ge=2, le=64, description="Different characters that it may hold.")


def _objects() -> dict[str, int]:
    return {"condition_records": 4, "parameter_rows": 6, "reports": 2}


class SegmentCount(Strict):
    """What each further segment costs those who keep it."""

    charge_amount: float = Field(
        500, ge=0, description="Cost of one segment in a year, in reporting currency."
    )
    objects: dict[Name, Annotated[int, Field(ge=0)]] = Field(
        default_factory=_objects, description="Records that each segment needs, by kind."
    )
    field: TargetField = TargetField()
    sampled_items: int = Field(3000, ge=100, le=20_000, description="Items drawn.")


def _control_points() -> dict[GrainName, tuple[str, ...]]:
    return {"item": ("reorder point", "safety stock")}


class Grains(Strict):
    """When a grain has history enough, and how many decisions hang on each of its entities."""

    minimum_lines: int = Field(
        12, ge=1, description="Order lines in 12 months that half of the entities must have."
    )
    decisions: int = Field(4, ge=1, description="Parameters kept for each entity.")
    control_points: dict[GrainName, tuple[str, ...]] = Field(
        default_factory=_control_points,
        description="Grain: what somebody sets for each of its entities, in words.",
    )


class Objective(Strict):
    """The setting that the company has agreed on, one of those that are compared."""

    targets: str = Field("classes", description="How service targets are set.")
    lot_factor: float = Field(1.0, description="Order quantity relative to the economic one.")
    is_active: bool = Field(
        False, description="Whether it is acted upon: three functions must have signed."
    )

    @model_validator(mode="after")
    def _is_compared(self) -> Objective:
        for said, known in ((self.targets, target_names()), (self.lot_factor, LOT_FACTORS)):
            if said not in known:
                raise ValueError(f"{said} is none of {', '.join(map(str, known))}")
        return self


class StrategyFile(Strict):
    """strategy.yml; each part may be left out."""

    decision_class: Literal["strategic", "tactical"] = Field(
        "tactical", description="What the segments decide: networks, or stock and allocation."
    )
    horizon_months: int = Field(12, ge=1, le=120, description="How long the declaration is meant.")
    membership: Literal["static", "dynamic"] = Field(
        "dynamic", description="Whether units keep their segment until a review."
    )
    axis: AxisName = Field("product", description="What is segmented first of all.")
    grain: GrainName = Field("item", description="What a segment is given to.")
    driver: DriverName = Field("margin", description="What ranks it; the reference of costs.")
    objective: Objective = Objective()
    aims: tuple[Aim, ...] = Field((), description="Aims of the corporate plan, by segment.")
    sign_offs: tuple[SignOff, ...] = Field(
        (), description="Functions that have agreed to objective and aims."
    )
    axis_evidence: AxisEvidence = AxisEvidence()
    driver_comparison: DriverComparison = DriverComparison()
    segment_count: SegmentCount = SegmentCount()
    grains: Grains = Grains()
