"""Faults of fallbacks.yml and exceptions.yml are told with file, line and column."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.orchestration.edge_cases.edge_case_nights import company
from tests.workspace.small_company import line_of
from workspace.configuration_check import check_workspace
from workspace.errors import ConfigurationErrors
from workspace.schemes import segments_of

LADDERS = """\
attributes:
  - unit: customer
    column: return_ratio_12m
    age: {limit_days: 30, date: last_order_date}
    ladder:
      - {kind: column, column: margin_12m_amount}
      - {kind: infer, by: mode, within: [order_history_grade]}
      - {kind: exclude, segment: out_of_scope}
  - unit: customer
    column: order_history_grade
    ladder:
      - {kind: infer, by: mode}
      - {kind: value, value: full}
  - unit: customer
    column: order_line_count_12m
    ladder:
      - {kind: value, value: 3}
"""
EXCEPTIONS = """\
rules: {UNCOVERED: {days: 180}}
declared:
  - exception: opera
    exception_class: project
    scheme: customer_size
    units: [x]
    segment: large
    since: 2026-01-03
    until: 2026-06-30
    owner: sales
    reason: An opera house.
"""
UNKNOWN, REFERENCE, VALUE = "CONFIG_UNKNOWN_COLUMN", "CONFIG_REFERENCE", "CONFIG_VALUE"


def faults(root: Path, **files: str) -> list[tuple[str, str, str]]:
    """Return code, place below the folder, and cause of each fault."""
    try:
        check_workspace(company(root, **files))
    except ConfigurationErrors as refused:
        return [
            (fault.code, fault.place.removeprefix(f"{root}/segmentation/"), fault.cause)
            for fault in refused.errors
        ]
    return []


def test_both_files_hold(tmp_path: Path) -> None:
    assert faults(tmp_path, fallbacks=LADDERS, exceptions=EXCEPTIONS) == []


@pytest.mark.parametrize(
    ("right", "wrong", "code", "cause"),
    [
        ("unit: customer", "unit: costumer", REFERENCE, "Did you mean `customer`?"),
        ("column: return_ratio_12m", "column: return_rate", UNKNOWN, "no feature of a customer"),
        ("date: last_order_date", "date: recency_days", VALUE, "`recency_days` is no date"),
        ("date: last_order_date", "source: erp.ordres", REFERENCE, "Did you mean `erp.orders`?"),
        ("date: last_order_date", "source: erp.customers", VALUE, "has no `watermark`"),
        ("date: last_order_date", "date: a, source: erp.orders", VALUE, "give either"),
        ("column: margin_12m_amount", "column: order_history_grade", VALUE, "is a text, not a"),
        ("within: [order_history_grade]", "within: [grade]", UNKNOWN, "`grade` is no feature"),
        ("{kind: infer, by: mode}", "{kind: infer, by: median}", VALUE, "has no median"),
        ("value: 3", "value: 3.5", VALUE, "`3.5` is no bigint"),
        ("value: 3", "value: some", VALUE, "`some` is no bigint"),
        ("kind: infer, by: mode, within", "kind: inver, by: mode, within", VALUE, "kind"),
    ],
)
def test_a_fault_of_a_ladder_says_where_it_stands(
    tmp_path: Path, right: str, wrong: str, code: str, cause: str
) -> None:
    (found,) = faults(tmp_path, fallbacks=LADDERS.replace(right, wrong, 1))
    assert found[0] == code
    assert found[1].startswith(f"fallbacks.yml:{line_of(LADDERS, right)}:")
    assert cause in found[2]


def test_a_rung_that_is_never_reached_and_two_ladders_of_a_feature_are_refused(
    tmp_path: Path,
) -> None:
    swapped = LADDERS.replace("kind: infer, by: mode}", "kind: value, value: none}")
    ((_, place, cause),) = faults(tmp_path, fallbacks=swapped)
    assert place == "fallbacks.yml:9:5"
    assert "no rung comes after `value`" in cause
    twice = LADDERS.replace("column: order_history_grade", "column: return_ratio_12m")
    ((_, _, cause),) = faults(tmp_path, fallbacks=twice)
    assert "customer.return_ratio_12m has two ladders" in cause


@pytest.mark.parametrize(
    ("right", "wrong", "code", "cause"),
    [
        ("scheme: customer_size", "scheme: customer_sice", REFERENCE, "Did you mean"),
        ("segment: large", "segment: larger", REFERENCE, "no segment of customer_size"),
        ("units: [x]", "units: [x@y]", VALUE, "`x@y` is no customer: that is customer_id."),
        ("units: [x]", "when: revenue > 3", UNKNOWN, "revenue"),
        ("units: [x]", "when: recency_days + 1", "RULE_TYPE", "not a condition"),
    ],
)
def test_a_fault_of_an_exception_says_where_it_stands(
    tmp_path: Path, right: str, wrong: str, code: str, cause: str
) -> None:
    (found,) = faults(tmp_path, exceptions=EXCEPTIONS.replace(right, wrong))
    assert found[0] == code
    assert found[1].startswith(f"exceptions.yml:{line_of(EXCEPTIONS, right)}:")
    assert cause in found[2]


@pytest.mark.parametrize(
    ("right", "wrong", "cause"),
    [
        ("until: 2026-06-30", "until: 2026-07-03", "no later than 180 days"),
        ("until: 2026-06-30", "until: 2026-01-02", "no later than 180 days"),
        ("days: 180", "days: 181", "less than or equal to 180"),
        ("units: [x]", "units: [x]\n    when: recency_days > 3", "give either"),
        ("    owner: sales\n", "", "owner` is missing"),
    ],
)
def test_an_exception_has_an_owner_and_ends_in_180_days(
    tmp_path: Path, right: str, wrong: str, cause: str
) -> None:
    ((_, place, found),) = faults(tmp_path, exceptions=EXCEPTIONS.replace(right, wrong))
    assert place.startswith("exceptions.yml:")
    assert cause in found


def test_a_scheme_has_the_segment_of_an_exclusion(tmp_path: Path) -> None:
    found = company(tmp_path, fallbacks=LADDERS)
    assert segments_of(found, "customer_care")[-1] == "out_of_scope"
    assert "out_of_scope" not in segments_of(found, "customer_size")
