"""Decision tables under each hit policy of DMN, and decision trees."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from typing import Any

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.segmentation.conditions import check_condition
from models.segmentation.hit_policy import Hit, HitPolicy, Take
from models.segmentation.lint import Code, LintedRule, RuleSet, lint
from models.segmentation.methods.decision_table import DecisionTable, TableRule
from models.segmentation.methods.decision_tree import Case, DecisionTree, Fork, Leaf, Switch
from models.segmentation.methods.method import Method
from models.segmentation.partition.predicate import predicate
from tests.models.segmentation.condition_cases import (
    COLUMNS,
    OPAQUE,
    PLAIN,
    VALUES,
    conditions,
    every_unit,
)
from tests.models.segmentation.scheme_runs import result, scheme

ORDER = ("A", "B", "C")
Lines = Sequence[tuple[str, str]]


@pytest.fixture(scope="module")
def connection() -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect(config={"threads": 1})
    every_unit(connection, "units", "margin_amount", "cv_ratio", "line", "is_active")
    return connection


def table(lines: Lines, policy: HitPolicy) -> DecisionTable:
    rules = [
        TableRule(rule_id=f"r{n}", segment_id=segment, when=when)
        for n, (segment, when) in enumerate(lines)
    ]
    return DecisionTable(rules=tuple(rules), policy=policy)


def assigned(connection: duckdb.DuckDBPyConnection, method: Method) -> list[dict[str, Any]]:
    return result(connection, scheme(method), COLUMNS)


def fired(connection: duckdb.DuckDBPyConnection, lines: Lines) -> list[list[int]]:
    """The numbers of the rules that the database finds true, for each unit."""
    written = [check_condition(when, columns=COLUMNS).sql for _, when in lines]
    shown = ", ".join(f"coalesce({sql}, false)" for sql in written)
    rows = connection.execute(f"select {shown} from items order by item_id").fetchall()
    return [[n for n, is_true in enumerate(row) if is_true] for row in rows]


def decided(lines: Lines, policy: HitPolicy, numbers: list[int]) -> tuple[str, str, str | None]:
    """Segment, rule and fallback code by the letter of the hit policy."""
    if not numbers:
        return "unclear", "fallback", "UNCOVERED"
    said = [lines[n][0] for n in numbers]
    if policy.hit is Hit.UNIQUE and len(numbers) > 1:
        return "unclear", "fallback", "RULE_CONFLICT"
    if policy.hit is Hit.ANY and len(set(said)) > 1:
        return "unclear", "fallback", "RULE_CONFLICT"
    segment = said[0]
    if policy.hit is Hit.PRIORITY or policy.take is Take.HIGHEST:
        segment = min(said, key=policy.order.index)
    if policy.take is Take.LOWEST:
        segment = max(said, key=policy.order.index)
    if policy.take is Take.MOST:
        votes = Counter(said)
        segment = min(votes, key=lambda name: (-votes[name], policy.order.index(name)))
    first = next(n for n in numbers if lines[n][0] == segment)
    return segment, f"decision_table.r{first}", None


POLICIES = [
    HitPolicy(hit=Hit.UNIQUE),
    HitPolicy(hit=Hit.ANY),
    HitPolicy(hit=Hit.PRIORITY, order=ORDER),
    HitPolicy(hit=Hit.FIRST),
    HitPolicy(hit=Hit.RULE_ORDER, take=Take.FIRST),
    HitPolicy(hit=Hit.COLLECT, take=Take.MOST, order=ORDER),
    HitPolicy(hit=Hit.COLLECT, take=Take.HIGHEST, order=("B", "C", "A")),
    HitPolicy(hit=Hit.COLLECT, take=Take.LOWEST, order=ORDER),
]


@pytest.mark.parametrize("policy", POLICIES, ids=lambda p: f"{p.hit}-{p.take}")
@given(
    lines=st.lists(
        st.tuples(st.sampled_from(ORDER), conditions(PLAIN | OPAQUE, leaves=3)),
        min_size=1,
        max_size=6,
    )
)
@settings(max_examples=12)
def test_a_table_decides_by_its_hit_policy(
    connection: duckdb.DuckDBPyConnection, policy: HitPolicy, lines: Lines
) -> None:
    rows = assigned(connection, table(lines, policy))
    for row, numbers in zip(rows, fired(connection, lines), strict=True):
        found = (row["segment_id"], row["rule_id"], row["fallback_code"])
        assert found == decided(lines, policy, numbers), (row, numbers)
        listed = None if row["contributions"] is None else json.loads(row["contributions"])
        assert listed == ({f"r{n}": lines[n][0] for n in numbers} if policy.is_list else None)


SERVICE = [
    ("A", "units >= 2 and margin_amount > 0"),
    ("B", "units >= 2 and margin_amount <= 0"),
    ("B", "units < 2 and margin_amount >= 1.25"),
    ("C", "units < 2 and margin_amount < 1.25"),
    ("C", "units is null or margin_amount is null"),
]


def linted(lines: Lines, policy: HitPolicy) -> list[tuple[Code, tuple[str, ...]]]:
    rules = tuple(
        LintedRule(name=f"r{n}", when=predicate(when, COLUMNS), outcome={"segment": segment})
        for n, (segment, when) in enumerate(lines)
    )
    return [(f.code, f.rules) for f in lint(RuleSet(rules=rules, policy=policy), COLUMNS)]


@pytest.mark.requirement("S2.M3.B1")
def test_each_combination_of_inputs_fires_one_outcome_and_replays_to_its_leaf(
    connection: duckdb.DuckDBPyConnection,
) -> None:
    unique = HitPolicy(hit=Hit.UNIQUE)
    assert linted(SERVICE, unique) == []
    rows = assigned(connection, table(SERVICE, unique))
    grid = {(u, m) for u in VALUES["units"] for m in VALUES["margin_amount"]}
    assert len({row["inputs"] for row in rows}) == len(grid)
    for row, numbers in zip(rows, fired(connection, SERVICE), strict=True):
        assert len(numbers) == 1
        assert row["rule_id"] == f"decision_table.r{numbers[0]}"
        assert row["segment_id"] == SERVICE[numbers[0]][0]
    # An overlap or a gap that is planted is found, with the rules that it concerns.
    overlapping = [*SERVICE[:3], ("C", "units <= 2 and margin_amount < 1.25"), SERVICE[4]]
    assert linted(overlapping, unique) == [
        (Code.OVERLAP, ("r0", "r3")),
        (Code.OVERLAP, ("r1", "r3")),
    ]
    assert linted([*SERVICE[:3], *SERVICE[4:]], unique) == [(Code.GAP, ())]
    assert linted(SERVICE[:4], unique) == [(Code.GAP_NULL, ())]
    # The same in a tree: what an assignment names is the leaf to which its inputs lead again.
    tree = DecisionTree(root=TREE)
    rows = assigned(connection, tree)
    for row in rows:
        inputs = json.loads(row["inputs"])
        leaf = walked(inputs["units"], inputs["margin_amount"])
        assert (row["rule_id"], row["segment_id"]) == (
            f"decision_tree.{leaf.leaf}",
            leaf.segment_id,
        )


RICH, POOR = Leaf(leaf="rich", segment_id="A"), Leaf(leaf="poor", segment_id="B")
FEW, LOSS = Leaf(leaf="few", segment_id="C"), Leaf(leaf="loss", segment_id="C")
UNKNOWN, IDLE = Leaf(leaf="unknown", segment_id="C"), Leaf(leaf="idle", segment_id="C")
TREE = Fork(
    test="units >= 2",
    yes=Switch(
        cases=(
            Case(when="margin_amount >= 1.25", then=RICH),
            Case(when="margin_amount > 0", then=POOR),
            Case(when="margin_amount <= 0", then=LOSS),
        ),
        otherwise=UNKNOWN,
    ),
    no=FEW,
    otherwise=IDLE,
)


def walked(units: int | None, margin: float | None) -> Leaf:
    """The leaf of TREE, by hand."""
    if units is None:
        return IDLE
    if units < 2:
        return FEW
    if margin is None:
        return UNKNOWN
    return RICH if margin >= 1.25 else POOR if margin > 0 else LOSS


def test_a_null_test_without_another_way_leaves_a_unit_uncovered(
    connection: duckdb.DuckDBPyConnection,
) -> None:
    tree = DecisionTree(root=Fork(test="units > 1", yes=RICH, no=POOR))
    rows = assigned(connection, tree)
    codes = {json.loads(row["inputs"])["units"] is None: row["fallback_code"] for row in rows}
    assert codes == {True: "UNCOVERED", False: None}


def test_a_null_input_is_for_the_conditions_to_say() -> None:
    assert table(SERVICE, HitPolicy(hit=Hit.UNIQUE)).needs == ()
    assert table(SERVICE, HitPolicy(hit=Hit.UNIQUE)).reads == ("units", "margin_amount")
    assert DecisionTree(root=TREE).reads == ("units", "margin_amount")
    assert DecisionTree(root=TREE).segments == ("A", "B", "C")


def test_a_table_of_more_boxes_than_fit_one_number_decides_alike(
    connection: duckdb.DuckDBPyConnection,
) -> None:
    lines = [
        (
            "ABC"[n % 3],
            f"units >= {n % 3} and cv_ratio < {(n % 7) / 5} and margin_amount > {n / 50}",
        )
        for n in range(70)
    ]
    for policy in (POLICIES[0], POLICIES[1], POLICIES[3], POLICIES[5]):
        rows = assigned(connection, table(lines, policy))
        for row, numbers in zip(rows, fired(connection, lines), strict=True):
            found = (row["segment_id"], row["rule_id"], row["fallback_code"])
            assert found == decided(lines, policy, numbers)
