"""Tables and trees that contradict themselves, or cost too much to run, are refused."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import pytest

from models.segmentation.conditions import RuleError
from models.segmentation.errors import SchemeError
from models.segmentation.hit_policy import Hit, HitPolicy, Take
from models.segmentation.methods.decision_table import DecisionTable, TableRule
from models.segmentation.methods.decision_tree import DecisionTree, Fork, Leaf
from tests.models.segmentation.condition_cases import COLUMNS

ORDER = ("A", "B", "C")
RICH, POOR = Leaf(leaf="rich", segment_id="A"), Leaf(leaf="poor", segment_id="B")


def table(lines: Sequence[tuple[str, str]], policy: HitPolicy) -> DecisionTable:
    rules = [
        TableRule(rule_id=f"r{n}", segment_id=segment, when=when)
        for n, (segment, when) in enumerate(lines)
    ]
    return DecisionTable(rules=tuple(rules), policy=policy)


def test_a_table_too_large_to_run_is_refused() -> None:
    lines = [("A", f"units = {n} or cv_ratio = {n}") for n in range(250)]
    with pytest.raises(SchemeError, match="248 boxes"):
        table(lines, HitPolicy(hit=Hit.FIRST)).place(COLUMNS, Decimal(0))


@pytest.mark.parametrize(
    ("policy", "said"),
    [
        ({"hit": Hit.RULE_ORDER}, "needs take: first"),
        ({"hit": Hit.COLLECT, "order": ORDER}, "needs take: most or highest or lowest"),
        ({"hit": Hit.UNIQUE, "take": Take.MOST}, "does not take: most"),
        ({"hit": Hit.PRIORITY}, "needs the order of segments"),
        ({"hit": Hit.FIRST, "order": ("A", "A")}, "one place in the order"),
    ],
)
def test_a_policy_that_leaves_the_segment_open_is_refused(
    policy: dict[str, Any], said: str
) -> None:
    with pytest.raises(SchemeError, match=said):
        HitPolicy(**policy)


def test_a_table_that_contradicts_itself_is_refused() -> None:
    first = HitPolicy(hit=Hit.FIRST)
    with pytest.raises(SchemeError, match="has rules"):
        DecisionTable(rules=(), policy=first)
    line = TableRule(rule_id="r", segment_id="A", when="units > 1")
    with pytest.raises(SchemeError, match="two rules of one name"):
        DecisionTable(rules=(line, line), policy=first)
    with pytest.raises(SchemeError, match="D has no place"):
        table([("D", "units > 1")], HitPolicy(hit=Hit.PRIORITY, order=ORDER))
    with pytest.raises(SchemeError, match="two leaves of one name"):
        DecisionTree(root=Fork(test="units > 1", yes=RICH, no=RICH))
    with pytest.raises(RuleError, match="no column"):
        table([("A", "unit > 1")], first).place(COLUMNS, Decimal(0))


def test_a_tree_too_deep_is_refused() -> None:
    node: Leaf | Fork = RICH
    for number in range(33):
        node = Fork(test=f"units > {number}", yes=node, no=Leaf(leaf=f"l{number}", segment_id="B"))
    with pytest.raises(SchemeError, match="at most 32 tests"):
        DecisionTree(root=node)
