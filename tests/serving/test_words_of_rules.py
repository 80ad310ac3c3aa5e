"""Tables and trees in words: the rule with its condition, the leaf, and why there is none."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from serving.explain import Reason
from serving.rule_words import flip, why
from serving.schemes import Scheme

TABLE = Scheme(
    scheme_id="service",
    overlay_id="base",
    title="Service",
    unit="product_site",
    kind="decision_table",
    rule_hash="h",
    effective_from=date(2026, 1, 1),
    first={"stopped": "demand_weeks_count = 0"},
    method={"rules": [{"rule": "core", "segment": "A", "when": "margin_12m_amount >= 1000"}]},
)
TREE = replace(TABLE, kind="decision_tree", method={"root": {}})


@pytest.mark.parametrize(
    ("scheme", "rule", "code", "said"),
    [
        (TABLE, "decision_table.core", None, "rule `core` holds: margin_12m_amount >= 1000"),
        (TABLE, "stopped", None, "first rule `stopped` holds: demand_weeks_count = 0"),
        (TABLE, "fallback", "UNCOVERED", "no rule covers it, and the fallback is C"),
        (TABLE, "fallback", "RULE_CONFLICT",
         "rules are true of it that may not be so together, and the fallback is C"),
        (TREE, "decision_tree.wild", None, "the tests lead to `wild`"),
    ],
)  # fmt: skip
def test_a_rule_is_told_by_its_condition(
    scheme: Scheme, rule: str, code: str | None, said: str
) -> None:
    assert why(scheme, rule, "C", {}, fallback_code=code) == said


def test_rules_that_are_met_are_listed_and_not_added_up() -> None:
    reason = Reason(
        scheme_id="service", overlay_id="base", title="Service",
        segment_id="A", engine_segment_id="A",
        hold_reason=None, held=None, rule_id="decision_table.core", rule_hash="h" * 64, why="so",
        inputs={}, contributions={"core": "A", "imported": "B"}, fallback_code=None,
        quality_mark="A",
        flip_column=None, flip_value=None, flip_segment_id=None, flip=None,
        value_at_stake_amount=Decimal(1), valid_from=date(2026, 1, 1),
    )  # fmt: skip
    assert "    met       core A, imported B" in reason.lines("EUR")
    added = replace(reason, contributions={"margin": 0.3, "volume": 0.2})
    assert "    adds up   margin 0.3, volume 0.2" in added.lines("EUR")


@pytest.mark.parametrize(
    ("now", "value", "said"),
    [
        (39.5, 60.000000000001, "rose above 60 (now 39.5)"),
        (1.2, 0.999999999999, "fell below 1 (now 1.2)"),
        (1.624, 1.0, "fell to 1 (now 1.624)"),
        (39.5, 60.0, "rose to 60 (now 39.5)"),
        (12, 11.99996, "fell below 12 (now 12)"),
    ],
)
def test_a_flip_just_beyond_what_is_shown_is_told_as_such(
    now: float, value: float, said: str
) -> None:
    assert flip("x", now, value, "B") == f"would be B if x {said}"
