"""segmentation/<scheme>.yml: one scheme, as planners write it."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from workspace.config.approval import Approval
from workspace.config.decision import Decision
from workspace.config.scheme_methods import AnyMethod
from workspace.config.segment_names import SegmentId
from workspace.config.stability_settings import StabilitySettings
from workspace.config.strict import Strict

UnitName = Literal["product_site", "customer", "product", "channel", "customer_product", "flow"]
SemanticVersion = Annotated[str, Field(pattern=r"^\d+\.\d+\.\d+$")]
# What an overlay may be let change: what decides, never what is classified, or when.
OPENABLE = (
    *("method", "first", "fallback"),
    *(f"stability.{name}" for name in ("band", "confirm", "dwell_days", "cooldown_days")),
    *("stability.notice_days", "stability.costs"),
)


class FirstRule(Strict):
    """A class that is decided before the method, such as `new` or `no_demand`."""

    rule: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    segment: SegmentId
    when: str = Field(description="SQL condition on feature columns; null counts as not met.")


class Review(Strict):
    """When ranks are looked at anew; between reviews units are held against fixed cut values."""

    every: Literal["night", "month", "quarter", "year"] = "quarter"


class SchemeFile(Strict):
    """segmentation/<scheme>.yml."""

    scheme: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    title: str
    description: str
    owner: str
    version: SemanticVersion | None = Field(None, description="Semantic version, for people.")
    approval: Approval | None = Field(None, description="Who has approved it as it stands.")
    legal_tags: tuple[str, ...] = Field((), description="Laws and contracts it takes account of.")
    unit: UnitName = "product_site"
    first: tuple[FirstRule, ...] = ()
    method: AnyMethod
    review: Review = Review()
    stability: StabilitySettings | None = Field(
        None, description="What keeps units where they are; without it the rules alone decide."
    )
    fallback: SegmentId | None = Field(
        None, description="Segment of a unit whose inputs are missing; not used by a matrix."
    )
    value: str = Field("margin_12m_amount", description="Column that says what is at stake.")
    organisation: tuple[str, ...] = Field(
        (), description="Organisation fields, such as site_id, that the rules may read."
    )
    reduces: str | None = Field(
        None, description="Scheme that it stands in for where data are poor; of the same segments."
    )
    decision: Decision = Decision()
    open: tuple[str, ...] = Field(
        (),
        description="Parameters that overlays may change, such as method.cuts; all else is locked.",
    )

    @model_validator(mode="after")
    def _cells_follow_their_parents(self) -> Self:
        if self.stability is not None and self.method.kind == "matrix":
            raise ValueError("cells follow their parents: `stability` belongs into their schemes")
        return self

    @model_validator(mode="after")
    def _opens_what_can_be_opened(self) -> Self:
        for parameter in self.open:
            if not any(is_within(parameter, openable) for openable in OPENABLE):
                raise ValueError(f"`{parameter}` cannot be opened, only {', '.join(OPENABLE)}")
        if self.open and self.method.kind == "matrix":
            raise ValueError("cells follow their parents: `open` belongs into their schemes")
        return self


def is_within(parameter: str, opened: str) -> bool:
    """Return whether a parameter is the opened one, or a part of it."""
    return parameter == opened or parameter.startswith(f"{opened}.")
