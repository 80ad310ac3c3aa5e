"""What dbt makes of two small nights, statement by statement."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import duckdb
import pytest

from orchestration.supply import RISK, profile_supply, score_geography
from tests.dbt_project.conftest import BuiltNight
from workspace.config.supply_file import SupplyFile
from workspace.table_contract import public_tables
from workspace.warehouse import write_by_contract

NAMED = """
    select product.product_code, site.leading_namespace, {columns}
    from {table} as t
    inner join golden.golden_product as product using (product_id)
    inner join golden.golden_location as site using (site_id)
    order by all
"""


def test_the_project_builds_and_its_unit_tests_pass(first_night: BuiltNight) -> None:
    assert first_night.has_passed, first_night.log
    assert set(first_night.statuses.values()) <= {"success", "pass"}


def test_built_tables_have_the_columns_of_their_contract(first_night: BuiltNight) -> None:
    for table in public_tables():
        if not table.is_python:
            described = [row[0] for row in first_night.rows(f"describe {table.name}")]
            assert sorted(described) == sorted(column.name for column in table.columns)


@pytest.mark.requirement("S4.M2.B1")
def test_every_sku_has_one_golden_product_and_the_stock_of_all_systems_adds_up(
    first_night: BuiltNight,
) -> None:
    golden = first_night.rows(
        "select namespace, source_key, count(*), count(golden_id) from golden.golden_xref"
        " where object_type = 'product' and valid_to is null group by all order by all"
    )
    assert golden == [("north", "P1", 1, 1), ("north", "P2", 1, 1), ("south", "Q1", 1, 1)]
    by_gtin = "select gtin, source_count from golden.golden_product where gtin is not null"
    assert first_night.rows(by_gtin) == [("04006381333931", 2)]
    latest = "select sum(on_hand_units) from raw.inventory_snapshots where snapshot_date = '{}'"
    delivered = first_night.rows(latest.format(date(2026, 3, 30)))
    assert first_night.rows("select sum(on_hand_units) from facts.fct_stock") == delivered


def test_attributes_survive_from_the_most_trusted_record_that_has_them(
    first_night: BuiltNight,
) -> None:
    customers = first_night.rows(
        "select customer_name, city, tax_number, leading_namespace, source_count"
        " from golden.golden_customer order by all"
    )
    assert customers == [
        ("Acme", "Ulm", "DE811569", "north", 2),
        ("Bolt", None, None, "north", 1),
    ]
    assert first_night.rows("select supplier_name, source_count from golden.golden_supplier") == [
        ("Ore", 2)
    ]


def test_sites_with_one_code_in_two_systems_stay_two(first_night: BuiltNight) -> None:
    sites = first_night.rows("select site_code, site_name from golden.golden_location order by all")
    assert sites == [("MAIN", "Main warehouse"), ("MAIN", "South store")]


def test_every_delivered_line_is_a_fact_in_reporting_currency(first_night: BuiltNight) -> None:
    lines = first_night.rows(
        "select order_line_id, quantity_units, revenue_amount, cost_amount, margin_amount,"
        " cost_grade from facts.fct_order_line order by all"
    )
    assert lines == [
        ("north:O1:1", 2, 100, 60, 40, "standard"),
        ("north:O1:2", 1, 50, None, None, "missing"),
        ("north:O1:3", -1, -50, -30, -20, "standard"),
        ("south:O1:1", 10, 900, 360, 540, "actual"),
        ("south:O1:2", 5, 450, 150, 300, "standard"),
    ]


def test_a_fact_names_its_file_and_record(first_night: BuiltNight) -> None:
    origin = (
        "select source_file_sha256, source_record_number from facts.fct_order_line"
        " where order_line_id = 'south:O1:2'"
    )
    assert first_night.rows(origin) == [("south-order_lines", 2)]


def test_stock_counts_all_places_of_the_latest_day_and_what_is_on_order(
    first_night: BuiltNight,
) -> None:
    columns = "on_hand_units, on_order_units, stock_value_amount"
    assert first_night.rows(NAMED.format(columns=columns, table="facts.fct_stock")) == [
        ("P1", "north", 11, 60, 330),
        ("P1", "south", 3, 0, 90),
        ("P2", "north", 0, 0, 0),
    ]


def test_every_unit_has_one_row_of_each_feature(first_night: BuiltNight) -> None:
    units = first_night.rows("select * from facts.int_product_site order by all")
    for feature in ("feat_item_value", "int_item_sources"):
        keys = f"select product_id, site_id from features.{feature} order by all"
        assert first_night.rows(keys) == units


def test_value_of_the_items_is_that_of_the_lines_that_were_not_cancelled(
    first_night: BuiltNight,
) -> None:
    columns = (
        "revenue_12m_amount, margin_12m_amount, sold_units_12m, returned_units_12m, margin_grade"
    )
    items = first_night.rows(NAMED.format(columns=columns, table="features.feat_item_value"))
    assert items == [
        ("P1", "north", 50, 20, 2, 1, "standard"),
        ("P1", "south", 900, 540, 10, 0, "actual"),
        ("P2", "north", 50, None, 1, 0, "missing"),
    ]
    lines = "select sum(revenue_amount) from facts.fct_order_line where not is_cancelled"
    assert first_night.rows(lines) == [(sum(Decimal(item[2]) for item in items),)]


def test_the_supply_of_a_night_is_profiled_from_its_tables(first_night: BuiltNight) -> None:
    with duckdb.connect(str(first_night.file)) as connection:
        write_by_contract(connection, RISK, score_geography(connection, SupplyFile()))
        connection.execute(f"create table profiled as {profile_supply(connection, SupplyFile())}")
        columns = "lead_time_source, lead_time_mean_days, on_time_rate, minimum_order_units"
        profiled = connection.execute(NAMED.format(columns=columns, table="profiled")).fetchall()
        connection.execute(f"drop table profiled; drop table {RISK}")
    # Of 100 ordered 40 have come, late; a site without receipts leans on those of the product.
    assert profiled == [
        ("P1", "north", "site receipts", 20.0, 0.0, 12),
        ("P1", "south", "product receipts", 20.0, 0.0, 12),
        ("P2", "north", "none", None, None, None),
    ]


def test_golden_ids_outlive_another_order_of_files_and_another_order_of_trust(
    first_night: BuiltNight, second_night: BuiltNight
) -> None:
    assert second_night.has_passed, second_night.log
    ids = "select object_type, namespace, source_key, golden_id, valid_from from golden.golden_xref"
    kept = f"{ids} where source_key != 'C2' order by all"
    assert second_night.rows(kept) == first_night.rows(kept)
    leading = "select leading_namespace, product_name from golden.golden_product where gtin != ''"
    assert second_night.rows(leading) == [("south", "Hinge, steel")]


def test_a_key_that_is_no_longer_delivered_is_closed(second_night: BuiltNight) -> None:
    closed = (
        "select source_key, valid_from, valid_to from golden.golden_xref where valid_to is not null"
    )
    assert second_night.rows(closed) == [("C2", date(2026, 3, 31), date(2026, 4, 1))]


def test_an_unchanged_hierarchy_keeps_its_history(
    first_night: BuiltNight, second_night: BuiltNight
) -> None:
    paths = "select * from hierarchies.hier_product order by all"
    assert len(first_night.rows(paths)) == 4
    assert second_night.rows(paths) == first_night.rows(paths)


def test_facts_do_not_depend_on_the_order_of_delivery(
    first_night: BuiltNight, second_night: BuiltNight
) -> None:
    lines = "select * exclude (source_record_number) from facts.fct_order_line order by all"
    assert second_night.rows(lines) == first_night.rows(lines)


def test_a_missing_rate_stops_the_night_before_any_amount(night_without_rates: BuiltNight) -> None:
    assert not night_without_rates.has_passed
    failed = {name for name, status in night_without_rates.statuses.items() if status == "fail"}
    assert failed == {"every_amount_has_a_rate"}
    assert night_without_rates.statuses["fct_order_line"] == "skipped"
    assert night_without_rates.statuses["golden_product"] == "skipped"
