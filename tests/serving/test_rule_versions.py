"""What two versions of rules differ in is told by the parameters that decide."""

from __future__ import annotations

from serving.rule_versions import parameters

SCHEME = """\
scheme: abc
title: ABC
owner: planning
version: 1.0.0
first:
  - {rule: idle, segment: idle, when: order_line_count_12m = 0}
method:
  kind: pareto_share
  measure: margin_12m_amount
  cuts: {A: 0.8, B: 0.95, C: 1}
  within: [site_id, product_id]
stability:
  triggers:
    - {trigger: grown, column: revenue_12m_amount, kind: step, size: 0.5}
"""


def test_a_parameter_goes_by_its_path_and_what_is_listed_by_its_name() -> None:
    found = parameters(SCHEME)
    assert found["first.idle.when"] == "order_line_count_12m = 0"
    assert found["method.cuts.B"] == "0.95"
    assert found["method.within"] == "site_id, product_id"
    assert found["stability.triggers.grown.size"] == "0.5"


def test_words_for_people_decide_nothing() -> None:
    renamed = SCHEME.replace("title: ABC", "title: Pareto").replace("1.0.0", "1.0.1")
    assert parameters(renamed) == parameters(SCHEME)
