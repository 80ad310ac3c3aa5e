"""How surely margins are known: estimates cover the truth as often as they say, and tie up."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from orchestration.costing.margin_truth import margins_reconcile
from tests.dbt_project.valued_nights import PRODUCTS, again, by_customer, true_ratio
from tests.workspace.small_company import Company
from workspace.folder import Workspace
from workspace.warehouse import one_row

BY_PRODUCT = """
    select x.source_key, m.*, v.revenue_12m_amount
    from features.feat_margin_quality as m
    join features.feat_item_value as v using (product_id, site_id)
    join golden.golden_xref as x
        on x.object_type = 'product' and x.golden_id = m.product_id and x.valid_to is null
    where v.order_line_count_12m > 0
"""
NO_COST = "update facts.fct_order_line set cost_amount = null, cost_grade = 'missing'"


@pytest.fixture(scope="module")
def connection(valued_night: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(str(valued_night), read_only=True) as opened:
        yield opened


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    return Company(root=tmp_path_factory.mktemp("company")).open()


def margins(connection: duckdb.DuckDBPyConnection) -> dict[str, dict]:
    found = connection.execute(BY_PRODUCT)
    names = [column[0] for column in found.description or []]
    rows = [dict(zip(names, row, strict=True)) for row in found.fetchall()]
    return {row["source_key"]: row for row in rows}


def test_each_product_has_the_grade_of_its_cost(connection: duckdb.DuckDBPyConnection) -> None:
    grades = {0: "standard", 1: "actual", 2: "estimated"}
    found = margins(connection)
    assert len(found) > 0.9 * PRODUCTS
    for name, row in found.items():
        grade = grades[int(name.removeprefix("P")) % 3]
        assert row["margin_provenance"] == grade, name
        assert row[f"{grade}_margin_rate"] == 1
        assert row["margin_lower_12m_amount"] <= row["graded_margin_12m_amount"]
        assert row["graded_margin_12m_amount"] <= row["margin_upper_12m_amount"]


def test_estimated_margins_hold_the_truth_about_as_often_as_they_say(
    connection: duckdb.DuckDBPyConnection,
) -> None:
    covered = []
    for name, row in margins(connection).items():
        if row["margin_provenance"] == "estimated" and row["revenue_12m_amount"] > 0:
            true = float(row["revenue_12m_amount"]) * (1 - true_ratio(int(name[1:])))
            low, high = row["margin_lower_12m_amount"], row["margin_upper_12m_amount"]
            covered.append(float(low) <= true <= float(high))
    # Of 40 at nine in ten, fewer than 31 would be a chance of one in a hundred.
    assert len(covered) > 30
    assert sum(covered) / len(covered) > 0.75


def test_margins_of_items_are_those_of_the_lines_and_of_customers(
    connection: duckdb.DuckDBPyConnection, workspace: Workspace
) -> None:
    finding = margins_reconcile(connection, workspace)
    assert finding.is_passed
    assert finding.evaluated_count > 100
    (items,) = one_row(
        connection, "select sum(graded_margin_12m_amount) from features.feat_margin_quality"
    )
    customers = by_customer(connection).values()
    assert sum(row["graded_margin_12m_amount"] for row in customers) == items
    for row in customers:
        has_estimate = row["margin_provenance"] == "estimated"
        assert (row["margin_12m_amount"] is None) == has_estimate


def test_books_that_state_another_margin_hold_the_night(
    valued_night: Path, workspace: Workspace
) -> None:
    books = (
        "insert into raw.ledger_totals (period_start_date, period_end_date, currency_code, "
        "net_amount, cost_amount, _namespace) select date '2026-01-01', date '2026-03-31', 'EUR', "
        "sum(revenue_amount), sum(cost_amount) + {more}, 'north' from facts.fct_order_line "
        "where not is_cancelled and order_date >= date '2026-01-01'"
    )
    costed = "update facts.fct_order_line set cost_amount = 1, cost_grade = 'actual'"
    for more, is_passed in ((0, True), (100_000, False)):
        with again(valued_night, costed, books.format(more=more)) as connection:
            finding = margins_reconcile(connection, workspace)
        assert finding.is_passed is is_passed
    assert finding.failed_count == 1
    assert finding.detail == "north 2026-01-01 EUR off by 100000.0000"


def test_without_any_cost_margins_are_unknown_and_nothing_is_off(
    valued_night: Path, workspace: Workspace
) -> None:
    with again(valued_night, NO_COST) as connection:
        found = margins(connection).values()
        assert {row["margin_provenance"] for row in found} == {"missing"}
        assert {row["graded_margin_12m_amount"] for row in found} == {None}
        assert {row["estimated_margin_rate"] for row in found} == {0}
        assert margins_reconcile(connection, workspace).is_passed
        idle = by_customer(connection)["NEVER"]
    assert idle["graded_margin_12m_amount"] == Decimal(0)
