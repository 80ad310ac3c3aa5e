"""segmentation/cases.yml: unusual units, each with the segment that it must come to."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from workspace.config.fallback_file import ValueText
from workspace.config.segment_names import SegmentId
from workspace.config.strict import Strict

Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$", max_length=64)]
Values = dict[str, ValueText | None]


class LastKnown(Strict):
    """What the nights before knew of a value."""

    value: ValueText
    days: int = Field(ge=0, description="Days since it was known last.")


class Expected(Strict):
    """What a case must come to; what is not given is not looked at, but for the segment."""

    segment: SegmentId
    rule: str | None = Field(None, description="Rule that fires, as `rule_id` has it.")
    code: str | None = Field(None, description="Fallback code; none must come where it is `none`.")
    exception: str | None = Field(None, description="Class of its exception.")
    mark: Literal["A", "B", "C", "D", "E"] | None = Field(None, description="Quality mark.")
    rungs: dict[str, str] = Field({}, description="Feature: kind of the rung that stands in.")


class DecisionCase(Strict):
    """One unit, the night that it stands in, and what it must come to."""

    case: Name = Field(description="Its name.")
    description: str | None = Field(None, description="What is unusual about it.")
    scheme: str
    day: date = Field(date(2026, 1, 1), description="Business date.")
    values: Values = Field(description="Features of the unit; all others are null.")
    cuts: dict[str, dict[SegmentId, Decimal]] = Field(
        {}, description="Of a ranking: scheme, segment and value at which the review has cut."
    )
    last_known: dict[str, LastKnown] = Field({}, description="What the night before knew.")
    source_ages: dict[str, int] = Field({}, description="system.extract: age of it in days.")
    untrusted: tuple[str, ...] = Field(
        (), description="Features whose value has failed its checks, with none trusted before."
    )
    peers: tuple[Values, ...] = Field((), description="Other units that there are.")
    expect: Expected


class CaseFile(Strict):
    """segmentation/cases.yml."""

    cases: tuple[DecisionCase, ...] = ()

    @model_validator(mode="after")
    def _names_are_different(self) -> Self:
        names = [each.case for each in self.cases]
        if twice := sorted({name for name in names if names.count(name) > 1}):
            raise ValueError(f"two cases are called {', '.join(twice)}")
        return self
