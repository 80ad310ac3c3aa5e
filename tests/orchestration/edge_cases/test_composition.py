"""Ladders and values that are not trusted: the last trusted value is one, and a doubt stays one."""

from __future__ import annotations

from pathlib import Path

from orchestration.edge_cases.quality import TABLE as FALLBACKS
from orchestration.segments.sandbox import candidate_workspace
from orchestration.segments.unit_features import SUBSTITUTES
from tests.orchestration.edge_cases.edge_case_nights import SCHEMES, EdgeCaseNights
from tests.workspace.small_company import Company
from workspace.folder import Workspace

LADDER = """\
attributes:
  - unit: customer
    column: revenue_12m_amount
    ladder:
      - {kind: hold_last, days: 10}
      - {kind: value, value: 9000, confidence: 0.5}
"""
METRICS = """\
metrics:
  customer_revenue:
    title: Revenue of a customer in twelve months
    table: feat_customer_value
    column: revenue_12m_amount
    minimum: 0
    jump: {largest_factor: 4, least_change: 100}
"""
EXPLANATIONS = "segments.segment_explanations"
SIZE = "scheme_id = 'customer_size' and unit_id = 'x'"
COLUMNS = "segment_id, hold_reason, fallback_code, quality_mark"


def company(root: Path) -> Workspace:
    found = Company(root=root).configure("quality/metrics.yml", text=METRICS)
    for name, text in SCHEMES.items():
        found = found.configure(f"segmentation/customer_{name}.yml", text=text)
    return found.configure("segmentation/fallbacks.yml", text=LADDER).open()


def test_a_value_that_was_not_trusted_is_not_held_but_the_trusted_one_before_it(
    tmp_path: Path,
) -> None:
    told = EdgeCaseNights(company(tmp_path)).night({"x": {"revenue_12m_amount": 3000}})
    told.night({"x": {"revenue_12m_amount": 300_000}})
    assert told.found(EXPLANATIONS, COLUMNS, SIZE) == [("middle", "metric_untrusted", None, "D")]
    assert told.found(SUBSTITUTES, "*") == []
    told.night({"x": {"revenue_12m_amount": None}})
    assert told.found(SUBSTITUTES, "kind, value") == [("hold_last", "3000.0000")]
    assert told.found(EXPLANATIONS, COLUMNS, SIZE) == [("middle", None, None, "B")]


def test_where_no_value_was_ever_trusted_the_ladder_decides(tmp_path: Path) -> None:
    told = EdgeCaseNights(company(tmp_path)).night({"x": {"revenue_12m_amount": -5}})
    assert told.found(SUBSTITUTES, "reason, kind, value") == [("MISSING", "value", "9000.0000")]
    assert told.found(EXPLANATIONS, COLUMNS, SIZE) == [("large", "metric_untrusted", None, "D")]
    assert ("customer_size", "x") in told.found(FALLBACKS, "scheme_id, unit_id")


def test_margins_at_their_ends_and_other_features_are_as_they_were(tmp_path: Path) -> None:
    told = EdgeCaseNights(company(tmp_path)).night({"x": {"revenue_12m_amount": None}, "y": {}})
    filled = told.found("customer_features", "customer_id, revenue_12m_amount, margin_12m_amount")
    assert [(c, float(r), float(m)) for c, r, m in filled] == [
        ("x", 9000.0, 500.0),
        ("y", 3000.0, 500.0),
    ]


def test_ladders_in_a_file_of_their_own_are_tried_out(tmp_path: Path) -> None:
    home = company(tmp_path / "home").root
    file = tmp_path / "tried.yml"
    file.write_text(LADDER.replace("9000", "1"))
    found = candidate_workspace(home, [file], tmp_path / "candidate")
    assert found.edge_cases.fallbacks.attributes[0].ladder[-1].model_dump()["value"] == "1"
