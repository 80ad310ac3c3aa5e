"""golden/hierarchies.yml: which trees must agree, and which word counts where they do not."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import Field, model_validator

from workspace.config.strict import Strict

Word = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]


class PrecedenceRule(Strict):
    """A way to settle a disagreement; the first rule that names one place is the one that did."""

    rule: Word = Field(description="Id, shown wherever the rule settled something.")
    kind: Literal["expert", "precedence", "majority"]
    order: tuple[Word, ...] = Field(
        (), description="Of a precedence: systems or views, the most authoritative first."
    )

    @model_validator(mode="after")
    def _order_is_of_a_precedence(self) -> PrecedenceRule:
        if (self.kind == "precedence") != bool(self.order):
            raise ValueError(f"{self.rule}: an order belongs to a precedence, and only to one")
        return self


class Ruling(Strict):
    """What an expert has decided of one account or item where the delivered places differ."""

    system: Word
    key: str = Field(min_length=1, description="Key of the account or item in the system.")
    node: str = Field(min_length=1, description="Node that it hangs on, one of those in question.")
    decided_by: Word
    reason: str = Field(min_length=1)
    valid_from: date | None = None
    valid_to: date | None = Field(None, description="Day from which it no longer holds.")


class Agreement(Strict):
    """Two views in which an account must hang on the same node."""

    view: Word
    other_view: Word

    @model_validator(mode="after")
    def _views_differ(self) -> Agreement:
        if self.view == self.other_view:
            raise ValueError(f"{self.view} always agrees with itself")
        return self


class CustomerTrees(Strict):
    """The parallel trees over customers."""

    views: tuple[Word, ...] = Field(
        (), description="Views in which every customer has a place, delivered or not."
    )
    agreements: tuple[Agreement, ...] = ()
    rules: tuple[PrecedenceRule, ...] = ()
    rulings: tuple[Ruling, ...] = ()


class RegionalTree(Strict):
    """How the nodes of one system's tree read in the one tree of all."""

    system: Word
    view: Word
    nodes: dict[str, str] = Field(
        min_length=1, description="Node there: node of the one tree; nodes below read as it does."
    )


class ProductTrees(Strict):
    """The one tree over products, and the regional ones beside it."""

    view: Word | None = Field(
        None, description="View that all regions are reconciled to; none: every view stands alone."
    )
    regions: tuple[RegionalTree, ...] = ()
    rules: tuple[PrecedenceRule, ...] = ()
    rulings: tuple[Ruling, ...] = ()


class HierarchyFile(Strict):
    """golden/hierarchies.yml."""

    maximum_depth: int = Field(
        20, ge=1, le=100, description="Levels that a tree may have; deeper nodes are set aside."
    )
    customers: CustomerTrees = CustomerTrees()
    products: ProductTrees = ProductTrees()

    @model_validator(mode="after")
    def _rules_differ(self) -> HierarchyFile:
        for trees in (self.customers, self.products):
            names = [rule.rule for rule in trees.rules]
            if len(set(names)) < len(names):
                raise ValueError("two rules have the same id")
        return self
