"""What stands in for a value that is missing or too old, in the order that the ladder says."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from orchestration.edge_cases.fallback_truth import fallback_share_is_within_its_limit
from orchestration.edge_cases.quality import TABLE as FALLBACKS
from orchestration.segments.unit_features import SUBSTITUTES
from tests.orchestration.edge_cases.edge_case_nights import EdgeCaseNights, company
from tests.orchestration.segments.test_churn_breaker import limited, specs

LADDER = """\
attributes:
  - unit: customer
    column: revenue_12m_amount
    ladder:
      - {kind: hold_last, days: 10}
      - {kind: infer, by: median, within: [order_history_grade], minimum_peers: 3}
      - {kind: value, value: 100}
  - unit: customer
    column: recency_days
    ladder:
      - {kind: column, column: order_count_12m, confidence: 0.7}
      - {kind: value, value: 30}
  - unit: customer
    column: return_ratio_12m
    age: {limit_days: 45, date: last_order_date}
    ladder:
      - {kind: infer, by: mode, minimum_peers: 2}
      - {kind: exclude, segment: out_of_scope}
  - unit: customer
    column: order_line_count_12m
    ladder:
      - {kind: value, value: 1}
"""
EXPLANATIONS = "segments.segment_explanations"
NEW_YEAR = date(2026, 1, 1)


def nights(tmp_path: Path, ladder: str = LADDER) -> EdgeCaseNights:
    return EdgeCaseNights(company(tmp_path / "company", fallbacks=ladder))


def one(rows: list[tuple[Any, ...]]) -> tuple[Any, ...]:
    (row,) = rows
    return row


def usual(count: int = 4, **more: Any) -> dict[str, dict[str, Any]]:
    return {
        f"c{n}": {"last_order_date": NEW_YEAR, "revenue_12m_amount": 1000 * (n + 1), **more}
        for n in range(count)
    }


@pytest.mark.requirement("S2.M3.B6")
def test_each_missing_attribute_gives_its_declared_fallback_and_too_many_stop_the_night(
    tmp_path: Path,
) -> None:
    expected = {
        "revenue_12m_amount": ("MISSING", 1, "hold_last", "5000.0000"),
        "recency_days": ("MISSING", 2, "value", "30.0"),
        "return_ratio_12m": ("MISSING", 1, "infer", "0.05"),
        "order_line_count_12m": ("MISSING", 1, "value", "1"),
    }
    sound = {"revenue_12m_amount": 5000, "last_order_date": NEW_YEAR}
    told = nights(tmp_path).night(usual() | {"x": sound})
    assert told.found(SUBSTITUTES, "*") == []
    for column, fallback in expected.items():
        told.night(usual() | {"x": {**sound, column: None}})
        found = told.found(FALLBACKS, "distinct column_name, reason, rung_number, kind, value")
        assert found == [(column, *fallback)]
        assert told.found(EXPLANATIONS, "*", "segment_id is null") == []
        assert told.found(EXPLANATIONS, "*", "fallback_code is not null") == []
        assert fallback_share_is_within_its_limit(told.connection, told.workspace).is_passed
        strict = limited(told.workspace, maximum_fallback_share=0.1)
        stopped = fallback_share_is_within_its_limit(told.connection, strict)
        assert (stopped.is_passed, stopped.is_blocking) == (False, True)
        assert "1 of 5 units rest on a fallback, limit 10%" in stopped.detail
    assert specs()["fallback_share_is_within_its_limit"].blocking


@pytest.mark.requirement("S4.M2.B7")
def test_an_aged_value_is_missing_rungs_are_climbed_in_order_and_only_what_is_sound_is_marked_a(
    tmp_path: Path,
) -> None:
    told = nights(tmp_path)
    units = usual(3, order_history_grade="full")
    asked = {"x": {"order_history_grade": "full", "last_order_date": NEW_YEAR}}
    told.night(units | asked)
    size = "scheme_id = 'customer_size' and unit_id = 'x'"
    assert one(told.found(EXPLANATIONS, "segment_id, quality_mark", size)) == ("middle", "A")

    def standing(**more: Any) -> tuple[Any, ...]:
        told.night(units | {"x": {**asked["x"], "revenue_12m_amount": None, **more}}, days=5)
        (found,) = told.found(SUBSTITUTES, "kind, value, value_date", "unit_id = 'x'")
        return found

    assert standing() == ("hold_last", "3000.0000", NEW_YEAR)
    assert one(told.found(EXPLANATIONS, "segment_id, quality_mark", size)) == ("middle", "B")
    assert standing() == ("hold_last", "3000.0000", NEW_YEAR)  # for ten days
    tonight = told.day + timedelta(days=5)
    assert standing() == ("infer", "2000.0000", tonight)  # of 1000, 2000 and 3000
    assert one(told.found(EXPLANATIONS, "segment_id, quality_mark", size)) == ("small", "C")
    assert standing(order_history_grade=None)[:2] == ("value", "100.0000")
    assert one(told.found(EXPLANATIONS, "segment_id, quality_mark", size)) == ("small", "D")
    cell = "scheme_id = 'customer_cell' and unit_id = 'x'"
    assert one(told.found(EXPLANATIONS, "quality_mark", cell)) == ("D",)

    old = NEW_YEAR + timedelta(days=199) - timedelta(days=46)
    fresh = {
        name: {**row, "last_order_date": old + timedelta(days=1)} for name, row in units.items()
    }
    told = nights(tmp_path / "later")
    told.night(fresh | {"x": {"return_ratio_12m": 0.9, "last_order_date": old}}, days=200)
    found = told.found(FALLBACKS, "unit_id, column_name, reason, kind, value")
    assert found == [("x", "return_ratio_12m", "AGED", "infer", "0.05")]
    rows = told.found(
        EXPLANATIONS, "unit_id, segment_id, quality_mark", "scheme_id='customer_care'"
    )
    assert rows == [*((f"c{n}", "keep", "A") for n in range(3)), ("x", "keep", "C")]
    rested = {(scheme, unit) for scheme, unit in told.found(FALLBACKS, "scheme_id, unit_id")}
    marked = told.found(EXPLANATIONS, "scheme_id, unit_id", "quality_mark <> 'A'")
    assert set(marked) == rested


def test_a_value_of_an_unknown_day_is_too_old(tmp_path: Path) -> None:
    told = nights(tmp_path).night(usual() | {"x": {"last_order_date": None}})
    assert told.found(FALLBACKS, "unit_id, reason") == [("x", "AGED")]


def test_a_ladder_that_ends_in_an_exclusion_takes_the_unit_out(tmp_path: Path) -> None:
    told = nights(tmp_path).night({"x": {"return_ratio_12m": None, "last_order_date": NEW_YEAR}})
    care = "scheme_id = 'customer_care'"
    columns = "segment_id, engine_segment_id, hold_reason, fallback_code, quality_mark, flip_column"
    assert told.found(EXPLANATIONS, columns, care) == [
        ("out_of_scope", "unsorted", "exception", "EXCLUDED", "E", None)
    ]
    others = told.found(EXPLANATIONS, "scheme_id, quality_mark", f"not {care}")
    assert {mark for _, mark in others} == {"A"}


def test_a_first_rule_that_has_not_read_the_value_is_sure(tmp_path: Path) -> None:
    told = nights(tmp_path).night(
        usual() | {"x": {"return_ratio_12m": None, "order_line_count_12m": 0}}
    )
    rows = told.found(EXPLANATIONS, "segment_id, quality_mark", "unit_id='x' and "
                      "scheme_id='customer_care'")  # fmt: skip
    assert rows == [("idle", "A")]


def test_a_source_that_is_late_makes_all_its_values_old(tmp_path: Path) -> None:
    ladder = """\
attributes:
  - unit: customer
    column: recency_days
    age: {limit_days: 3, source: erp.orders}
    ladder:
      - {kind: hold_last, days: 5}
      - {kind: value, value: 70}
"""
    told = nights(tmp_path, ladder)
    told.source_day = date(2026, 1, 1)
    kinds = []
    for _ in range(4):
        told.night({"x": {}}, days=2)
        kinds.append(told.found(SUBSTITUTES, "reason, kind, value_date"))
    assert kinds[0] == []  # it is the 2nd of January
    assert kinds[1] == []
    assert kinds[2] == [("AGED", "hold_last", date(2026, 1, 1))]
    assert kinds[3] == [("AGED", "value", told.day)]


def test_a_night_that_is_run_again_climbs_the_same_rungs(tmp_path: Path) -> None:
    told = nights(tmp_path).night(usual() | {"x": {"revenue_12m_amount": 7000}})
    told.night(usual() | {"x": {"revenue_12m_amount": None}})
    once = told.rows(SUBSTITUTES)
    assert told.again(usual() | {"x": {"revenue_12m_amount": None}}).rows(SUBSTITUTES) == once


def test_filled_values_rank(tmp_path: Path) -> None:
    told = nights(tmp_path).night({f"c{n}": {"revenue_12m_amount": 100} for n in range(4)})
    told.night({f"c{n}": {"revenue_12m_amount": 100} for n in range(4)} | {
        "x": {"revenue_12m_amount": None}})  # fmt: skip
    abc = "scheme_id = 'customer_abc' and unit_id = 'x'"
    assert told.found(EXPLANATIONS, "segment_id, fallback_code", abc) == [("A", None)]


def test_without_a_ladder_nothing_stands_in(tmp_path: Path) -> None:
    told = nights(tmp_path, "attributes: []\n").night({"x": {"revenue_12m_amount": None}})
    assert told.found(SUBSTITUTES, "*") == []
    size = "scheme_id = 'customer_size'"
    columns = "segment_id, fallback_code, quality_mark"
    assert told.found(EXPLANATIONS, columns, size) == [("small", "MISSING_INPUT", "E")]
