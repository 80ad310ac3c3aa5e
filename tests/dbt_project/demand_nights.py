"""A year and some of three products whose demand is known to the unit.

P1 sells twice the usual in one promotion, P2 runs out of stock for two weeks, P3 has a project
order beside its usual ones, and returns. Weeks begin on Monday; goods are ordered on Tuesday for
Thursday.
"""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import duckdb

from orchestration.demand.cleansing import TABLE, adjustments
from tests.dbt_project.dbt_run import WORKING, run_dbt
from tests.dbt_project.delivered_nights import NORTH, Delivery, Rows
from workspace.warehouse import write_by_contract

MONDAY = date(2025, 1, 6)
WEEKS = 64
LATER, EARLIER = MONDAY + timedelta(weeks=WEEKS, days=1), MONDAY + timedelta(weeks=52, days=2)
PROMOTED, SHORT, EMPTY, PROJECT = 40, 46, 47, 30
SHELF = 60  # units of P2, more than a week sells
SEASONING = (0, 3, -2, 1, -1, 2, -3)
# What happened on which day, by entity: an extract as of a day holds what lies before.
HAPPENED = {
    "order_lines": "order_date",
    "inventory_snapshots": "snapshot_date",
    "purchase_order_lines": "order_date",
    "receipts": "receipt_date",
    "promotions": "start_date",
}


def day(week: int, weekday: int = 0) -> date:
    """Return a day of a week; both count from 0."""
    return MONDAY + timedelta(weeks=week, days=weekday)


def usual(week: int, product: int) -> int:
    """Return the units that would be asked for."""
    return 40 + SEASONING[(week + product) % 7]


def sold(week: int, product: int) -> int:
    """Return the units that are ordered, but for projects."""
    if product == 2 and week in {SHORT, EMPTY}:
        return 25 if week == SHORT else 0
    return usual(week, product) * (2 if product == 1 and week == PROMOTED else 1)


def rows() -> dict[str, Rows]:
    """Return all that happened, by entity."""
    products = [{"product_id": f"P{n}", "product_name": f"Part {n}"} for n in (1, 2, 3)]
    return {
        **{name: NORTH[name] for name in ("customers", "sites", "suppliers")},
        "products": products,
        "order_lines": [*_usual_lines(), *_odd_lines()],
        "inventory_snapshots": [
            {
                "storage_location_id": "A",
                "product_id": "P2",
                "on_hand_units": SHELF,
                "snapshot_date": day(week, 6),
            }
            for week in range(3, WEEKS, 4)
        ],
        "purchase_order_lines": [
            {
                "purchase_order_id": "B1",
                "product_id": "P2",
                "ordered_units": 9_999,
                "order_date": MONDAY,
            }
        ],
        "receipts": [
            {
                "purchase_order_id": "B1",
                "receipt_number": f"{week}",
                "receipt_date": day(week, 4),
                "received_units": _received(week),
            }
            for week in range(WEEKS)
        ],
        "promotions": [
            {
                "promotion_id": "SUMMER",
                "line_number": "1",
                "promotion_kind": "Price",
                "product_id": "P1",
                "start_date": day(PROMOTED),
                "end_date": day(PROMOTED, 6),
            },
            {
                "promotion_id": "NEXT",
                "line_number": "1",
                "start_date": day(WEEKS + 1),
                "end_date": day(WEEKS + 1, 6),
            },
        ],
    }


def known_on(
    business_date: date, changed: Mapping[str, Rows] | None = None, *, cut: bool = False
) -> Delivery:
    """Return the night of a date: of all that was delivered, or of what had happened by then.

    Entities in `changed` hold other rows.
    """
    entities: Mapping[str, Rows] = {**rows(), **(changed or {})}
    if cut:
        entities = {
            name: [row for row in found if _happened(name, row) <= business_date]
            for name, found in entities.items()
        }
    return Delivery(business_date=business_date, rows={"north": entities, "south": {}})


def cleanse(file: Path) -> None:
    """Adjust the demand of a night that dbt has built, and build it on, in its own file."""
    working = file.with_name(WORKING)
    shutil.copy(file, working)
    with duckdb.connect(str(working)) as connection:
        write_by_contract(connection, TABLE, adjustments(connection), is_sorted=True)
    done = run_dbt(
        working,
        "build",
        "--select",
        "+demand_cleansed,tag:after_cleansing",
        "--exclude-resource-type",
        "unit_test",
    )
    assert done.has_passed, done.log
    shutil.copy(working, file)


def _happened(entity: str, row: Mapping[str, Any]) -> date:
    return row[HAPPENED[entity]] if entity in HAPPENED else MONDAY


def _usual_lines() -> Rows:
    return [
        {
            "order_id": f"O{week}-{product}",
            "line_number": "1",
            "product_id": f"P{product}",
            "order_date": day(week, 1),
            "requested_date": day(week, 3),
            "quantity_units": sold(week, product),
            "net_amount": 10,
        }
        for week in range(WEEKS)
        for product in (1, 2, 3)
        if sold(week, product)
    ]


def _odd_lines() -> Rows:
    project = {"line_number": "1", "product_id": "P3", "net_amount": 10}
    back = {**project, "transaction_type": "return", "original_line_number": "1"}
    return [
        {
            **project,
            "order_id": "PROJECT",
            "order_date": day(PROJECT),
            "requested_date": day(PROJECT, 2),
            "quantity_units": 500,
            "demand_kind": "project",
        },
        {
            **back,
            "order_id": "R1",
            "order_date": day(PROJECT + 5),
            "quantity_units": 100,
            "original_order_id": "PROJECT",
        },
        {
            **back,
            "order_id": "R2",
            "order_date": day(54),
            "quantity_units": 4,
            "original_order_id": "O50-3",
        },
    ]


def _received(week: int) -> int:
    """Refill the shelf each week, but for those in which P2 runs out."""
    if week == SHORT - 1:
        return sold(week, 2) - SHELF + sold(SHORT, 2)
    return {SHORT: 0, EMPTY: SHELF}.get(week, sold(week, 2))
