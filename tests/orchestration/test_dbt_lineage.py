"""Lineage of dbt's tables is kept until their SQL, or a column of what they read, changes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from orchestration.dbt_lineage import Columns, Lineage, dbt_lineage

COLUMNS: Columns = {
    "raw.orders": {"order_id": "VARCHAR", "amount": "DECIMAL"},
    "raw.sites": {"site_id": "VARCHAR"},
}
ALL_ORDERS = """
    with orders as (select * from "tierwise"."raw"."orders"),
    returned as (select * replace (-amount as amount) from orders),
    final as (select * from orders union all select * from returned)
    select * from final
"""
TOTAL = "select order_id, sum(amount) * 2 as total_amount from raw.orders group by order_id"


def traced(folder: Path, columns: Columns, **models: str) -> dict[str, Lineage]:
    results = [
        {
            "unique_id": f"model.tierwise.{name}",
            "relation_name": f'"tierwise"."facts"."{name}"',
            "compiled_code": sql,
        }
        for name, sql in models.items()
    ]
    results.append({"unique_id": "test.tierwise.unique", "compiled_code": "select 1"})
    (folder / "run_results.json").write_text(json.dumps({"results": results}), encoding="utf-8")
    return dbt_lineage(folder, columns, folder / "cache.json")


def test_a_column_is_traced_through_ctes_and_unions_to_the_tables(tmp_path: Path) -> None:
    found = traced(tmp_path, COLUMNS, orders=ALL_ORDERS, totals=TOTAL)
    assert found == {
        "facts.orders": {
            "order_id": [("raw.orders", "order_id")],
            "amount": [("raw.orders", "amount")],
        },
        "facts.totals": {
            "order_id": [("raw.orders", "order_id")],
            "total_amount": [("raw.orders", "amount")],
        },
    }


@pytest.mark.parametrize(("table", "is_kept"), [("raw.orders", False), ("raw.sites", True)])
def test_only_a_table_that_the_sql_names_makes_it_read_anew(
    tmp_path: Path, table: str, *, is_kept: bool
) -> None:
    before = traced(tmp_path, COLUMNS, orders=ALL_ORDERS)
    kept = (tmp_path / "cache.json").read_text(encoding="utf-8")
    grown = {**COLUMNS, table: {**COLUMNS[table], "added": "DATE"}}
    after = traced(tmp_path, grown, orders=ALL_ORDERS)
    assert ((tmp_path / "cache.json").read_text(encoding="utf-8") == kept) is is_kept
    assert (after == before) is is_kept
    assert ("added" in after["facts.orders"]) is not is_kept
