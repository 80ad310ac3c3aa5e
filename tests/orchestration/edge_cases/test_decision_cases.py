"""Each case of the catalogue is run by the night's own statements, and must come true."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from cli.main import app
from orchestration.edge_cases.cases import Outcome, failed_cases, run_cases
from orchestration.edge_cases.catalogue import GATE, declared, rungs_without_cases, without_cases
from tests.orchestration.edge_cases.edge_case_nights import SCHEMES, EdgeCaseNights, company
from tests.orchestration.edge_cases.test_exceptions import LEFT_OVER, PROJECT
from tests.orchestration.edge_cases.test_ladders import LADDER
from tests.workspace.small_company import line_of
from workspace.config.case_file import DecisionCase
from workspace.configuration_check import check_workspace
from workspace.errors import ConfigurationErrors
from workspace.folder import open_workspace

ROOT = Path(__file__).parents[3]
SHIPPED = {name: open_workspace(ROOT / "data" / name) for name in ("demo", "adventure")}
SHIPPED_CASES = [
    pytest.param(name, case, id=f"{name}: {case.case}")
    for name, workspace in SHIPPED.items()
    for case in workspace.edge_cases.cases.cases
]
CASES = """\
cases:
  - case: idle
    scheme: customer_care
    values: {order_line_count_12m: 0}
    expect: {segment: idle, rule: idle, code: none, mark: A}
  - case: cell
    scheme: customer_cell
    values: {order_line_count_12m: 3, revenue_12m_amount: 5000}
    cuts: {customer_abc: {A: 10000, B: 2000}}
    expect: {segment: Bmiddle, mark: A}
  - case: nobody
    scheme: customer_care
    values:
      {order_line_count_12m: 3, recency_days: 900, return_ratio_12m: 0, last_order_date: 2026-01-01}
    expect: {segment: unsorted, rule: fallback, code: UNCOVERED, exception: UNCOVERED, mark: E}
  - case: opera
    scheme: customer_size
    day: 2026-01-04
    values: {customer_id: x, order_line_count_12m: 3, revenue_12m_amount: 1}
    expect: {segment: large, code: none, exception: project}
  - case: held
    scheme: customer_size
    values: {order_line_count_12m: 3}
    last_known: {revenue_12m_amount: {value: 5000, days: 9}}
    expect: {segment: middle, mark: B, rungs: {revenue_12m_amount: hold_last}}
  - case: held_too_long
    scheme: customer_size
    values: {order_line_count_12m: 3, order_history_grade: full}
    last_known: {revenue_12m_amount: {value: 5000, days: 11}}
    peers:
      - {revenue_12m_amount: 9000, order_history_grade: full}
      - {revenue_12m_amount: 8000, order_history_grade: full}
      - {revenue_12m_amount: 7000, order_history_grade: full}
    expect: {segment: large, mark: C, rungs: {revenue_12m_amount: infer}}
  - case: doubted
    scheme: customer_size
    values: {order_line_count_12m: 3, revenue_12m_amount: 7}
    untrusted: [revenue_12m_amount]
    expect: {segment: small, mark: D, rungs: {revenue_12m_amount: value}}
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    found = company(tmp_path / "c", cases=CASES, fallbacks=LADDER, exceptions=PROJECT)
    check_workspace(found)
    return found.root


@pytest.fixture(scope="module")
def outcomes() -> dict[tuple[str, str], Outcome]:
    return {
        (name, case.case): outcome
        for name, workspace in SHIPPED.items()
        for case, outcome in zip(
            workspace.edge_cases.cases.cases,
            run_cases(workspace, workspace.edge_cases.cases.cases),
            strict=True,
        )
    }


@pytest.mark.requirement("S3.M4.B8")
@pytest.mark.parametrize(("name", "case"), SHIPPED_CASES)
def test_each_case_of_a_shipped_catalogue_comes_true(
    name: str, case: DecisionCase, outcomes: dict[tuple[str, str], Outcome]
) -> None:
    assert outcomes[name, case.case].against(case) is None


@pytest.mark.requirement("S3.M4.B8")
@pytest.mark.parametrize("name", SHIPPED)
def test_nothing_decides_in_a_shipped_workspace_without_a_case(name: str) -> None:
    assert without_cases(SHIPPED[name], declared(SHIPPED[name])) == []
    assert rungs_without_cases(SHIPPED[name]) == []


def test_cases_run_with_ladders_exceptions_cuts_and_doubts(root: Path) -> None:
    assert [str(fault) for fault in failed_cases(open_workspace(root))] == []
    said = CliRunner().invoke(app, ["lint", "-w", str(root)])
    assert (said.exit_code, said.stdout.splitlines()[-1]) == (0, "7 of 7 decision cases come true.")


def test_a_case_that_fails_says_where_it_stands_and_what_came_instead(root: Path) -> None:
    file = root / "segmentation" / "cases.yml"
    wrong = CASES.replace("segment: idle, rule: idle", "segment: keep, rule: fallback")
    file.write_text(wrong.replace("rungs: {revenue_12m_amount: hold_last}",
                                  "rungs: {revenue_12m_amount: column}"))  # fmt: skip
    said = CliRunner().invoke(app, ["lint", "-w", str(root)])
    assert said.exit_code == 2
    assert said.stdout.splitlines()[-5:] == [
        f"CASE_FAILED  {file}:{line_of(wrong, 'segment: keep')}:5",
        "  `idle`: It comes to segment idle, not keep, rule idle, not fallback (by idle).",
        f"CASE_FAILED  {file}:{line_of(wrong, 'case: held') + 4}:5",
        "  `held`: It comes to revenue_12m_amount by hold_last, not by column (by "
        "thresholds.middle).",
        "5 of 7 decision cases come true.",
    ]
    told = CliRunner().invoke(app, ["lint", "-w", str(root), "--json"])
    assert (
        told.exit_code,
        {row["code"] for row in json.loads(told.stdout)} >= {"CASE_FAILED"},
    ) == (
        2,
        True,
    )


@pytest.mark.requirement("S3.M4.B8")
def test_a_code_that_decides_without_a_case_fails_the_catalogue_and_stops_nothing(
    tmp_path: Path,
) -> None:
    catalogue = CASES.split("  - case: opera")[0]
    told = EdgeCaseNights(company(tmp_path / "c", cases=catalogue))
    gate = f"gate_name = '{GATE}'"
    columns = "is_passed, is_blocking, detail"
    told.night({"x": LEFT_OVER, "y": {}})
    assert told.found("control.gate_findings", columns, gate) == [(True, False, "")]
    told.night({"x": LEFT_OVER, "y": {"revenue_12m_amount": None}})
    assert told.found("control.gate_findings", columns, gate) == [
        (
            False,
            False,
            "No decision case: code MISSING_INPUT of customer_abc, "
            "code MISSING_INPUT of customer_size.",
        )
    ]


@pytest.mark.parametrize(
    ("right", "wrong", "code"),
    [
        ("scheme: customer_cell", "scheme: customer_sell", "CONFIG_REFERENCE"),
        ("values: {order_line_count_12m: 0}", "values: {order_lines: 0}", "CONFIG_UNKNOWN_COLUMN"),
        ("values: {order_line_count_12m: 0}", "values: {order_line_count_12m: x}", "CONFIG_VALUE"),
        ("segment: Bmiddle", "segment: Cmidle", "CONFIG_REFERENCE"),
        ("rule: idle", "rule: idel", "CONFIG_REFERENCE"),
        ("cuts: {customer_abc", "cuts: {customer_ab", "CONFIG_REFERENCE"),
    ],
)
def test_what_a_case_names_must_be_there(root: Path, right: str, wrong: str, code: str) -> None:
    file = root / "segmentation" / "cases.yml"
    file.write_text(CASES.replace(right, wrong))
    with pytest.raises(ConfigurationErrors) as refused:
        check_workspace(open_workspace(root))
    (fault,) = refused.value.errors
    assert fault.code == code
    assert fault.place.startswith(f"{file}:{line_of(CASES, right)}:")


@pytest.mark.requirement("S3.M4.B8")
def test_a_new_customer_ends_in_its_documented_segment(tmp_path: Path) -> None:
    rule = "  - {rule: newcomer, segment: new, when: order_count_12m = 1 and recency_days < 30}\n"
    care = SCHEMES["care"].replace("first:\n", "first:\n" + rule)
    case = """\
cases:
  - case: newcomer
    scheme: customer_care
    values: {order_count_12m: 1, recency_days: 2, order_line_count_12m: 1, return_ratio_12m: 0.9}
    expect: {segment: new, rule: newcomer}
"""
    found = company(tmp_path / "c", customer_care=care, cases=case)
    assert [str(fault) for fault in failed_cases(found)] == []
    newcomer = {"order_count_12m": 1, "recency_days": 2, "return_ratio_12m": 0.9}
    told = EdgeCaseNights(found).night({"x": newcomer, "y": {}})
    assert told.in_force("customer_care") == {"x": "new", "y": "keep"}
