"""segmentation/exceptions.yml: units that stand apart for a time, and those that rules leave over.

An exception has a class, an owner, an interim segment and an end. What the rules leave over is
classed by its code: UNCOVERED, RULE_CONFLICT, EXCLUDED.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from workspace.config.segment_names import SegmentId
from workspace.config.strict import Strict

LONGEST_DAYS = 180
OPEN_DAYS = 90  # of an exception of the rules of which the file says nothing
Word = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$", max_length=64)]
RuleClass = Literal["UNCOVERED", "RULE_CONFLICT", "EXCLUDED"]


class RuleException(Strict):
    """What becomes of the units that rules leave over with one code."""

    owner: str | None = Field(None, description="Who sees to it; without one the scheme's owner.")
    days: int = Field(
        OPEN_DAYS, ge=1, le=LONGEST_DAYS, description="Days that it is open before it opens anew."
    )


class DeclaredException(Strict):
    """Units of a scheme that stand in another segment for a time than the rules would say."""

    exception: Word = Field(description="Its name.")
    exception_class: Word = Field(description="Its class, such as project or promotion.")
    scheme: str
    units: tuple[str, ...] = Field(
        (), description="Units by golden ids or by keys of a source, their parts joined by @."
    )
    when: str | None = Field(None, description="Condition on features, in place of `units`.")
    segment: SegmentId = Field(description="Interim segment, one that the scheme has.")
    since: date = Field(description="First business date.")
    until: date = Field(description="Last business date.")
    owner: str
    reason: str

    @model_validator(mode="after")
    def _names_units_in_one_way(self) -> Self:
        if bool(self.units) == (self.when is not None):
            raise ValueError("give either `units` or `when`")
        return self

    @model_validator(mode="after")
    def _ends(self) -> Self:
        if not self.since <= self.until <= self.since + timedelta(days=LONGEST_DAYS):
            raise ValueError(f"`until` is no later than {LONGEST_DAYS} days after `since`")
        return self


class ExceptionFile(Strict):
    """segmentation/exceptions.yml."""

    rules: dict[RuleClass, RuleException] = Field({}, description="Code: what holds for it.")
    declared: tuple[DeclaredException, ...] = ()

    @model_validator(mode="after")
    def _names_are_different(self) -> Self:
        names = [each.exception for each in self.declared]
        if twice := sorted({name for name in names if names.count(name) > 1}):
            raise ValueError(f"two exceptions are called {', '.join(twice)}")
        return self

    def of_rules(self, code: RuleClass) -> RuleException:
        """Return what holds for a code of the rules."""
        return self.rules.get(code) or RuleException(owner=None, days=OPEN_DAYS)
