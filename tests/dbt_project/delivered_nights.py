"""Two small nights by hand: what two ERPs deliver, landed in real DuckDB as ingest lands it.

North is trusted more than south. They share one customer (tax number), one product (GTIN) and one
supplier (D-U-N-S number), each written differently; all else they know alone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import duckdb

from tests.dbt_project.delivered_calendars import land_books, land_calendars
from tests.dbt_project.delivered_prior import land_prior
from workspace.config.hierarchy_file import HierarchyFile
from workspace.config.outside_data import PointOfSaleSettings, SignalSettings
from workspace.config.supply_file import DeliverySettings
from workspace.config.survivorship_file import SurvivorshipFile
from workspace.config.value_settings import CustomerValueSettings, MarginSettings
from workspace.hierarchy_tables import land_hierarchy_settings
from workspace.ingest.units import MEASURED, resolve_units, stated_by
from workspace.ledger.landing import land_decisions
from workspace.outside_tables import land_outside_settings
from workspace.supply_settings import land_supply_settings
from workspace.survivorship import land_survivorship
from workspace.value_tables import land_value_settings
from workspace.warehouse import create_by_contract
from workspace.yaml_file import read_yaml

Rows = Sequence[Mapping[str, Any]]

ENTITIES = Path(__file__).parents[2] / "workspace" / "entities"
VALUE = (CustomerValueSettings(), MarginSettings())
TYPES = {
    "text": "varchar",
    "integer": "bigint",
    "decimal": "decimal(18,4)",
    "rate": "decimal(18,8)",
    "date": "date",
    "boolean": "boolean",
    "timestamp": "timestamp",
}
ORIGIN = {"_system": "varchar", "_namespace": "varchar", "_file": "varchar", "_record": "bigint"}

NORTH: dict[str, Rows] = {
    "customers": [
        {"customer_id": "C1", "customer_name": "Acme", "tax_number": "DE 811 569", "city": None},
        {"customer_id": "C2", "customer_name": "Bolt"},
    ],
    "products": [
        {
            "product_id": "P1",
            "product_name": "Hinge",
            "gtin": "4006381333931",
            "standard_cost_amount": 30,
            "currency_code": "EUR",
            "hierarchy_node_id": "METAL",
        },
        {"product_id": "P2", "product_name": "Lamp", "hierarchy_node_id": "LIGHT"},
    ],
    "product_hierarchy": [
        {"view_name": "sales", "node_id": "ALL", "node_name": "All"},
        {"view_name": "sales", "node_id": "METAL", "node_name": "Metal", "parent_node_id": "ALL"},
        {"view_name": "sales", "node_id": "LIGHT", "node_name": "Light", "parent_node_id": "ALL"},
    ],
    "sites": [{"site_id": "MAIN", "site_name": "Main warehouse"}],
    "suppliers": [{"supplier_id": "V1", "supplier_name": "Ore", "duns_number": "07-146-1500"}],
    "supplier_products": [
        {
            "supplier_id": "V1",
            "product_id": "P1",
            "planned_lead_time_days": 20,
            "minimum_order_units": 12,
            "purchase_price_amount": 25,
            "currency_code": "EUR",
            "is_preferred": True,
        }
    ],
    "order_lines": [
        {"line_number": "1", "product_id": "P1", "quantity_units": 2, "net_amount": 100},
        {"line_number": "2", "product_id": "P2", "quantity_units": 1, "net_amount": 50},
        {
            "line_number": "3",
            "product_id": "P1",
            "quantity_units": 1,
            "net_amount": 50,
            "transaction_type": "return",
        },
    ],
    "inventory_snapshots": [
        {"storage_location_id": "A", "product_id": "P1", "on_hand_units": 7},
        {"storage_location_id": "B", "product_id": "P1", "on_hand_units": 4},
        {"storage_location_id": "A", "product_id": "P1", "snapshot_date": date(2026, 3, 1)}
        | {"on_hand_units": 99},
    ],
    "purchase_order_lines": [
        {"purchase_order_id": "B1", "ordered_units": 100, "order_date": date(2026, 3, 1)}
    ],
    "receipts": [
        {"purchase_order_id": "B1", "receipt_date": date(2026, 3, 21), "received_units": 40}
    ],
}

SOUTH: dict[str, Rows] = {
    "customers": [
        {"customer_id": "K9", "customer_name": "ACME Ltd", "tax_number": "de811569", "city": "Ulm"},
    ],
    "products": [
        {"product_id": "Q1", "product_name": "Hinge, steel", "gtin": "04006381333931"},
    ],
    "sites": [{"site_id": "MAIN", "site_name": "South store"}],
    "suppliers": [{"supplier_id": "W1", "supplier_name": "Ore Inc", "duns_number": "71461500"}],
    "order_lines": [
        {
            "line_number": "1",
            "customer_id": "K9",
            "product_id": "Q1",
            "quantity_units": 10,
            "net_amount": 1000,
            "cost_amount": 400,
            "currency_code": "USD",
        },
        {
            "line_number": "2",
            "customer_id": "K9",
            "product_id": "Q1",
            "quantity_units": 5,
            "net_amount": 500,
            "currency_code": "USD",
            "is_cancelled": True,
        },
    ],
    "inventory_snapshots": [
        {"storage_location_id": "A", "product_id": "Q1", "on_hand_units": 3},
    ],
}

# What a row holds unless it says otherwise.
USUAL: dict[str, dict[str, Any]] = {
    "order_lines": {
        "order_id": "O1",
        "transaction_type": "sale",
        "customer_id": "C1",
        "site_id": "MAIN",
        "order_date": date(2026, 3, 10),
        "currency_code": "EUR",
        "is_cancelled": False,
    },
    "inventory_snapshots": {"site_id": "MAIN", "snapshot_date": date(2026, 3, 30)},
    "purchase_order_lines": {
        "line_number": "1",
        "supplier_id": "V1",
        "product_id": "P1",
        "site_id": "MAIN",
        "due_date": date(2026, 3, 20),
        "is_cancelled": False,
    },
    "receipts": {"line_number": "1", "receipt_number": "1"},
}

_TO_EURO = {"from_currency_code": "USD", "to_currency_code": "EUR"}
RATES: Rows = [
    {**_TO_EURO, "rate_date": date(2026, 1, 1), "rate": 0.9},
    {**_TO_EURO, "rate_date": date(2026, 3, 15), "rate": 0.5},
]


@dataclass(frozen=True, kw_only=True)
class Delivery:
    """What one night receives: rows by system and entity, and the trust in each system."""

    business_date: date = date(2026, 3, 31)
    priority: Mapping[str, int] = field(default_factory=lambda: {"north": 1, "south": 2})
    signals: SignalSettings = field(default_factory=SignalSettings)
    point_of_sale: PointOfSaleSettings = field(default_factory=PointOfSaleSettings)
    hierarchies: HierarchyFile = field(default_factory=HierarchyFile)
    survivorship: SurvivorshipFile = field(default_factory=SurvivorshipFile)
    deliveries: DeliverySettings = field(default_factory=DeliverySettings)
    value: tuple[CustomerValueSettings, MarginSettings] = VALUE
    rows: Mapping[str, Mapping[str, Rows]] = field(
        default_factory=lambda: {"north": NORTH, "south": SOUTH, "rates": {"fx_rates": RATES}}
    )


def land(file: Path, delivery: Delivery, previous: Path | None = None) -> None:
    """Create raw, night and prior in a new DuckDB file; prior from a built file, else empty."""
    file.unlink(missing_ok=True)
    with duckdb.connect(str(file)) as connection:
        for schema in ("raw", "night", "prior", "control", "golden"):
            connection.execute(f"create schema {schema}")
        _land_raw(connection, delivery.rows)
        _land_night(connection, delivery)
        land_outside_settings(connection, delivery.signals, delivery.point_of_sale)
        land_hierarchy_settings(connection, delivery.hierarchies)
        land_survivorship(connection, delivery.survivorship)
        land_supply_settings(connection, delivery.deliveries)
        land_value_settings(connection, *delivery.value)
        land_decisions(connection)
        for computed in ("features.int_demand_adjustments", "features.int_order_line_costs"):
            create_by_contract(connection, computed)
        land_calendars(connection, list(delivery.priority), delivery.business_date)
        land_books(connection)
        land_prior(connection, previous)
        _land_units(connection)


def _land_raw(
    connection: duckdb.DuckDBPyConnection, rows: Mapping[str, Mapping[str, Rows]]
) -> None:
    for path in sorted(ENTITIES.glob("*.yml")):
        entity = read_yaml(path).value
        name = entity["entity"]
        types = {key: TYPES[value["type"]] for key, value in entity["columns"].items()} | ORIGIN
        columns = ", ".join(f"{column} {type_}" for column, type_ in types.items())
        connection.execute(f"create table raw.{name} ({columns})")
        for system, entities in rows.items():
            origin = {"_system": system, "_namespace": system, "_file": f"{system}-{name}"}
            for record, row in enumerate(entities.get(name, []), start=1):
                full = USUAL.get(name, {}) | dict(row) | origin | {"_record": record}
                marks = ", ".join("?" for _ in full)
                connection.execute(
                    f"insert into raw.{name} ({', '.join(full)}) values ({marks})",
                    list(full.values()),
                )


def _land_night(connection: duckdb.DuckDBPyConnection, delivery: Delivery) -> None:
    connection.execute(
        "create table night.parameters as select cast(? as date) as business_date,"
        " 'EUR' as reporting_currency_code, 1::integer as week_starts_on, 'code' as code_sha256,"
        " 1::integer as minimum_receipts, 'leading_zeros_trimmed' as adi_definition",
        [delivery.business_date],
    )
    connection.execute("create table night.systems (system text, kind text, priority integer)")
    systems = [(system, "erp", priority) for system, priority in delivery.priority.items()]
    connection.executemany("insert into night.systems values (?, ?, ?)", systems)


def _land_units(connection: duckdb.DuckDBPyConnection) -> None:
    """Resolve units as ingest does, where every quantity may state one."""
    resolve_units(connection, [stated_by(entity) for entity in MEASURED])
    for table, found in {
        "uom_conversion": "conversions_found",
        "int_unit_codes_resolved": "unit_codes_found",
    }.items():
        connection.execute(f"create table golden.{table} as select * from control.{found}")
