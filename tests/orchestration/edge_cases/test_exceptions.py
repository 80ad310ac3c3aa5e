"""Units that stand apart for a time have a class, an owner, an interim segment and an end."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from orchestration.defs.truths import every_unit_has_one_segment
from orchestration.edge_cases.exceptions import TABLE
from tests.orchestration.edge_cases.edge_case_nights import SCHEMES, EdgeCaseNights, company

ASSIGNMENT = "segments.segment_assignment"
RULES = "rules: {UNCOVERED: {owner: pricing, days: 20}}\n"
PROJECT = """\
declared:
  - exception: opera
    exception_class: project
    scheme: customer_size
    units: [x]
    segment: large
    since: 2026-01-03
    until: 2026-01-06
    owner: key accounts
    reason: Builds an opera house, and then nothing.
  - exception: spring
    exception_class: promotion
    scheme: customer_size
    when: recency_days > 100
    segment: small
    since: 2026-01-05
    until: 2026-01-05
    owner: sales
    reason: A spring sale.
"""
LEFT_OVER = {"recency_days": 500}
CLASS = "exception_class, owner, interim_segment_id, opened_date, expires_date, opened_count"
NEW_YEAR = date(2026, 1, 1)


def nights(tmp_path: Path, exceptions: str, **more: str) -> EdgeCaseNights:
    return EdgeCaseNights(company(tmp_path / "company", exceptions=exceptions, **more))


@pytest.mark.requirement("S0.M2.B4")
def test_every_unit_has_one_segment_and_what_has_expired_is_classified_on_the_next_run(
    tmp_path: Path,
) -> None:
    told = nights(tmp_path, RULES + PROJECT)
    units = {"x": {}, "y": LEFT_OVER, "z": {}}
    sizes: dict[date, str] = {}
    for night in range(8):
        told.night(units)
        assert every_unit_has_one_segment(told.connection, told.workspace).is_passed
        counted = told.found(
            f"(select scheme_id, unit_id, count(*) as segments from {ASSIGNMENT} "
            "where segment_id is not null group by all)",
            "distinct segments, count(*) over ()",
        )
        assert counted == [(1, len(units) * len(SCHEMES))]
        open_ones = told.rows(TABLE)
        assert open_ones
        assert all(row["owner"] for row in open_ones)
        assert all(0 <= (row["expires_date"] - told.day).days <= 180 for row in open_ones)
        sizes[told.day] = told.in_force()["x"]
        assert told.day == NEW_YEAR + timedelta(days=night)
    assert [sizes[day] for day in sorted(sizes)] == [
        *("middle", "middle", "large", "large", "large", "large", "middle", "middle")
    ]
    care = "scheme_id = 'customer_care'"
    expected = ("UNCOVERED", "pricing", "unsorted", NEW_YEAR, date(2026, 1, 21), 1)
    assert told.found(TABLE, CLASS, care) == [expected]
    told.night(units, days=13)  # to the last day of the exception
    assert told.found(TABLE, CLASS, care) == [expected]
    told.night(units)
    again = told.day + timedelta(days=20)
    assert told.found(TABLE, CLASS, care) == [
        ("UNCOVERED", "pricing", "unsorted", told.day, again, 2)
    ]
    told.night({**units, "y": {}})
    assert told.found(TABLE, CLASS, care) == []


def test_a_unit_that_stands_apart_keeps_what_the_rules_say_of_it(tmp_path: Path) -> None:
    told = nights(tmp_path, PROJECT).night({"x": {}, "y": {}}, days=3)
    columns = "segment_id, engine_segment_id, hold_reason, rule_id"
    assert told.found(ASSIGNMENT, columns, "scheme_id = 'customer_size' and unit_id = 'x'") == [
        ("large", "middle", "exception", "thresholds.middle")
    ]
    cell = "scheme_id = 'customer_cell' and unit_id = 'x'"
    assert told.found(ASSIGNMENT, "segment_id, engine_segment_id, hold_reason", cell) == [
        ("Alarge", "Amiddle", "exception")
    ]
    assert told.found(TABLE, "scheme_id, unit_id, exception_id") == [
        ("customer_size", "x", "opera")
    ]


def test_conditions_choose_units_too(tmp_path: Path) -> None:
    told = nights(tmp_path, PROJECT).night({"x": LEFT_OVER, "y": LEFT_OVER, "z": {}}, days=5)
    size = "scheme_id = 'customer_size'"
    assert told.found(TABLE, "unit_id, exception_class, reason", size) == [
        ("x", "project", "Builds an opera house, and then nothing."),
        ("y", "promotion", "A spring sale."),
    ]


def test_a_source_key_names_a_unit_and_a_name_that_is_of_nobody_is_told(tmp_path: Path) -> None:
    stated = PROJECT.replace("[x]", "[K-17, nobody]")
    told = nights(tmp_path, stated)
    told.xref = [("x", "K-17")]
    told.night({"x": {}}, days=4)
    assert told.found(TABLE, "unit_id") == [("x",)]
    gate = "gate_name = 'segments.assignment_exceptions.declared_units_are_known'"
    assert told.found("control.gate_findings", "is_passed, is_blocking, detail", gate) == [
        (False, False, "opera: nobody is no unit.")
    ]


def test_a_scheme_that_holds_still_lets_an_exception_go_at_once(tmp_path: Path) -> None:
    size = SCHEMES["size"] + "stability: {confirm: {nights: 5, of: 7}, dwell_days: 90}\n"
    told = nights(tmp_path, PROJECT, customer_size=size)
    found = []
    for _ in range(7):
        found.append(told.night({"x": {}}).in_force()["x"])
    assert found == [*("middle", "middle", "large", "large", "large", "large", "middle")]
    assert told.held() == {}


def test_units_that_rules_contradict_each_other_about_are_a_class(tmp_path: Path) -> None:
    care = SCHEMES["care"].replace("hit: unique", "hit: any").replace(
        "between 60 and 300", "between 10 and 300"
    )  # fmt: skip
    told = nights(tmp_path, "{}\n", customer_care=care).night({"x": {}})
    assert told.found(TABLE, CLASS) == [
        ("RULE_CONFLICT", "sales", "unsorted", NEW_YEAR, date(2026, 4, 1), 1)
    ]


def test_an_excluded_unit_is_an_exception(tmp_path: Path) -> None:
    ladder: str = """\
attributes:
  - {unit: customer, column: return_ratio_12m, ladder: [{kind: exclude, segment: unsorted}]}
"""
    told = nights(tmp_path, "{}\n", fallbacks=ladder).night({"x": {"return_ratio_12m": None}})
    rows: list[dict[str, Any]] = told.rows(TABLE)
    assert [(r["scheme_id"], r["exception_class"], r["interim_segment_id"]) for r in rows] == [
        ("customer_care", "EXCLUDED", "unsorted")
    ]
