"""What a night tells of axis, grain, driver, number of segments and objective."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import polars as pl
import pytest
from scipy import stats

from models.choice.drivers import classes
from models.choice.objective import Worth, evaluate, settings
from orchestration.choice import reports as choice
from orchestration.choice.items import compare_item_drivers, read_items
from tests.orchestration.choice.choice_company import ITEMS, LOSS_MAKER, UNPROVEN, lay_out
from workspace.config.strategy_file import StrategyFile
from workspace.folder import Workspace, open_workspace
from workspace.warehouse import write_by_contract

ROOT = Path(__file__).parents[3]
TABLES: dict[str, Callable[[duckdb.DuckDBPyConnection, Workspace], str]] = {
    choice.AXES: choice.axis_selection_report,
    choice.GRAINS: choice.grain_assessment,
    choice.DRIVERS: choice.driver_comparison,
    choice.AGREEMENT: choice.driver_agreement,
    choice.SWITCHES: choice.driver_switch,
    choice.COUNTS: choice.segment_count_frontier,
    choice.OBJECTIVES: choice.objective_frontier,
}


@pytest.fixture(scope="module")
def workspace() -> Workspace:
    found = open_workspace(ROOT / "data" / "demo")
    declared = StrategyFile.model_validate(
        {"axis_evidence": {"resamples": 50}, "objective": {"targets": "uniform 0.95"}}
    )
    return replace(found, strategy=replace(found.strategy, file=declared))


@pytest.fixture(scope="module")
def company(
    tmp_path_factory: pytest.TempPathFactory, workspace: Workspace
) -> Iterator[duckdb.DuckDBPyConnection]:
    connection = lay_out(tmp_path_factory.mktemp("choice") / "build.duckdb")
    for name, compute in TABLES.items():
        write_by_contract(connection, name, compute(connection, workspace))
    yield connection
    connection.close()


def rows(connection: duckdb.DuckDBPyConnection, query: str) -> list[dict[str, Any]]:
    return list(connection.sql(query).pl().iter_rows(named=True))


def test_the_axis_that_was_planted_is_found_in_the_company_and_in_each_business_unit(
    company: duckdb.DuckDBPyConnection,
) -> None:
    found = rows(company, f"select * from {choice.AXES} where fact = '(all)' and is_best")
    assert {row["business_unit"] for row in found} == {"(all)", "islands", "n"}
    assert {row["axis"].replace("product+", "") for row in found} == {"customer"}
    chosen = rows(
        company,
        f"select sum(chosen_rate) as total from {choice.AXES} where fact = '(all)' group by all",
    )
    assert chosen[0]["total"] == pytest.approx(3.0)
    (terms,) = rows(
        company,
        f"select order_line_count, eta_squared_rate from {choice.AXES} "
        "where business_unit = '(all)' and axis = 'customer' and fact = 'tolerated_days'",
    )
    assert (terms["order_line_count"], terms["eta_squared_rate"]) == (1_500, pytest.approx(1.0))


def test_terms_in_business_days_stand_in_calendar_days_and_the_strictest_holds(
    company: duckdb.DuckDBPyConnection,
) -> None:
    found = rows(
        company,
        f"select order_line_count, cell_count from {choice.AXES} "
        "where business_unit = '(all)' and axis = 'customer' and fact = 'promised_days'",
    )
    lines = rows(
        company,
        "select count(*) as n from facts.fct_order_line where customer_id in ('c1', 'c2')",
    )
    assert found == [{"order_line_count": lines[0]["n"], "cell_count": 2}]


def test_lines_that_are_all_alike_but_few_are_no_trait_of_their_product(
    tmp_path: Path, workspace: Workspace
) -> None:
    connection = lay_out(tmp_path / "alike.duckdb")
    connection.execute(
        "update facts.fct_order_line set quantity_units = "
        "case when hash(order_line_id) % 40 = 0 then 2 else 1 end"
    )
    query = choice.axis_selection_report(connection, workspace)
    found = rows(
        connection,
        f"select explained_rate from ({query}) where business_unit = '(all)' "
        "and axis = 'product' and fact = 'quantity_deviation'",
    )
    connection.close()
    assert found == [{"explained_rate": 0.0}]


def test_the_finer_of_nested_grains_leaves_no_more_within(
    company: duckdb.DuckDBPyConnection,
) -> None:
    found = {row["grain"]: row for row in rows(company, f"select * from {choice.GRAINS}")}
    left = {name: row["within_variance_rate"] for name, row in found.items()}
    assert left["item"] <= left["product"] <= left["family"]
    assert left["account"] <= left["channel"]
    assert found["item"]["load_count"] == 4 * found["item"]["entity_count"] == 4 * ITEMS
    assert left["flow"] == left["account"]  # there is one site
    assert left["pair"] <= min(left["product"], left["account"])
    # Where strategy.yml names no control point nobody can act.
    scores = {name: row["score_rate"] for name, row in found.items()}
    assert [name for name, score in scores.items() if score] == ["item"]
    assert scores["flow"] == 0


@pytest.mark.requirement("S2.M1.B3")
def test_volume_and_margin_are_contrasted_on_items_whose_margin_is_proven(
    company: duckdb.DuckDBPyConnection, workspace: Workspace
) -> None:
    asked = workspace.strategy.file.driver_comparison
    items = read_items(company, workspace.policies["stock"].value, asked)
    found = compare_item_drivers(items, asked, "margin")
    assert found.unproven_count == len(UNPROVEN)
    assert found.item_count == ITEMS - len(UNPROVEN)
    proven = items.frame.filter(pl.col("is_proven"))
    keys, products = proven["item_key"].to_numpy(), proven["product_id"].to_list()
    margin = proven["margin_12m_amount"].cast(float).to_numpy()
    volume = proven["units_12m"].cast(float).to_numpy()
    by_margin, by_volume = (classes(v, keys, items.classing) for v in (margin, volume))
    at = products.index(f"p{LOSS_MAKER:02}")
    assert (by_volume[at], by_margin[at]) == (0, 2)
    (pair,) = rows(
        company,
        f"select * from {choice.AGREEMENT} where driver = 'margin' and other_driver = 'volume'",
    )
    concordant = np.sign(margin[:, None] - margin) * np.sign(volume[:, None] - volume)
    pairs = len(keys) * (len(keys) - 1)
    assert pair["kendall_tau_ratio"] == pytest.approx(concordant.sum() / pairs)
    assert pair["kendall_tau_ratio"] == pytest.approx(stats.kendalltau(margin, volume).statistic)
    assert pair["switched_count"] == int((by_margin != by_volume).sum())
    published = rows(company, f"select * from {choice.DRIVERS} where driver = 'margin'")
    assert published[0]["unproven_count"] == len(UNPROVEN)


def test_switches_of_two_drivers_are_all_items(company: duckdb.DuckDBPyConnection) -> None:
    found = rows(
        company,
        "select driver, other_driver, sum(item_count) as items "
        f"from {choice.SWITCHES} group by all",
    )
    assert len(found) == 15
    assert {row["items"] for row in found} == {ITEMS - len(UNPROVEN)}


def test_one_driver_wins_and_the_declared_one_is_the_reference(
    company: duckdb.DuckDBPyConnection,
) -> None:
    found = {row["driver"]: row for row in rows(company, f"select * from {choice.DRIVERS}")}
    cheapest = min(found.values(), key=lambda row: row["policy_cost_amount"])
    assert [name for name, row in found.items() if row["is_winner"]] == [cheapest["driver"]]
    assert found["margin"]["financial_effect_amount"] == 0
    for row in found.values():
        effect = row["policy_cost_amount"] - found["margin"]["policy_cost_amount"]
        assert float(row["financial_effect_amount"]) == pytest.approx(float(effect), abs=1e-3)
        assert row["policy_cost_amount"] > row["least_cost_amount"]


def test_records_and_charge_grow_with_segments_and_fitted_cost_falls(
    company: duckdb.DuckDBPyConnection,
) -> None:
    found = rows(company, f"select * from {choice.COUNTS} order by segment_count")
    assert [row["segment_count"] for row in found] == list(range(1, len(found) + 1))
    assert [row["record_count"] for row in found] == [12 * row["segment_count"] for row in found]
    for fewer, more in pairwise(found):
        assert more["fitted_cost_amount"] <= fewer["fitted_cost_amount"]
        assert more["charge_amount"] > fewer["charge_amount"]
    for mark in ("is_best_later", "is_advised", "is_best_by_criterion", "is_cheapest"):
        assert sum(row[mark] for row in found) == 1, mark
    assert found[0]["item_count"] == ITEMS


def test_the_recorded_objective_comes_to_the_figures_that_it_is_published_with(
    company: duckdb.DuckDBPyConnection, workspace: Workspace
) -> None:
    (recorded,) = rows(company, f"select * from {choice.OBJECTIVES} where is_recorded")
    assert (recorded["targets"], recorded["lot_factor_ratio"]) == ("uniform 0.95", 1.0)
    assert recorded["item_count"] == ITEMS - 1  # one has no target
    policy = workspace.policies["stock"].value
    items = read_items(company, policy, workspace.strategy.file.driver_comparison)
    chosen = ~np.isnan(items.frame["target_rate"].cast(float).fill_null(np.nan).to_numpy())
    stock = items.priced.at(chosen)
    worth = Worth(unit_value=stock.unit_value, order_cost=policy.defaults.ordering_cost_amount)
    (setting,) = (
        s
        for s in settings(stock.stocked, np.full(ITEMS - 1, 0.95))
        if (s.name, s.lot_factor) == ("uniform 0.95", 1.0)
    )
    outcome = evaluate(setting, stock.stocked, worth)
    assert recorded["fill_rate"] == pytest.approx(outcome.fill_rate, abs=1e-12)
    assert float(recorded["stock_value_amount"]) == pytest.approx(outcome.stock, abs=1e-4)
    assert float(recorded["serving_cost_amount"]) == pytest.approx(outcome.cost, abs=1e-4)
    others = rows(company, f"select * from {choice.OBJECTIVES} where not is_recorded")
    assert {row["dominated_by"] for row in others} == {None}


def test_a_company_without_sales_has_rows_that_say_so(tmp_path: Path, workspace: Workspace) -> None:
    connection = lay_out(tmp_path / "empty.duckdb", is_empty=True)
    written = {
        name: write_by_contract(connection, name, compute(connection, workspace))
        for name, compute in TABLES.items()
    }
    verdicts = rows(connection, f"select distinct verdict from {choice.AXES}")
    rejected = rows(connection, f"select distinct rejection_reason from {choice.DRIVERS}")
    connection.close()
    assert [row["verdict"] for row in verdicts] == ["none"]
    assert all(row["rejection_reason"] for row in rejected)
    assert (written[choice.COUNTS], written[choice.OBJECTIVES]) == (0, 0)
