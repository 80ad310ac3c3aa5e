"""Decision tables and decision trees, as planners write them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Literal, Self

from pydantic import Discriminator, Field, Tag, model_validator

from models.segmentation.hit_policy import Hit, HitPolicy, Take
from models.segmentation.methods.decision_table import DecisionTable, TableRule
from models.segmentation.methods.decision_tree import Case, DecisionTree, Fork, Leaf, Node, Switch
from workspace.config.segment_names import SegmentId
from workspace.config.strict import Strict

RuleName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$", max_length=64)]
Path = tuple[str | int, ...]
ORDER = "Segments, the highest first; needed by priority, by collect and by `monotone`."
MONOTONE = "Column: whether more of it may only move a unit `up` or `down` in the order; proven."


class Line(Strict):
    """One rule of a decision table."""

    rule: RuleName
    segment: SegmentId
    when: str = Field(description="SQL condition on feature columns; null counts as not met.")


class DecisionTableMethod(Strict):
    """Rules with a condition and a segment each, under a hit policy of DMN."""

    kind: Literal["decision_table"]
    hit: Hit = Field(Hit.UNIQUE, description="Which rules that are met decide.")
    take: Take | None = Field(
        None, description="How the list of `rule_order` or `collect` becomes one segment."
    )
    order: tuple[SegmentId, ...] = Field((), description=ORDER)
    monotone: dict[str, Literal["up", "down"]] = Field({}, description=MONOTONE)
    rules: tuple[Line, ...]

    @model_validator(mode="after")
    def _has_an_order(self) -> Self:
        _check_order(self.monotone, self.order, [line.segment for line in self.rules])
        return self

    def method(self) -> DecisionTable:
        """Return the method of the models."""
        rules = (
            TableRule(rule_id=line.rule, segment_id=line.segment, when=line.when)
            for line in self.rules
        )
        policy = HitPolicy(hit=self.hit, take=self.take, order=self.order)
        return DecisionTable(rules=tuple(rules), policy=policy)

    def conditions(self) -> Iterator[tuple[Path, str]]:
        """Yield each condition with its path below the method."""
        for number, line in enumerate(self.rules):
            yield ("rules", number, "when"), line.when


class LeafNode(Strict):
    """Where a unit ends."""

    leaf: RuleName
    segment: SegmentId


class ForkNode(Strict):
    """A test with a way for true, one for false, and one for null."""

    test: str = Field(description="SQL condition on feature columns.")
    yes: TreeNode
    no: TreeNode
    otherwise: TreeNode | None = Field(
        None, description="Where a null test leads; without it the unit is not covered."
    )


class CaseNode(Strict):
    """One way of a switch."""

    when: str = Field(description="SQL condition on feature columns; null counts as not met.")
    then: TreeNode


class SwitchNode(Strict):
    """Several tests in order: the first that is met leads on."""

    cases: tuple[CaseNode, ...]
    otherwise: TreeNode | None = Field(
        None, description="Where a unit goes that meets none; without it the unit is not covered."
    )


def _kind_of_node(node: object) -> str:
    keys = node if isinstance(node, dict) else vars(node)
    if "leaf" in keys or "segment" in keys:
        return "leaf"
    return "switch" if "cases" in keys else "fork"


TreeNode = Annotated[
    Annotated[LeafNode, Tag("leaf")]
    | Annotated[ForkNode, Tag("fork")]
    | Annotated[SwitchNode, Tag("switch")],
    Discriminator(_kind_of_node),
]


class DecisionTreeMethod(Strict):
    """Nested tests that lead to named leaves."""

    kind: Literal["decision_tree"]
    order: tuple[SegmentId, ...] = Field((), description="Segments, the highest first.")
    monotone: dict[str, Literal["up", "down"]] = Field({}, description=MONOTONE)
    root: TreeNode

    @model_validator(mode="after")
    def _has_an_order(self) -> Self:
        segments = [node.segment for node, _ in _leaves(self.root, ())]
        _check_order(self.monotone, self.order, segments)
        return self

    def method(self) -> DecisionTree:
        """Return the method of the models."""
        return DecisionTree(root=_node(self.root))

    def conditions(self) -> Iterator[tuple[Path, str]]:
        """Yield each condition with its path below the method."""
        yield from _conditions(self.root, ("root",))

    def leaves(self) -> Iterator[tuple[Path, str]]:
        """Yield the name of each leaf with its path below the method."""
        for node, path in _leaves(self.root, ("root",)):
            yield (*path, "leaf"), node.leaf


def _check_order(
    monotone: Mapping[str, str], order: Sequence[str], segments: Sequence[str]
) -> None:
    """Raise ValueError for a segment without the place that proving an order needs."""
    missing = [segment for segment in segments if segment not in order]
    if monotone and missing:
        raise ValueError(f"`monotone` needs the place of {missing[0]} in `order`")


def _leaves(node: LeafNode | ForkNode | SwitchNode, path: Path) -> Iterator[tuple[LeafNode, Path]]:
    if isinstance(node, LeafNode):
        yield node, path
    for step, below in _below(node):
        yield from _leaves(below, (*path, *step))


def _conditions(node: LeafNode | ForkNode | SwitchNode, path: Path) -> Iterator[tuple[Path, str]]:
    if isinstance(node, ForkNode):
        yield (*path, "test"), node.test
    if isinstance(node, SwitchNode):
        for number, case in enumerate(node.cases):
            yield (*path, "cases", number, "when"), case.when
    for step, below in _below(node):
        yield from _conditions(below, (*path, *step))


def _below(
    node: LeafNode | ForkNode | SwitchNode,
) -> Iterator[tuple[Path, LeafNode | ForkNode | SwitchNode]]:
    if isinstance(node, ForkNode):
        yield ("yes",), node.yes
        yield ("no",), node.no
    if isinstance(node, SwitchNode):
        for number, case in enumerate(node.cases):
            yield ("cases", number, "then"), case.then
    if not isinstance(node, LeafNode) and node.otherwise is not None:
        yield ("otherwise",), node.otherwise


def _node(stated: LeafNode | ForkNode | SwitchNode) -> Node:
    if isinstance(stated, LeafNode):
        return Leaf(leaf=stated.leaf, segment_id=stated.segment)
    otherwise = None if stated.otherwise is None else _node(stated.otherwise)
    if isinstance(stated, ForkNode):
        return Fork(
            test=stated.test, yes=_node(stated.yes), no=_node(stated.no), otherwise=otherwise
        )
    cases = tuple(Case(when=case.when, then=_node(case.then)) for case in stated.cases)
    return Switch(cases=cases, otherwise=otherwise)
