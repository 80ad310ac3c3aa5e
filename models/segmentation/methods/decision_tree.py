"""Classes by a decision tree: nested tests that lead to named leaves."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from models.segmentation.errors import SchemeError
from models.segmentation.hit_policy import Hit, HitPolicy
from models.segmentation.methods.cells import NamedRule, place_by_cells
from models.segmentation.methods.method import Method, Placement
from models.segmentation.partition.predicate import (
    Constant,
    Formula,
    Predicate,
    columns_of,
    predicate,
)

MAXIMUM_DEPTH = 32  # tests from the root to a leaf


@dataclass(frozen=True, kw_only=True)
class Leaf:
    """Where a unit ends: a name, unique in the tree, and a segment."""

    leaf: str
    segment_id: str


@dataclass(frozen=True, kw_only=True)
class Fork:
    """A test: true goes to `yes`, false to `no`, null to `otherwise`, or nowhere without one."""

    test: str
    yes: Node
    no: Node
    otherwise: Node | None = None


@dataclass(frozen=True, kw_only=True)
class Case:
    """One way of a switch."""

    when: str
    then: Node


@dataclass(frozen=True, kw_only=True)
class Switch:
    """Several tests: the first that is true leads on, and `otherwise` takes the rest."""

    cases: tuple[Case, ...]
    otherwise: Node | None = None


Node = Leaf | Fork | Switch


@dataclass(frozen=True, kw_only=True)
class DecisionTree(Method):
    """A tree of tests; the branch is the name of the leaf.

    No input is missing for it: null is one of the ways at a test. A unit that a test sends nowhere
    has no segment.
    """

    root: Node

    def __post_init__(self) -> None:
        """Refuse two leaves of one name, and a tree that is too deep."""
        names = [leaf.leaf for leaf in _leaves(self.root, MAXIMUM_DEPTH)]
        if len(names) != len(set(names)):
            raise SchemeError(f"two leaves of one name: {', '.join(names)}")

    @property
    def reads(self) -> tuple[str, ...]:
        """The columns of all tests, from the root."""
        return tuple(dict.fromkeys(c for test in _tests(self.root) for c in columns_of(test)))

    @property
    def needs(self) -> tuple[str, ...]:
        """None: what is null is for the tests to say."""
        return ()

    @property
    def segments(self) -> tuple[str, ...]:
        """The segments of the leaves."""
        return tuple(dict.fromkeys(leaf.segment_id for leaf in _leaves(self.root, MAXIMUM_DEPTH)))

    def paths(self, columns: Mapping[str, str]) -> list[tuple[Leaf, Predicate]]:
        """Return each leaf with what is true of the units that end there; raises RuleError."""
        return list(_paths(self.root, Constant(value=True), columns))

    def place(self, columns: Mapping[str, str], band: Decimal) -> Placement:
        """Write the tree; raises RuleError for a test, SchemeError for a tree too large.

        It has no bands: its tests are not one ladder.
        """
        del band
        paths = self.paths(columns)
        rules = [NamedRule(name=leaf.leaf, segment_id=leaf.segment_id) for leaf, _ in paths]
        conditions = [condition for _, condition in paths]
        return place_by_cells(conditions, columns, rules, HitPolicy(hit=Hit.FIRST))


def _leaves(node: Node | None, depth: int) -> Iterator[Leaf]:
    if depth < 0:
        raise SchemeError(f"a tree has at most {MAXIMUM_DEPTH} tests on the way to a leaf")
    if isinstance(node, Leaf):
        yield node
    for below in _below(node):
        yield from _leaves(below, depth - 1)


def _below(node: Node | None) -> tuple[Node | None, ...]:
    if isinstance(node, Fork):
        return (node.yes, node.no, node.otherwise)
    if isinstance(node, Switch):
        return (*(case.then for case in node.cases), node.otherwise)
    return ()


def _tests(node: Node | None) -> Iterator[str]:
    if isinstance(node, Fork):
        yield node.test
    if isinstance(node, Switch):
        yield from (case.when for case in node.cases)
    for below in _below(node):
        yield from _tests(below)


def _paths(
    node: Node | None, so_far: Predicate, columns: Mapping[str, str]
) -> Iterator[tuple[Leaf, Predicate]]:
    if isinstance(node, Leaf):
        yield node, so_far
    elif isinstance(node, Fork):
        test = predicate(node.test, columns)
        yield from _paths(node.yes, _and(so_far, test), columns)
        yield from _paths(node.no, _and(so_far, _not(test)), columns)
        yield from _paths(node.otherwise, _and(so_far, _null(test)), columns)
    elif isinstance(node, Switch):
        for case in node.cases:
            test = predicate(case.when, columns)
            yield from _paths(case.then, _and(so_far, test), columns)
            so_far = _and(so_far, Formula(operator="or", parts=(_not(test), _null(test))))
        yield from _paths(node.otherwise, so_far, columns)


def _and(*parts: Predicate) -> Predicate:
    return Formula(operator="and", parts=parts)


def _not(part: Predicate) -> Predicate:
    return Formula(operator="not", parts=(part,))


def _null(part: Predicate) -> Predicate:
    return Formula(operator="null", parts=(part,))
