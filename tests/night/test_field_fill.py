"""Nights on fields that are filled well enough, and on fields that are not."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import duckdb
import pytest

from tests.night.company import current, tierwise
from tests.workspace.small_company import STOCK, Company
from workspace.field_fill import fills

PRODUCTS, WEEKS = 100, 12
MONDAY = date(2026, 4, 6)
LIMIT = (
    "gates: {{field_fill: [{{field: golden_product.product_line, minimum_rate: 0.95{more}}}]}}\n"
)
# Made by Python from features and facts: what a night computes only on fields that are filled.
MODELS = (
    "features.feat_demand_profile",
    "segments.segment_assignment",
    "policies.policy_reorder",
    "control.dq_outliers",
)


@pytest.fixture
def company(tmp_path: Path) -> Company:
    """Return a company whose products have lines, as far as the delivery fills them."""
    return Company(root=tmp_path / "company").configure(
        "sources/erp.yml",
        ("name: text}\n  orders", "name: text, line: text}\n  orders"),
        ("product_name: name, ", "product_name: name, product_line: line, "),
        ("mappings:\n", STOCK),
    )


def _limited(company: Company, more: str = "") -> Company:
    return company.configure(
        "workspace.yml", ("reporting_", LIMIT.format(more=more) + "reporting_")
    )


def _delivery(filled: int, *, small: int = 10) -> dict[str, str]:
    """Return files in which so many of a hundred products have a line; the others sell `small`."""
    products = "\n".join(
        f"P{n},Product {n},{'bolts' if n < filled else ''}" for n in range(PRODUCTS)
    )
    orders = [
        f"O{week}-{n},1,C1,P{n},{MONDAY + timedelta(weeks=week)},{10 if n < filled else small}"
        for week in range(WEEKS)
        for n in range(PRODUCTS)
        if n % 2 or week % 4 == 0
    ]
    stock = "\n".join(f"P{n},2026-06-29,{1000 if n % 3 else 0}" for n in range(PRODUCTS))
    return {
        "erp/products_1.csv": f"id,name,line\n{products}\n",
        "erp/orders_1.csv": "\n".join(["order,line,customer,product,day,units", *orders, ""]),
        "erp/stock_1.csv": f"product,day,units\n{stock}\n",
    }


def _built(workspace: Path) -> set[str]:
    """Return the tables that stand in the build of the last night."""
    with duckdb.connect(workspace / "build" / "tierwise.duckdb", read_only=True) as connection:
        rows = connection.execute(
            "select table_schema || '.' || table_name from information_schema.tables"
        )
        return {name for (name,) in rows.fetchall()}


@pytest.mark.requirement("S3.M2.B7")
def test_models_are_skipped_below_the_limit_of_a_field_and_run_above_it(company: Company) -> None:
    # At 96 % with limit 95 % the models run.
    workspace = _limited(company).open(_delivery(filled=96)).root
    said = tierwise("refresh", "--workspace", workspace, "--json")
    assert said.status == 0, said.out + said.err
    assert set(MODELS) <= _built(workspace)
    published = current(workspace)

    # At 94 % the models are skipped and the pointer is unchanged; field and segment are named.
    delivery = _delivery(filled=94, small=1)
    _limited(company).open(delivery)
    said = tierwise("refresh", "--workspace", workspace, "--json")
    assert (said.status, said.codes) == (3, ["GATE_FAILED"])
    assert not set(MODELS) & _built(workspace)
    assert "features.feat_item_value" in _built(workspace)
    assert current(workspace) == published
    (error,) = said.document["errors"]
    named = "golden_product.product_line in segment (all): 94.00% filled, limit 95.00%."
    assert named in error["cause"]

    # The weight by revenue is used when configured: the six without a line sell next to nothing.
    weighed = _limited(company, ", weight: revenue_12m_amount").open(delivery)
    (wanted,) = weighed.file.gates.field_fill
    with duckdb.connect(weighed.warehouse, read_only=True) as connection:
        (fill,) = fills(connection, wanted)
        (counted,) = fills(connection, wanted.model_copy(update={"weight": None}))
    assert counted.rate == 0.94 < wanted.minimum_rate
    assert fill.rate == pytest.approx(0.9936, abs=1e-4)
    assert fill.rate > wanted.minimum_rate
