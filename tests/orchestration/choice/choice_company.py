"""The tables that a choice of scheme reads, of a company whose ways are planted.

Customers decide how soon they want goods and what serving them costs; products how much a line
differs from the usual.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa

BUSINESS_DATE = date(2026, 6, 30)
ITEMS, CUSTOMERS, LINES, WEEKS = 60, 40, 1_500, 130
LOSS_MAKER, UNPROVEN = 3, (7, 11)
Columns = Mapping[str, object]


def lay_out(file: Path, *, is_empty: bool = False) -> duckdb.DuckDBPyConnection:
    """Create the tables in a new database; without rows, but for the night's date, if empty."""
    connection = duckdb.connect(str(file))
    for schema in ("night", "golden", "facts", "features", "staging", "policies"):
        connection.execute(f"create schema {schema}")
    connection.execute(
        f"create table night.parameters as select date '{BUSINESS_DATE}' as business_date"
    )
    drawn = np.random.default_rng(5)
    for name, columns in {**_lines(drawn), **_items(drawn)}.items():
        connection.register("given", pa.table(columns))
        which = "where false" if is_empty else ""
        connection.execute(f"create table {name} as select * from given {which}")
        connection.unregister("given")
    return connection


def _lines(drawn: np.random.Generator) -> dict[str, Columns]:
    ids = [f"n:{n}:1" for n in range(LINES)]
    customer, product = drawn.integers(0, CUSTOMERS, LINES), drawn.integers(0, ITEMS, LINES)
    days = drawn.integers(0, 5, CUSTOMERS)[customer]
    spread = drawn.uniform(0.05, 1.2, ITEMS)[product]
    units = np.exp(drawn.normal(2, 1, ITEMS)[product] + spread * drawn.normal(size=LINES))
    named = {
        "customer_id": [f"c{n}" for n in customer],
        "product_id": [f"p{n:02}" for n in product],
        "site_id": ["s"] * LINES,
    }
    ago = drawn.integers(0, 360, LINES).tolist()
    return {
        "facts.fct_order_line": {
            "order_line_id": ids,
            "namespace": ["n"] * LINES,
            "order_id": ids,
            **named,
            "business_unit": ["islands" if n % 4 == 0 else None for n in customer],
            "transaction_type": ["sale"] * LINES,
            "demand_kind": ["regular"] * LINES,
            "is_cancelled": [False] * LINES,
            "order_date": [BUSINESS_DATE - timedelta(days=n) for n in ago],
            "quantity_units": units,
            "revenue_amount": units * 10,
            "margin_amount": units * 3,
        },
        "features.int_customer_requests": {"order_line_id": ids, "calendar_days": days},
        "features.feat_cost_to_serve": {
            "order_line_id": ids,
            "standard_cost_to_serve_amount": 5 + 3.0 * days + drawn.random(LINES),
        },
        "facts.int_contracts_resolved": {
            "customer_id": ["c1", "c2", "c2"],
            "product_id": [None, None, "p01"],
            "promised_lead_time_days": [4, None, 2],
            "promised_lead_time_business_days": [None, 5, None],
            "is_in_force": [True, True, True],
        },
        "staging.stg_order_lines": {
            "record_key": ids,
            "order_channel": ["manual" if n % 3 == 0 else "edi" for n in customer],
            "handling_code": pa.nulls(LINES, pa.string()),
        },
        "staging.stg_shipment_lines": {"order_line_id": ids[:5], "shipment_id": list("abcde")},
        "facts.int_customer_channel": {
            "customer_id": [f"c{n}" for n in range(CUSTOMERS)],
            "sales_channel_id": [f"group {n % 3}" for n in range(CUSTOMERS)],
        },
        "golden.golden_product": {
            "product_id": [f"p{n:02}" for n in range(ITEMS)],
            "product_line": [f"line {n % 4}" for n in range(ITEMS)],
        },
    }


def _items(drawn: np.random.Generator) -> dict[str, Columns]:
    keys = {"product_id": [f"p{n:02}" for n in range(ITEMS)], "site_id": ["s"] * ITEMS}
    weekly, cost = drawn.lognormal(2, 1, ITEMS), drawn.lognormal(2, 0.8, ITEMS)
    weekly[LOSS_MAKER] = 500
    margin = cost * drawn.uniform(0.1, 0.8, ITEMS)
    margin[LOSS_MAKER] = -1
    provenance = np.array(["actual", "standard", "allocated"])[np.arange(ITEMS) % 3]
    provenance[list(UNPROVEN)] = "estimated"
    first = BUSINESS_DATE - timedelta(days=1 + 7 * WEEKS)  # a Monday
    demand = drawn.poisson(weekly[:, np.newaxis] * drawn.gamma(2, 0.5, (ITEMS, WEEKS)))
    items, weeks = np.nonzero(demand)
    return {
        "features.feat_item_value": {
            **keys,
            "revenue_12m_amount": weekly * 52 * (cost + margin),
            "sold_units_12m": weekly * 52,
            "returned_units_12m": np.zeros(ITEMS),
        },
        "features.feat_margin_quality": {
            **keys,
            "graded_margin_12m_amount": weekly * 52 * margin,
            "margin_provenance": provenance,
            "unit_contribution_amount": margin,
        },
        "features.feat_demand_profile": {
            **keys,
            "weekly_mean_units": demand.mean(axis=1),
            "weekly_sd_units": demand.std(axis=1, ddof=1),
            "first_demand_week_date": [first] * ITEMS,
        },
        "features.feat_supply_profile": {
            **keys,
            "lead_time_mean_days": drawn.uniform(5, 30, ITEMS),
            "lead_time_sd_days": drawn.uniform(0, 5, ITEMS),
            "minimum_order_units": [None if n % 2 else 10.0 for n in range(ITEMS)],
            "order_multiple_units": pa.nulls(ITEMS, pa.float64()),
            "source_hhi_ratio": drawn.uniform(0.3, 1, ITEMS),
            "otif_rate": drawn.uniform(0.6, 1, ITEMS),
            "geo_risk_ratio": pa.nulls(ITEMS, pa.float64()),
        },
        "facts.fct_stock": {**keys, "unit_cost_amount": cost},
        "features.int_components": {"product_id": ["p09"], "component_product_id": ["p01"]},
        "policies.policy_safety_stock": {
            **keys,
            "target_rate": [None if n == 0 else 0.95 for n in range(ITEMS)],
        },
        "facts.fct_demand_weekly": {
            "product_id": [f"p{n:02}" for n in items],
            "site_id": ["s"] * len(items),
            "week_start_date": [first + timedelta(weeks=int(week)) for week in weeks],
            "demand_units": demand[items, weeks].astype(float),
        },
    }
