from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import duckdb
import numpy as np
import polars as pl
import pytest

from orchestration.screening import screen_metrics, screened_tables
from tests.workspace.small_company import Company
from workspace.config.outlier_file import Confirmed
from workspace.folder import Workspace, open_workspace
from workspace.ingest.control import open_books
from workspace.warehouse import write_by_contract

ITEMS, LINES = 800, 40_000
SCREENS = """\
metrics:
  quantity:
    title: Quantity of a line against the other lines of its product
    table: fct_order_line
    values: {quantity_units: quantity_units}
    where: not is_cancelled
    within: [product_id]
    method: median_deviation
    transform: log
    decision: hold
  revenue:
    title: Revenue of an item
    table: feat_item_value
    values: {revenue_12m_amount: revenue_12m_amount}
    method: adjusted_fences
    transform: log
    decision: cap
  profile:
    title: Revenue and order lines of an item together
    table: feat_item_value
    values: {revenue_12m_amount: revenue_12m_amount, sold_units_12m: sold_units_12m}
    method: minimum_covariance
    transform: log
    decision: confirm
"""


@pytest.fixture
def company(tmp_path: Path) -> Company:
    return Company(root=tmp_path / "company")


@pytest.fixture
def workspace(company: Company) -> Workspace:
    return company.configure("quality/outliers.yml", text=SCREENS).open()


@pytest.fixture
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    """Return a night of clean log-normal order lines and item values; the same each time."""
    with duckdb.connect() as connection:
        open_books(connection)
        connection.execute("create schema facts; create schema features")
        lines, items = _lines(), _items()
        connection.register("lines", lines)
        connection.register("items", items)
        connection.execute("create table facts.fct_order_line as from lines")
        connection.execute("create table features.feat_item_value as from items")
        yield connection


def _lines() -> pl.DataFrame:
    random = np.random.default_rng(20)
    product = random.integers(0, ITEMS, LINES)
    usual = random.normal(3, 1, ITEMS)  # what one product sells by is ten times another's
    quantity = np.exp(usual[product] + 0.5 * random.standard_normal(LINES)).round(4)
    return pl.DataFrame(
        {
            "order_line_id": [f"erp:{number:05}:1" for number in range(LINES)],
            "product_id": [f"p-{number:04}" for number in product],
            "site_id": "s-1",
            "quantity_units": quantity,
            "is_cancelled": False,
        }
    )


def _items() -> pl.DataFrame:
    random = np.random.default_rng(21)
    sold = random.lognormal(4, 1, 5_000)
    return pl.DataFrame(
        {
            "product_id": [f"p-{number:04}" for number in range(5_000)],
            "site_id": "s-1",
            "revenue_12m_amount": (sold * random.lognormal(2, 0.3, 5_000)).round(4),
            "sold_units_12m": sold.round(4),
        }
    )


def _screened(connection: duckdb.DuckDBPyConnection, workspace: Workspace) -> pl.DataFrame:
    query = screen_metrics(connection, workspace)
    write_by_contract(connection, "control.dq_outliers", query)
    return connection.sql("select * from control.dq_outliers order by all").pl()


def _gates(connection: duckdb.DuckDBPyConnection) -> dict[str, tuple[bool, int, int]]:
    rows = connection.execute(
        "select gate_name, is_passed, evaluated_count, failed_count from control.gate_findings"
    ).fetchall()
    return {name.split(".")[-1]: (passed, seen, failed) for name, passed, seen, failed in rows}


@pytest.mark.requirement("S3.M2.B3")
def test_unit_errors_are_flagged_clean_data_are_not_and_capped_values_can_be_restored(
    connection: duckdb.DuckDBPyConnection, workspace: Workspace
) -> None:
    # Clean log-normal data flags under 1 % after the configured transform, by every method.
    clean = _screened(connection, workspace)
    for metric, evaluated in (("quantity", LINES), ("revenue", 5_000), ("profile", 5_000)):
        assert _gates(connection)[metric][1] == evaluated
        flagged = clean.filter(pl.col("metric_name") == metric).height
        assert 0 < flagged < 0.01 * evaluated, metric

    # Planted x100 unit errors are all flagged, by the method for one value and for several.
    before = connection.sql("from features.feat_item_value order by product_id").pl()
    planted = {f"erp:{number:05}:1" for number in range(0, LINES, 200)}
    factor = "case when list_contains(?, {key}) then 100 else 1 end"
    connection.execute(
        "update facts.fct_order_line set quantity_units = quantity_units * "
        + factor.format(key="order_line_id"),
        [sorted(planted)],
    )
    wrong = {f"p-{number:04}" for number in range(0, 5_000, 100)}
    connection.execute(
        "update features.feat_item_value set sold_units_12m = sold_units_12m * "
        + factor.format(key="product_id"),
        [sorted(wrong)],
    )
    found = _screened(connection, workspace)
    quantities = found.filter(pl.col("metric_name") == "quantity")
    assert planted <= set(quantities["unit_id"])
    assert set(quantities["decision"]) == {"hold"}
    profiles = found.filter(pl.col("metric_name") == "profile")
    assert wrong <= set(profiles["product_id"])

    # Capping is recorded with original values recoverable.
    capped = found.filter(pl.col("decision") == "cap")
    assert capped.height > 0
    assert capped.filter(
        (pl.col("capped_value") < pl.col("fence_low") - 1e-9)
        | (pl.col("capped_value") > pl.col("fence_high") + 1e-9)
        | (pl.col("capped_value") == pl.col("value"))
    ).is_empty()
    connection.execute(
        """
        create table capped as
        select i.* replace (coalesce(o.capped_value, i.revenue_12m_amount) as revenue_12m_amount)
        from features.feat_item_value as i
        left join control.dq_outliers as o
            on o.metric_name = 'revenue' and o.unit_id = i.product_id || '@' || i.site_id
        """
    )
    restored = connection.sql(
        """
        select c.* replace (coalesce(o.value, c.revenue_12m_amount) as revenue_12m_amount)
        from capped as c
        left join control.dq_outliers as o
            on o.metric_name = 'revenue' and o.unit_id = c.product_id || '@' || c.site_id
        order by product_id
        """
    ).pl()
    column = "revenue_12m_amount"
    assert restored[column].to_list() == before[column].to_list()
    changed = connection.sql("from capped order by product_id").pl()
    assert (changed[column] != before[column]).sum() == capped.height


def test_order_and_threads_do_not_change_a_row(
    connection: duckdb.DuckDBPyConnection, workspace: Workspace
) -> None:
    first = _screened(connection, workspace)
    connection.execute("set threads = 1")
    for table in ("facts.fct_order_line", "features.feat_item_value"):
        connection.execute(f"create or replace table {table} as from {table} order by random()")
    assert _screened(connection, workspace).equals(first)


def test_a_value_on_hold_fails_its_metric_without_blocking(
    connection: duckdb.DuckDBPyConnection, workspace: Workspace
) -> None:
    _screened(connection, workspace)
    gates = _gates(connection)
    assert gates["quantity"][0] is False
    assert gates["quantity"][2] > 0
    assert gates["revenue"][0] is gates["profile"][0] is True  # capped and confirmed ones wait not
    blocking = connection.execute("select bool_or(is_blocking) from control.gate_findings")
    assert blocking.fetchall() == [(False,)]


def test_a_steward_confirms_one_value_and_no_other(
    connection: duckdb.DuckDBPyConnection, company: Company, workspace: Workspace
) -> None:
    held = _screened(connection, workspace).filter(pl.col("decision") == "hold")
    failed = _gates(connection)["quantity"][2]
    unit, value = held.select("unit_id", "value").row(0)
    for stated, expected in ((value, "confirm"), (value + 1, "hold")):
        entry = f"{{metric: quantity, unit: '{unit}', value: {stated}, reason: A fair.}}"
        text = f"{SCREENS}confirmed:\n  - {entry}\n"
        looked_at = company.configure("quality/outliers.yml", text=text).open()
        assert isinstance(looked_at.quality.outliers.confirmed[0], Confirmed)
        found = _screened(connection, looked_at).filter(
            (pl.col("metric_name") == "quantity") & (pl.col("unit_id") == unit)
        )
        assert found["decision"].to_list() == [expected]
        assert found["reason"].to_list() == ["A fair." if expected == "confirm" else None]
        assert _gates(connection)["quantity"][2] == failed - (expected == "confirm")


def test_without_metrics_the_table_is_empty(
    connection: duckdb.DuckDBPyConnection, company: Company
) -> None:
    bare = company.open()
    assert screened_tables(bare) == []
    assert _screened(connection, bare).is_empty()


def test_every_screen_of_our_workspaces_can_be_read(root: Path) -> None:
    for name in ("demo", "adventure"):
        assert screened_tables(open_workspace(root / "data" / name))
