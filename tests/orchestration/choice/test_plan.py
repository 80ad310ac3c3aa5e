"""The corporate plan: aims, what segments bring to them, and who has signed it."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest

from orchestration.choice.plan import (
    AIMS,
    CONTRIBUTIONS,
    aims_of_the_plan,
    contributions,
    every_aim_has_segments,
)
from tests.orchestration.segments.schemes_of_customers import SIZE
from tests.workspace.small_company import Company
from workspace.configuration_check import check_workspace
from workspace.errors import ConfigurationErrors
from workspace.folder import Workspace
from workspace.plan import plan_hash
from workspace.table_contract import contract
from workspace.warehouse import write_by_contract

TODAY = date(2026, 6, 30)
AIMS_OF_THE_COMPANY = """\
aims:
  - aim: growth
    title: Grow with large customers
    owner: sales
    metric: revenue
    baseline: 900
    target: 1300
    scheme: customer_size
    targets: {large: 1000, small: 300}
  - aim: margin
    title: Earn more
    owner: finance
    metric: margin
    baseline: 300
    target: 400
    scheme: customer_size
    targets: {large: 390}
  - aim: service
    title: Be on time
    owner: logistics
    metric: late_lines
    baseline: 9
    target: 3
    scheme: customer_size
"""
# Customer, segment, then its lines: months ago, revenue, margin, days late.
LINES = {
    ("C1", "large"): [(1, 400, 100, 0), (5, 300, 90, 2), (13, 200, 50, 0)],
    ("C2", "small"): [(2, 100, 20, 1), (14, 50, 10, 3)],
    ("C3", "idle"): [(11, 60, 5, 0), (12, 1000, 900, 9)],
}


def company(root: Path, strategy: str = AIMS_OF_THE_COMPANY) -> Workspace:
    found = Company(root=root).configure("segmentation/customer_size.yml", text=SIZE)
    return found.configure("strategy.yml", text=strategy).open()


@pytest.fixture
def connection() -> duckdb.DuckDBPyConnection:
    """Return a database with the order lines of three customers."""
    found = duckdb.connect()
    for name in (
        *("facts.fct_order_line", "facts.fct_stock", "features.feat_cost_to_serve"),
        "segments.segment_assignment",
    ):
        found.execute(f"create schema if not exists {name.split('.')[0]}")
        found.execute(f"create table {name} as {contract(name).no_rows()}")
    found.execute("create schema night")
    found.execute("create table night.parameters as select ?::date as business_date", [TODAY])
    for (customer, segment), lines in LINES.items():
        found.execute(
            "insert into segments.segment_assignment by name select 'customer_size' as scheme_id, "
            "? as customer_id, ? as unit_id, ? as segment_id",
            [customer, customer, segment],
        )
        for number, (ago, revenue, margin, late) in enumerate(lines):
            found.execute(
                "insert into facts.fct_order_line by name select ? as order_line_id, "
                "? as customer_id, false as is_cancelled, cast(?::date - to_months(?) as date) as "
                "order_date, cast(?::date - to_months(?) as date) as requested_date, "
                "cast(?::date - to_months(?) as date) + cast(? as integer) as shipped_date, "
                "? as revenue_amount, ? as margin_amount",
                [f"{customer}{number}", customer, *(TODAY, ago) * 3, late, revenue, margin],
            )
    return found


def told(connection: duckdb.DuckDBPyConnection, workspace: Workspace) -> dict[str, Any]:
    write_by_contract(connection, CONTRIBUTIONS, contributions(connection, workspace))
    write_by_contract(connection, AIMS, aims_of_the_plan(connection, workspace))
    rows = connection.sql(f"from {AIMS}").pl().to_dicts()
    return {row["aim"]: row for row in rows}


@pytest.mark.requirement("S4.M1.B3")
def test_each_aim_has_a_metric_and_its_segments_add_up_to_it(
    connection: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    aims = told(connection, company(tmp_path))
    for aim in aims.values():
        assert aim["metric"]
        assert aim["baseline_amount"] > 0
        assert aim["target_amount"] > 0
    # By hand, of the last twelve months: C1 700, C2 100, C3 60 of revenue; two lines were late.
    assert aims["growth"]["actual_amount"] == 860
    assert aims["margin"]["actual_amount"] == 215
    assert aims["service"]["actual_amount"] == 2
    parts = connection.sql(
        f"select aim, sum(actual_amount) as actual from {CONTRIBUTIONS} group by aim"
    ).fetchall()
    assert dict(parts) == {name: aim["actual_amount"] for name, aim in aims.items()}
    # At the pace of a quarter: C1 sold 400 in the last one and 200 a year before, C2 100 and 50.
    by_segment = connection.sql(
        f"select segment_id, projected_amount from {CONTRIBUTIONS} where aim = 'growth'"
    ).fetchall()
    assert dict(by_segment) == {"large": 1400, "small": 200, "idle": Decimal("0.0000")}
    finding = every_aim_has_segments(connection, company(tmp_path))
    assert not finding.is_passed
    assert "service has no segment" in finding.detail


@pytest.mark.requirement("S1.M1.B2")
def test_parts_add_up_to_the_target_or_the_gap_is_shown_and_another_target_is_another_plan(
    connection: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    aims = told(connection, company(tmp_path / "a"))
    assert aims["growth"]["is_reconciled"]
    assert aims["growth"]["gap_amount"] == 0
    assert not aims["margin"]["is_reconciled"]
    assert aims["margin"]["gap_amount"] == 10
    nearly = AIMS_OF_THE_COMPANY.replace("large: 390", "large: 399.7")
    assert told(connection, company(tmp_path / "b", nearly))["margin"]["is_reconciled"]

    signed = signed_plan(company(tmp_path / "c"), "sales", "finance", "supply")
    found = told(connection, company(tmp_path / "d", signed))["growth"]
    assert found["is_signed"]
    assert found["signed_by"] == "finance, sales, supply"
    assert found["plan_sha256"][:12] in signed
    changed = signed.replace("target: 1300", "target: 1301")
    found = told(connection, company(tmp_path / "e", changed))["growth"]
    assert not found["is_signed"]
    assert found["signed_by"] is None


def signed_plan(workspace: Workspace, *functions: str) -> str:
    """Return the plan with signatures of these functions."""
    plan = plan_hash(workspace.strategy.file)[:12]
    lines = "".join(
        f"  - {{function: {name}, by: Ada, day: 2026-06-01, plan: {plan}}}\n" for name in functions
    )
    return f"{AIMS_OF_THE_COMPANY}sign_offs:\n{lines}"


@pytest.mark.requirement("S3.M1.B2")
@pytest.mark.parametrize("count", [0, 1, 2, 3])
def test_an_objective_is_acted_upon_only_with_three_signatures(tmp_path: Path, count: int) -> None:
    functions = ("sales", "finance", "supply")[:count]
    signed = signed_plan(company(tmp_path / "a"), *functions) if count else AIMS_OF_THE_COMPANY
    active = company(tmp_path / "b", signed + "objective: {is_active: true}\n")
    if count == 3:
        check_workspace(active)
        return
    with pytest.raises(ConfigurationErrors) as caught:
        check_workspace(active)
    (error,) = caught.value.errors
    assert error.code == "PLAN_UNSIGNED"
    assert plan_hash(active.strategy.file)[:12] in error.cause


def test_one_function_counts_once(tmp_path: Path) -> None:
    thrice = signed_plan(company(tmp_path / "a"), "sales", "sales", "sales")
    with pytest.raises(ConfigurationErrors, match="PLAN_UNSIGNED"):
        check_workspace(company(tmp_path / "b", thrice + "objective: {is_active: true}\n"))


def test_an_aim_of_no_scheme_or_segment_is_refused(tmp_path: Path) -> None:
    wrong = AIMS_OF_THE_COMPANY.replace("{large: 390}", "{lrge: 390}")
    wrong = wrong.replace("target: 3\n    scheme: customer_size", "target: 3\n    scheme: size")
    with pytest.raises(ConfigurationErrors) as caught:
        check_workspace(company(tmp_path, wrong))
    assert [error.code for error in caught.value.errors] == ["CONFIG_REFERENCE"] * 2
    assert all("strategy.yml:" in error.place for error in caught.value.errors)


def test_without_a_plan_there_is_nothing_to_tell(
    connection: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    assert told(connection, company(tmp_path, "axis: product\n")) == {}
    assert every_aim_has_segments(connection, company(tmp_path, "axis: product\n")).is_passed
