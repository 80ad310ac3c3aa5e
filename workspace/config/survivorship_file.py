"""golden/survivorship.yml: which of several records' values an attribute of a golden record has."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from workspace.config.strict import Strict

Word = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
Criterion = Literal[
    "source_priority",
    "most_recent",
    "most_complete",
    "most_frequent",
    "longest",
    "earliest",
    "latest",
    "valid_check_digit",
]
MOST_RULES = 4


class SystemOrder(Strict):
    """An order of trust for one attribute; systems that it does not name come after."""

    systems: tuple[Word, ...] = Field(min_length=1, description="The most trusted first.")

    @model_validator(mode="after")
    def _names_each_once(self) -> SystemOrder:
        if len(set(self.systems)) < len(self.systems):
            raise ValueError("a system stands here twice")
        return self


Rule = Criterion | SystemOrder
Rules = Annotated[tuple[Rule, ...], Field(min_length=1, max_length=MOST_RULES)]
Attributes = dict[Word, Rules]


class SurvivorshipFile(Strict):
    """golden/survivorship.yml: attribute by attribute, what decides; the first rule that can."""

    customer: Attributes = Field(default_factory=dict)
    product: Attributes = Field(default_factory=dict)
    site: Attributes = Field(default_factory=dict)
    supplier: Attributes = Field(default_factory=dict)

    def of(self, object_type: str) -> Attributes:
        """Return the attributes of an object that have rules of their own."""
        found: Attributes = getattr(self, object_type)
        return found


def rule_name(rule: Rule) -> str:
    """Return what golden_attribute calls a rule."""
    return "systems" if isinstance(rule, SystemOrder) else rule
