"""University against Memorial, from delivered orders and pools to the whale curve.

The published case of two hospitals that buy the same for the same price: one orders by EDI, the
other by hand, and has more delivered more often.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from orchestration.costing.allocation import ALLOCATION, LINE_COSTS, allocate_pools, cost_lines
from orchestration.costing.cost_truth import reconciled
from tests.dbt_project.conftest import Builder
from tests.dbt_project.dbt_run import WORKING, run_dbt
from tests.dbt_project.delivered_nights import NORTH, Delivery, Rows
from workspace.costing import read_costing
from workspace.warehouse import write_by_contract

# Cost, capacity, the unit it is counted in, and the time equation.
POOLS = {
    "delivery": (420_000, 5_000, "deliveries", "shipments"),
    "manual_order": (
        624_000,
        8_000,
        "orders",
        "case when order_channel = 'manual' then orders end",
    ),
    "edi_order": (170_000, 10_000, "orders", "case when order_channel = 'edi' then orders end"),
    "line": (675_000, 450_000, "lines", "sales_lines"),
}
# Deliveries, orders and how they come in, and lines.
HOSPITALS = {"University": (16, 18, "edi", 190), "Memorial": (28, 49, "manual", 210)}
REVENUE, COST_OF_GOODS = 40_660, 38_000
MONTH = date(2026, 2, 1)
CHARGE = {"leg_date": MONTH, "freight_amount": 30, "currency_code": "EUR"}
PLAIN = ("--exclude-resource-type", "unit_test", "test")
SERVED = ("feat_cost_to_serve", "feat_customer_cost_to_serve", "whale_curve")


def shared(amount: int, number: int) -> list[int]:
    """Divide an amount into whole parts that add up to it."""
    return [amount * (n + 1) // number - amount * n // number for n in range(number)]


def bought(name: str) -> tuple[Rows, Rows]:
    """Return the order lines and the shipment lines of a hospital."""
    deliveries, orders, channel, lines = HOSPITALS[name]
    amounts, costs = shared(REVENUE, lines), shared(COST_OF_GOODS, lines)
    key = {"customer_id": name, "product_id": "P1", "order_date": MONTH, "quantity_units": 1}
    ordered = [
        {
            **key,
            "order_id": f"{name}-{n % orders}",
            "line_number": f"{n}",
            "net_amount": amounts[n],
            "cost_amount": costs[n],
            "order_channel": channel,
        }
        for n in range(lines)
    ]
    shipped = [
        {
            "shipment_id": f"{name}-{n % deliveries}",
            "line_number": f"{n}",
            "transaction_type": "sale",
            "order_id": line["order_id"],
            "order_line_number": f"{n}",
            "product_id": "P1",
            "site_id": "MAIN",
            "shipped_date": MONTH,
            "shipped_units": 1,
        }
        for n, line in enumerate(ordered)
    ]
    return ordered, shipped


def delivered() -> Delivery:
    of_both = [bought(name) for name in HOSPITALS]
    rows = {
        **{name: NORTH[name] for name in ("sites", "suppliers", "products")},
        "customers": [{"customer_id": name, "customer_name": name} for name in HOSPITALS],
        "order_lines": [line for ordered, _ in of_both for line in ordered],
        "shipment_lines": [line for _, shipped in of_both for line in shipped],
        "transport_legs": [
            # nobody has agreed to charge them: the published case knows no freight
            {"leg_id": "T1", "order_id": "Memorial-0", **CHARGE},
            {"leg_id": "T2", "order_id": "nobody's", **CHARGE},
        ],
        "cost_pools": [
            {
                "pool_id": name,
                "month_date": MONTH,
                "cost_amount": cost,
                "currency_code": "EUR",
                "practical_capacity_units": capacity,
                "capacity_unit": unit,
            }
            for name, (cost, capacity, unit, _) in POOLS.items()
        ],
    }
    return Delivery(rows={"north": rows, "south": {}})


def agreed() -> str:
    return "activities:\n" + "".join(
        f"""\
  {name}:
    title: {name}
    pool: {name}
    unit: {unit}
    element: {"handling" if name in {"delivery", "line"} else "order_processing"}
    driver: {unit}
    equation: {equation}
    approver: controlling
    approved: 2026-01-01
"""
        for name, (_, _, unit, equation) in POOLS.items()
    )


@pytest.fixture(scope="module")
def served(
    builder: Builder, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[duckdb.DuckDBPyConnection]:
    folder = tmp_path_factory.mktemp("hospitals")
    night = builder.build(
        delivered(), "--select", "+int_order_line_work", "+int_customer_order_lines", *PLAIN
    )
    assert night.has_passed, night.log
    file = folder / WORKING
    shutil.copy(night.file, file)
    cost(file, folder)
    done = run_dbt(file, "build", "--select", *SERVED, "--exclude-resource-type", "unit_test")
    assert done.has_passed, done.log
    with duckdb.connect(str(file)) as connection:
        yield connection


def cost(file: Path, folder: Path) -> None:
    """Charge the lines of a built night, as the night's Python tables do."""
    (folder / "costing.yml").write_text(agreed(), encoding="utf-8")
    costing = read_costing(folder)
    with duckdb.connect(str(file)) as connection:
        for table, compute in ((ALLOCATION, allocate_pools), (LINE_COSTS, cost_lines)):
            write_by_contract(connection, table, compute(connection, costing))


def by_hospital(
    connection: duckdb.DuckDBPyConnection, table: str, column: str
) -> dict[str, object]:
    return dict(
        connection.execute(
            f"select customer_name, sum({column}) from features.{table} "
            "join golden.golden_customer using (customer_id) group by all"
        ).fetchall()
    )


def test_the_rates_are_the_published_ones(served: duckdb.DuckDBPyConnection) -> None:
    rates = served.execute(f"select activity_id, rate_amount from {ALLOCATION}").fetchall()
    published = {"delivery": 84.0, "manual_order": 78.0, "edi_order": 17.0, "line": 1.5}
    assert {name: rate for name, rate in rates if not name.startswith("(")} == published


def test_cost_to_serve_and_margins_are_the_published_ones(
    served: duckdb.DuckDBPyConnection,
) -> None:
    costs = by_hospital(served, "feat_cost_to_serve", "cost_to_serve_amount")
    assert costs == {"University": 1_935, "Memorial": 6_489}
    margins = {"University": 725, "Memorial": -3_829}
    assert by_hospital(served, "feat_cost_to_serve", "pocket_margin_amount") == margins
    assert by_hospital(served, "whale_curve", "pocket_margin_amount") == margins
    features = by_hospital(served, "feat_customer_cost_to_serve", "standard_pocket_margin_amount")
    assert features == margins


def test_the_curve_peaks_at_university_and_ends_in_a_loss(
    served: duckdb.DuckDBPyConnection,
) -> None:
    assert served.execute(
        "select position_count, is_peak, cumulated_pocket_margin_amount, cumulated_ratio "
        "from features.whale_curve order by position_count"
    ).fetchall() == [(1, True, 725, None), (2, False, -3_104, None)]


def test_what_the_two_did_not_use_is_idle(served: duckdb.DuckDBPyConnection) -> None:
    spent = sum(cost for cost, *_ in POOLS.values())
    assert served.execute(
        f"select sum(allocated_amount), sum(idle_amount), sum(unallocated_amount) from {ALLOCATION}"
    ).fetchone() == (Decimal(8_424), Decimal(spent - 8_424), 60)


def test_all_of_it_reconciles(served: duckdb.DuckDBPyConnection) -> None:
    found = reconciled(served, is_agreed=True)
    # four pools, seven elements of lines, and two charges for freight
    assert (found.is_passed, found.evaluated_count, found.detail) == (True, 13, "")


@pytest.mark.parametrize(
    ("spoiled", "said"),
    [
        (
            "update features.feat_cost_to_serve set handling_amount = handling_amount + 0.0001 "
            "where order_line_id = 'north:Memorial-0:0'",
            "handling on lines of 2026-02: 4296.0001 against 4296.0000",
        ),
        (
            "delete from features.feat_cost_to_serve where order_line_id = 'north:Memorial-0:0'",
            "399 of 400 lines are costed",
        ),
        ("delete from features.feat_cost_to_serve", "0 of 400 lines are costed"),
        (
            "update features.activity_cost_allocation set idle_amount = idle_amount - 0.0001 "
            "where pool_id = 'line' and activity_id = '(idle)'",
            "line of 2026-02: 674999.9999 against 675000.0000",
        ),
        (
            "delete from features.activity_cost_allocation where pool_id = 'line'",
            "2 sums differ",
        ),
        (
            "delete from features.int_freight_shares where leg_key = 'north:T1'",
            "freight charge north:T1: nothing against 30.0000",
        ),
    ],
)
def test_a_digit_or_a_line_that_is_missing_holds_the_night(
    served: duckdb.DuckDBPyConnection, spoiled: str, said: str
) -> None:
    served.execute("begin")
    try:
        served.execute(spoiled)
        found = reconciled(served, is_agreed=True)
    finally:
        served.execute("rollback")
    assert not found.is_passed
    assert found.is_blocking
    assert said in found.detail


def test_what_nobody_agreed_on_may_not_be_charged(served: duckdb.DuckDBPyConnection) -> None:
    assert not reconciled(served, is_agreed=False).is_passed
