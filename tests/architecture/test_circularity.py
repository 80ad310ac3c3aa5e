"""No cost that classes are built on may follow from a class."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from workspace.table_contract import contract, contracts

AFTER_CLASSES = ("segments", "policies")
BUILT_ON = ("feat_customer_cost_to_serve", "feat_item_cost_to_serve")
TREATMENT = ("premium_freight", "dedicated_stock", "special_handling")
REFERENCE = re.compile(r"ref\('(\w+)'\)")
SOURCE = re.compile(r"source\('(\w+)', '(\w+)'\)")


def made_of(models: Path, name: str) -> set[str]:
    """Return the tables that a table is made of, with their schemas, by way of others too."""
    found: set[str] = set()
    queue = [name]
    while queue:
        schema, table = queue.pop().split(".")
        file = models / schema / f"{table}.sql"
        text = file.read_text() if file.exists() else ""
        direct = {f"{schema}.{table}" for schema, table in SOURCE.findall(text)}
        for reference in REFERENCE.findall(text):
            direct |= {f"{at.parent.name}.{at.stem}" for at in models.glob(f"*/{reference}.sql")}
        described = contracts().get(f"{schema}.{table}")
        if described is not None and described.is_python:
            reads = (column.upstream for column in described.columns)
            direct |= {read.rsplit(".", 1)[0] for upstream in reads for read in upstream}
        queue += direct - found
        found |= direct
    return found


@pytest.mark.parametrize("name", BUILT_ON)
def test_cost_to_serve_is_made_of_nothing_that_follows_from_a_class(root: Path, name: str) -> None:
    tables = made_of(root / "dbt_project" / "models", f"features.{name}")
    assert {"features.int_order_line_costs", "raw.cost_pools", "raw.order_lines"} <= tables
    assert [table for table in tables if table.split(".")[0] in AFTER_CLASSES] == []


def test_schemes_read_standard_service_only(root: Path) -> None:
    macro = (root / "dbt_project" / "macros" / "whale.sql").read_text()
    assert "standard_cost_to_serve_amount" in macro
    assert not [element for element in TREATMENT if element in macro]
    for name in BUILT_ON:
        columns = {column.name for column in contract(f"features.{name}").columns}
        assert not {"cost_to_serve_amount", "pocket_margin_amount"} & columns
