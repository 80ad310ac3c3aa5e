"""Supply by hand: what five products are ordered from three suppliers, and what is known of risk.

Goods are ordered on Mondays. P1 comes from V alone; P2 from V and W, from W alone from April on; P3
is ordered from a trader and made by W; P4 was never ordered; P5 is made of P3 and P4.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb

from models.supply.geography import INDICES
from orchestration.supply import PROFILE, RISK, profile_supply, score_geography
from tests.dbt_project.conftest import Builder
from tests.dbt_project.delivered_nights import NORTH, Delivery, Rows
from workspace.config.supply_file import SupplyFile
from workspace.warehouse import write_by_contract

MARCH, APRIL = date(2026, 3, 31), date(2026, 4, 30)
TABLES = (
    *("--select", "+int_item_sources", "+int_supply_portions", "+int_delivery_lines"),
    *("+int_source_purchases", "+int_components", "+fct_external_signal", "+golden_product"),
    "+golden_supplier",
    *("--exclude-resource-type", "unit_test", "test"),
)
SETTINGS = SupplyFile.model_validate(
    {
        "geography": {"regions": {"Europe": ["DE", "SE"]}},
        "geo_risk": {"minimum_lines": 2},
    }
)
# Product, supplier, maker, Monday of the order, days until it came (None: still open), units.
ORDERS: Sequence[tuple[str, str, str | None, date, int | None, int]] = [
    ("P1", "V", None, date(2026, 1, 5), 10, 10),
    ("P1", "V", None, date(2026, 1, 12), 17, 10),
    ("P1", "V", None, date(2026, 1, 19), 30, 10),
    ("P2", "V", None, date(2026, 1, 5), 14, 30),
    ("P2", "V", None, date(2026, 1, 12), 16, 30),
    ("P2", "W", None, date(2026, 1, 19), 40, 20),
    ("P2", "W", None, date(2026, 1, 26), 44, 20),
    ("P3", "T", "W", date(2026, 1, 5), 50, 10),
    ("P3", "T", "W", date(2026, 1, 12), 60, 10),
]
CANCELLED = ("P1", "V", None, date(2026, 1, 26), 1, 10)
OVERDUE = ("P1", "V", None, date(2026, 1, 19), None, 10)


def ordered(orders: Sequence[tuple[Any, ...]], cancelled: Sequence[int] = ()) -> dict[str, Rows]:
    lines, receipts = [], []
    for number, (product, supplier, maker, day, days, units) in enumerate(orders):
        order = {"purchase_order_id": f"B{number}"}
        lines.append(
            {
                **order,
                "product_id": product,
                "supplier_id": supplier,
                "source_supplier_id": maker,
                "order_date": day,
                "due_date": day + timedelta(days=20),
                "ordered_units": units,
                "is_cancelled": number in cancelled,
            }
        )
        if days is not None:
            came = day + timedelta(days=days)
            receipts.append({**order, "receipt_date": came, "received_units": units})
    return {"purchase_order_lines": lines, "receipts": receipts}


def signal(name: str, place: str, value: float, published: date) -> dict[str, Any]:
    return {
        "signal_name": name,
        "subject_type": "country" if len(place) == 2 else "region",
        "subject_key": place,
        "signal_value": value,
        "value_date": published,
        "published_at": datetime.combine(published, datetime.min.time()),
    }


OLD, NEW = date(2026, 2, 10), date(2026, 4, 15)
SIGNALS = [
    *(signal(name, "Europe", 0.4, OLD) for name in ("hazard", "duty", "regional_stability")),
    signal("hazard", "DE", 0.2, OLD),
    signal("hazard", "DE", 0.9, NEW),
    signal("import_complexity", "world", 0.5, OLD),
]


def delivered(business_date: date, orders: dict[str, Rows], signals: Rows = SIGNALS) -> Delivery:
    """Everything that is delivered, whatever the day: a backfill has it all."""
    companies = {"V": "DE", "W": "SE", "T": "CN"}
    products = [{"product_id": f"P{n}", "product_name": f"Part {n}"} for n in range(1, 6)]
    bill = {"parent_product_id": "P5", "quantity_per_units": 2}
    listed = {"planned_lead_time_days": 33}
    rows = {
        **{name: NORTH[name] for name in ("customers", "sites")},
        "products": products,
        "suppliers": [
            {"supplier_id": key, "supplier_name": f"Supplier {key}", "country_code": country}
            for key, country in companies.items()
        ],
        "supplier_products": [
            {**listed, "supplier_id": "V", "product_id": "P2", "valid_to": date(2026, 4, 1)},
            {**listed, "supplier_id": "W", "product_id": "P2"},
            {**listed, "supplier_id": "V", "product_id": "P4"},
        ],
        "inventory_snapshots": [
            {"storage_location_id": "A", "product_id": f"P{n}", "on_hand_units": 1}
            for n in range(1, 6)
        ],
        "bill_of_materials": [
            {**bill, "component_product_id": "P3"},
            {**bill, "component_product_id": "P4"},
        ],
        "external_signals": signals,
        **orders,
    }
    return Delivery(business_date=business_date, rows={"north": rows, "south": {}})


@dataclass(frozen=True, kw_only=True)
class Measured:
    """The supply tables of a night, by product code and by place."""

    file: Path
    profile: dict[str, dict[str, Any]]
    risks: list[dict[str, Any]]

    def risk_on(self, day: date) -> dict[str, tuple[Any, ...]]:
        """Return what a past day reads: score, grade and contributions by place."""
        shares = [f"{name}_share_ratio" for name in INDICES]
        return {
            row["geography_key"]: tuple(row[c] for c in ("score_ratio", "score_grade", *shares))
            for row in self.risks
            if row["valid_from"] <= day and (row["valid_to"] is None or day < row["valid_to"])
        }


def measured(builder: Builder, delivery: Delivery, previous: Path | None = None) -> Measured:
    night = builder.build(delivery, *TABLES, previous=previous)
    assert night.has_passed, night.log
    with duckdb.connect(str(night.file)) as connection:
        write_by_contract(connection, RISK, score_geography(connection, SETTINGS))
        connection.execute("update night.parameters set minimum_receipts = 2")
        write_by_contract(connection, PROFILE, profile_supply(connection, SETTINGS))
        profile = connection.sql(
            f"select g.product_code, p.* from {PROFILE} as p "
            "join golden.golden_product as g using (product_id)"
        ).pl()
        names = dict(
            connection.sql(
                "select supplier_id, supplier_code from golden.golden_supplier"
            ).fetchall()
        )
        risks = connection.sql(f"select * from {RISK}").pl().to_dicts()
    rows = {row["product_code"]: row for row in profile.to_dicts()}
    for row in rows.values():
        row |= {key: names.get(row[key]) for key in ("supplier_id", "source_supplier_id")}
    return Measured(file=night.file, profile=rows, risks=risks)
