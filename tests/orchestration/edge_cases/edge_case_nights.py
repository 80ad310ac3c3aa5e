"""Nights of customers whose features are given by hand, some of them missing or old."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tests.orchestration.segments.schemes_of_customers import ABC, CELLS, SIZE
from tests.orchestration.segments.steady_nights import Nights
from tests.workspace.small_company import Company
from workspace.folder import Workspace
from workspace.warehouse import create_by_contract

CARE = """\
scheme: customer_care
title: Care
description: By how often and how much a customer sends back.
owner: sales
unit: customer
first:
  - {rule: idle, segment: idle, when: order_line_count_12m = 0}
method:
  kind: decision_table
  hit: unique
  rules:
    - {rule: lasting, segment: keep, when: recency_days < 60 and return_ratio_12m < 0.2}
    - {rule: returning, segment: look, when: recency_days < 60 and return_ratio_12m >= 0.2}
    - {rule: leaving, segment: win_back, when: recency_days between 60 and 300}
fallback: unsorted
value: revenue_12m_amount
"""
SCHEMES = {"size": SIZE, "abc": ABC, "cell": CELLS, "care": CARE}
Features = Mapping[str, Any]
USUAL: Features = {
    "revenue_12m_amount": 3000,
    "margin_12m_amount": 500,
    "order_line_count_12m": 5,
    "recency_days": 20,
    "return_ratio_12m": 0.05,
    "order_history_grade": "full",
}


def company(root: Path, **files: str) -> Workspace:
    """Return a company of these schemes; `files` are others below segmentation/."""
    found = Company(root=root)
    schemes = {f"customer_{name}": text for name, text in SCHEMES.items()}
    for name, text in (schemes | files).items():
        found = found.configure(f"segmentation/{name}.yml", text=text)
    return found.open()


class EdgeCaseNights(Nights):
    """Nights of customers with features; what a customer does not say is as usual."""

    source_day: Any = None
    xref: tuple[tuple[str, str], ...] | list[tuple[str, str]] = ()

    def _fill(self, revenues: Mapping[str, Any]) -> None:
        super()._fill({})
        create_by_contract(self.connection, "control.source_freshness")
        create_by_contract(self.connection, "golden.golden_xref")
        for golden_id, source_key in self.xref:
            self.connection.execute(
                "insert into golden.golden_xref values "
                "('customer', 'erp', ?, ?, 'own key', 1, date '2020-01-01', null)",
                [source_key, golden_id],
            )
        if self.source_day is not None:
            self.connection.execute(
                "insert into control.source_freshness (system, extract, delivery_mode, "
                "watermark_date, is_provisional, is_outpaced, is_stale) "
                "values ('erp', 'orders', 'batch', ?, false, false, false)",
                [self.source_day],
            )
        for customer, stated in revenues.items():
            values = {**USUAL, **stated}
            self.connection.execute(
                "insert into golden.golden_customer (customer_id) values (?)", [customer]
            )
            marks = ", ".join("?" * (len(values) + 1))
            self.connection.execute(
                f"insert into features.feat_customer_value (customer_id, {', '.join(values)}) "
                f"values ({marks})",
                [customer, *values.values()],
            )

    def found(self, table: str, columns: str, condition: str = "true") -> list[tuple[Any, ...]]:
        """Return some columns of a table of tonight, sorted."""
        query = f"select {columns} from {table} where {condition} order by all"
        return self.connection.execute(query).fetchall()
