"""Nights of customer trees by hand: only what trees are made of is delivered and built."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import duckdb

from tests.dbt_project.dbt_run import WORKING, run_dbt
from tests.dbt_project.delivered_nights import Delivery, land
from workspace.config.hierarchy_file import HierarchyFile

Rows = Sequence[Mapping[str, Any]]
FIRST_NIGHT, SECOND_NIGHT = date(2026, 6, 30), date(2026, 7, 1)
BUILT = (
    "stg_customer_hierarchy",
    "stg_customers",
    "stg_product_hierarchy",
    "stg_products",
    "path:models/hierarchies",
)


def node(view: str, node_id: str, parent: str | None = None, **more: Any) -> dict[str, Any]:
    """Return a grouping node of a view."""
    named = {"node_name": more.pop("name", f"Group {node_id}")}
    return {"view_name": view, "node_id": node_id, "parent_node_id": parent} | named | more


def account(view: str, key: str, parent: str | None, **more: Any) -> dict[str, Any]:
    """Return the place of an account in a view."""
    return {"view_name": view, "node_id": key, "parent_node_id": parent, "customer_id": key} | more


@dataclass(frozen=True, kw_only=True)
class TreeNight:
    """What one night delivers: rows of trees by system, and who is one customer.

    `customers` gives each golden customer its accounts, the most trusted first, and `revenue` its
    order lines: customer, day, amount.
    """

    trees: Mapping[str, Rows]
    customers: Mapping[str, Sequence[tuple[str, str]]]
    revenue: Sequence[tuple[str, date, int]] = ()
    hierarchies: Mapping[str, Any] = field(default_factory=dict)
    products: Mapping[str, Mapping[str, Rows]] = field(default_factory=dict)
    golden_products: Mapping[str, Sequence[tuple[str, str]]] = field(default_factory=dict)
    business_date: date = FIRST_NIGHT


@dataclass(frozen=True, kw_only=True)
class Trees:
    """A built night."""

    file: Path

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """Return all rows of a query."""
        with duckdb.connect(str(self.file), read_only=True) as connection:
            return connection.execute(query).fetchall()


def build_trees(folder: Path, night: TreeNight, previous: Trees | None = None) -> Trees:
    """Land a night, stand in for what is matched and sold, and build the trees on it."""
    file = folder / f"trees_{len(list(folder.glob('trees_*')))}.duckdb"
    systems = {*night.trees, *night.products}
    accounts = {
        (system, key): customer
        for customer, keys in night.customers.items()
        for system, key in keys
    }
    rows: dict[str, dict[str, Rows]] = {system: {} for system in systems}
    for system in systems:
        rows[system]["customer_hierarchy"] = night.trees.get(system, ())
        rows[system]["customers"] = [
            {"customer_id": key, "customer_name": f"Account {key}"}
            for namespace, key in accounts
            if namespace == system
        ]
        rows[system] |= night.products.get(system, {})
    delivery = Delivery(
        business_date=night.business_date,
        priority={system: at for at, system in enumerate(sorted(systems), start=1)},
        hierarchies=HierarchyFile.model_validate(night.hierarchies),
        rows=rows,
    )
    working = folder / WORKING
    land(working, delivery, previous.file if previous else None)
    with duckdb.connect(str(working)) as connection:
        _stand_in(connection, night)
    _build(working)
    return Trees(file=working.rename(file))


def _stand_in(connection: duckdb.DuckDBPyConnection, night: TreeNight) -> None:
    """Create what other layers make: matches, golden records, order lines."""
    connection.execute("create schema if not exists facts")
    connection.execute(
        "create table golden.int_records_matched (object_type text, namespace text, "
        "source_key text, record_key text, golden_id text, survivorship_rank bigint)"
    )
    for object_type, golden in (("customer", night.customers), ("product", night.golden_products)):
        for golden_id, keys in golden.items():
            for rank, (system, key) in enumerate(keys, start=1):
                connection.execute(
                    "insert into golden.int_records_matched values (?, ?, ?, ?, ?, ?)",
                    [object_type, system, key, f"{system}:{key}", golden_id, rank],
                )
    connection.execute("create table golden.golden_customer (customer_id text, customer_name text)")
    for golden_id in night.customers:
        connection.execute(
            "insert into golden.golden_customer values (?, ?)", [golden_id, f"Customer {golden_id}"]
        )
    connection.execute("create table golden.golden_product (product_id text)")
    for golden_id in night.golden_products:
        connection.execute("insert into golden.golden_product values (?)", [golden_id])
    connection.execute(
        "create table facts.fct_order_line (customer_id text, product_id text, order_date date, "
        "revenue_amount decimal(18,4), is_cancelled boolean, transaction_type text)"
    )
    for golden_id, day, amount in night.revenue:
        connection.execute(
            "insert into facts.fct_order_line values (?, ?, ?, ?, false, 'sale')",
            [golden_id, golden_id, day, amount],
        )


def _build(working: Path) -> None:
    done = run_dbt(
        working,
        *("build", "--select", *BUILT, "--exclude-resource-type", "unit_test"),
        *("--indirect-selection", "cautious"),
    )
    failed = {
        r["unique_id"]: r["message"] for r in done.results if r["status"] in ("error", "fail")
    }
    assert done.has_passed, (failed, done.log[-3000:])
