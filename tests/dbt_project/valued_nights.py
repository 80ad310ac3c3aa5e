"""Sixty drawn customers of one company, and what is true of them by the rows themselves.

Their products are of two product lines. A third of them has a standard cost, of a third the cost
is booked on the line, of the others it is estimated. Ratios of cost to revenue are all drawn alike.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import duckdb
import numpy as np

from tests.dbt_project.dbt_run import WORKING, run_dbt
from tests.dbt_project.delivered_nights import Delivery, Rows

TODAY = date(2026, 3, 31)
CUSTOMERS, PRODUCTS, LINES, DAYS = 60, 120, 40, 900
VALUE = (
    *("int_cost_spreads", "int_cost_ratios", "int_order_line_margins", "int_customer_days"),
    *("int_customer_conduct", "int_customer_orders", "int_customer_requests"),
    *("feat_customer_value", "feat_margin_quality", "feat_service_need", "margin_reconciliation"),
)
SELECTED = (
    *("--select", "+feat_customer_value", "+feat_margin_quality", "+feat_service_need"),
    *("+feat_item_value", "+margin_reconciliation"),
    *("--exclude-resource-type", "unit_test", "test"),
)
# One order on its half-life: of orders, and of revenue, margin and returns.
HALF_LIVED = {"HALF_ORDER": 180, "HALF_VALUE": 365}


def products() -> Rows:
    """Return the products: of each third one has a standard cost, whatever its price."""
    return [
        {
            "product_id": f"P{n}",
            "product_name": f"Part {n}",
            "product_line": f"L{n % 2}",
            "standard_cost_amount": 10 if n % 3 == 0 else None,
            "currency_code": "EUR",
        }
        for n in range(PRODUCTS)
    ]


def true_ratio(product: int) -> float:
    """Return what a product costs by what it is sold for."""
    return round(float(np.random.default_rng(product).uniform(0.4, 0.9)), 3)


@cache
def order_lines() -> list[dict[str, Any]]:
    """Return all lines; a product is sold at a price that makes its cost 10 a piece."""
    random = np.random.default_rng(11)
    rows = []
    for customer in range(CUSTOMERS):
        for number in range(int(random.integers(1, LINES))):
            product, age = int(random.integers(PRODUCTS)), int(random.integers(0, DAYS))
            units, is_return = int(random.integers(1, 20)), bool(random.random() < 0.08)
            amount = round(units * 10 / true_ratio(product), 2)
            rows.append(
                {
                    "order_id": f"O{customer}-{number // 2}" if not is_return else f"R{number}",
                    "line_number": f"{customer}-{number}",
                    "transaction_type": "return" if is_return else "sale",
                    "customer_id": f"C{customer}",
                    "product_id": f"P{product}",
                    "order_date": TODAY - timedelta(days=age),
                    "requested_date": TODAY - timedelta(days=age - int(random.integers(-1, 6))),
                    "quantity_units": units,
                    "net_amount": amount,
                    "cost_amount": units * 10 if product % 3 == 1 else None,
                    "is_cancelled": bool(random.random() < 0.05),
                }
            )
    return [*rows, *_half_lived()]


def _half_lived() -> list[dict[str, Any]]:
    return [
        {
            "order_id": name,
            "line_number": "1",
            "customer_id": name,
            "product_id": "P1",
            "order_date": TODAY - timedelta(days=age),
            "quantity_units": 1,
            "net_amount": 100,
            "cost_amount": 40,
        }
        for name, age in HALF_LIVED.items()
    ]


def sent_back() -> list[dict[str, Any]]:
    """Return two returns of a customer who has bought nothing."""
    usual = {"line_number": "1", "customer_id": "ODD", "product_id": "P0", "order_date": TODAY}
    usual |= {"transaction_type": "return", "quantity_units": 2, "net_amount": 30}
    return [{**usual, "order_id": f"ODD{number}"} for number in range(2)]


def valued_delivery() -> Delivery:
    """Return the night of today."""
    names = [*(f"C{n}" for n in range(CUSTOMERS)), *HALF_LIVED, "NEVER", "ODD"]
    entities = {
        "customers": [{"customer_id": name, "customer_name": f"Customer {name}"} for name in names],
        "products": products(),
        "sites": [{"site_id": "MAIN", "site_name": "Main warehouse"}],
        "order_lines": [*order_lines(), *sent_back()],
    }
    return Delivery(business_date=TODAY, rows={"north": entities, "south": {}})


@contextmanager
def again(file: Path, *changes: str) -> Iterator[duckdb.DuckDBPyConnection]:
    """Build them again with other settings or on another day, and open the database."""
    working = file.with_name(WORKING)
    shutil.copy(file, working)
    with duckdb.connect(str(working)) as connection:
        for change in changes:
            connection.execute(change)
    done = run_dbt(working, "run", "--select", *VALUE)
    assert done.has_passed, done.log
    with duckdb.connect(str(working), read_only=True) as connection:
        yield connection


def by_customer(
    connection: duckdb.DuckDBPyConnection, table: str = "feat_customer_value"
) -> dict[str, dict[str, Any]]:
    """Return the rows of a table by the customer's own key."""
    found = connection.execute(
        f"select x.source_key, t.* from features.{table} as t join golden.golden_xref as x "
        "on x.object_type = 'customer' and x.golden_id = t.customer_id and x.valid_to is null"
    )
    names = [column[0] for column in found.description or []]
    rows = [dict(zip(names, row, strict=True)) for row in found.fetchall()]
    return {row["source_key"]: row for row in rows}
