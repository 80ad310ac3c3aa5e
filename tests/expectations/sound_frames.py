"""A sound frame of twenty rows for each table that has a suite, with the columns under test."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pyarrow as pa

ROW_COUNT = 20
MONEY = pa.decimal128(18, 4)
RATE = pa.decimal128(18, 8)

DAYS = [date(2026, 1, 1) + timedelta(days=day) for day in range(ROW_COUNT)]
UNITS = pa.array([Decimal(row + 1) for row in range(ROW_COUNT)], MONEY)
NUMBERS = [float(row + 1) for row in range(ROW_COUNT)]


def named(prefix: str) -> list[str]:
    """Return as many different names as there are rows."""
    return [f"{prefix} {row}" for row in range(ROW_COUNT)]


def one(value: Any) -> list[Any]:
    """Return the same value for all rows."""
    return [value] * ROW_COUNT


SOUND_FRAMES: dict[str, pa.Table] = {
    "raw.customers": pa.table({"customer_id": named("K"), "customer_name": named("Customer")}),
    "raw.products": pa.table({"product_id": named("P"), "product_name": named("Product")}),
    "raw.order_lines": pa.table(
        {
            "transaction_type": ["return", *["sale"] * (ROW_COUNT - 1)],
            "is_cancelled": [True, *[False] * (ROW_COUNT - 1)],
            "quantity_units": UNITS,
            "net_amount": UNITS,
            "order_date": DAYS,
            "currency_code": one("eur "),
        }
    ),
    "raw.inventory_snapshots": pa.table({"on_hand_units": UNITS, "snapshot_date": DAYS}),
    "raw.purchase_order_lines": pa.table(
        {"ordered_units": UNITS, "is_cancelled": one(False), "order_date": DAYS}
    ),
    "raw.receipts": pa.table({"received_units": UNITS, "receipt_date": DAYS}),
    "raw.unit_conversions": pa.table(
        {
            "product_id": named("P"),
            "unit_code": one("KAR"),
            "numerator": pa.array(one(Decimal("12")), RATE),
        }
    ),
    "raw.fx_rates": pa.table(
        {
            "rate": pa.array(one(Decimal("1.08")), RATE),
            "from_currency_code": one("USD"),
            "to_currency_code": one("EUR"),
            "rate_date": DAYS,
        }
    ),
    "features.feat_item_value": pa.table(
        {
            "order_line_count_12m": list(range(ROW_COUNT)),
            "customer_count_12m": list(range(ROW_COUNT)),
            "sold_units_12m": UNITS,
            "returned_units_12m": UNITS,
            "revenue_12m_amount": UNITS,
        }
    ),
    "features.feat_demand_profile": pa.table(
        {
            "history_weeks_count": list(range(ROW_COUNT)),
            "demand_weeks_count": list(range(ROW_COUNT)),
            "adi_ratio": [None, *NUMBERS[1:]],
            "weekly_mean_units": NUMBERS,
            "syntetos_boylan_class": ["undefined", *["smooth"] * (ROW_COUNT - 1)],
            "xyz_class": ["undefined", *["X"] * (ROW_COUNT - 1)],
        }
    ),
    "segments.segment_assignment": pa.table(
        {
            "segment_id": ["A", *["B"] * (ROW_COUNT - 1)],
            "rule_id": one("top_share"),
            "as_of_date": one(DAYS[0]),
        }
    ),
    "policies.policy_safety_stock": pa.table(
        {
            "target_rate": [None, *[0.98] * (ROW_COUNT - 1)],
            "safety_stock_units": [None, -0.5, *NUMBERS[2:]],
            "protection_sd_units": NUMBERS,
            "lead_time_mean_days": NUMBERS,
        }
    ),
    "policies.policy_reorder": pa.table(
        {
            "reorder_point_units": NUMBERS,
            "suggested_order_units": NUMBERS,
            "is_below_reorder_point": [False, *[True] * (ROW_COUNT - 1)],
        }
    ),
}


def spoiled(table: str, columns: dict[str, list[Any]]) -> pa.Table:
    """Return the sound frame of a table with the values of some columns replaced."""
    frame = SOUND_FRAMES[table]
    for name, values in columns.items():
        field = frame.schema.field(name)
        position = frame.schema.get_field_index(name)
        frame = frame.set_column(position, field, pa.array(values, field.type))
    return frame
