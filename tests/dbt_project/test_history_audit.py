"""Planted faults of a history are found to the day, and a clean history yields none."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest

from tests.dbt_project.conftest import Builder, BuiltNight
from tests.dbt_project.delivered_nights import NORTH, RATES, SOUTH, Delivery, Rows
from workspace.backfill_dates import Every, partitions
from workspace.history import blocking, read_audit

FIRST, LAST = date(2024, 9, 2), date(2026, 3, 31)
MISSING = (date(2025, 6, 2), date(2025, 6, 8))
BOOKED = (date(2025, 3, 1), date(2025, 3, 31))
DOUBLED = (date(2025, 10, 1), date(2025, 10, 31))
FINDINGS = (
    "select kind, period_start_date, period_end_date, object_key, found_count, expected_count"
    " from control.history_integrity_audit where system = '{}' order by all"
)


def line(day: date, number: int, customer: str, product: str, **values: Any) -> dict[str, Any]:
    units = 1 + (day.toordinal() * 3 + number) % 40
    plain = {
        "order_id": f"{day:%Y%m%d}",
        "line_number": f"{product}-{number}",
        "customer_id": customer,
        "product_id": product,
        "order_date": day,
        "quantity_units": units,
        "net_amount": 10 * units,
    }
    return plain | values


def clean(customer: str, product: str) -> Iterator[dict[str, Any]]:
    """Three lines on every working day, and a slow item that sells twice in 14 months."""
    for at in range((LAST - FIRST).days + 1):
        day = FIRST + timedelta(days=at)
        if day.isoweekday() < 6:
            yield from (line(day, number, customer, product) for number in range(3))
    for day in (date(2024, 10, 7), date(2025, 12, 8)):
        yield from (line(day, number, customer, "SLOW") for number in range(3))


def life(product: str, first: date, months: int, price: int) -> Iterator[dict[str, Any]]:
    for month in range(months):
        day = first + timedelta(days=30 * month)
        yield line(day, 0, "C1", product, quantity_units=2, net_amount=2 * price)


def spoiled() -> Rows:
    lines = [row for row in clean("C1", "P1") if not MISSING[0] <= row["order_date"] <= MISSING[1]]
    again = [row for row in lines if DOUBLED[0] <= row["order_date"] <= DOUBLED[1]]
    lines += [{**row, "order_id": f"AGAIN-{row['order_id']}"} for row in again]
    lines += [*life("DEAR", date(2024, 9, 10), 4, 5), *life("DEAR", date(2025, 8, 12), 4, 50)]
    lines += [*life("NEW", date(2024, 9, 10), 2, 7), *life("NEW", date(2025, 9, 16), 2, 7)]
    return lines


def books(lines: Rows, error: int = 0) -> Rows:
    """State what a month comes to, or what it does not."""
    month = [row for row in lines if (row["order_date"].year, row["order_date"].month) == (2025, 3)]
    total = {
        "period_start_date": BOOKED[0],
        "period_end_date": BOOKED[1],
        "currency_code": "EUR",
        "net_amount": sum(row["net_amount"] for row in month) + error,
    }
    return [total]


def product(code: str, **values: Any) -> dict[str, Any]:
    return {"product_id": code, "product_name": code, **values}


def delivery(north: Rows, business_date: date = LAST) -> Delivery:
    codes = [product("SLOW", launch_date=date(2020, 1, 1)), product("DEAR")]
    codes.append(product("NEW", launch_date=date(2025, 9, 1)))
    return Delivery(
        business_date=business_date,
        rows={
            "north": {
                **NORTH,
                "products": [*NORTH["products"], *codes],
                "order_lines": north,
                "ledger_totals": books(north, error=1),
            },
            "south": {
                **SOUTH,
                "products": [*SOUTH["products"], product("SLOW")],
                "order_lines": list(clean("K9", "Q1")),
                "ledger_totals": books(list(clean("K9", "Q1"))),
            },
            "rates": {"fx_rates": RATES},
        },
    )


@pytest.fixture(scope="module")
def audited(builder: Builder) -> BuiltNight:
    night = builder.build(delivery(spoiled()), "--exclude-resource-type", "unit_test")
    assert night.has_passed, night.log
    return night


def test_what_was_planted_is_found_to_the_day(
    audited: BuiltNight,
) -> None:
    lines_of_the_month = 3 * 23 + 1  # one of them, of another item, came once
    assert audited.rows(FINDINGS.format("north")) == [
        ("duplicate_load", *DOUBLED, "(all)", 2 * lines_of_the_month - 1, lines_of_the_month),
        ("gap", *MISSING, "(all)", 0, 15),
        ("ledger_break", *BOOKED, "(all)", 1, 0),
        ("reused_code", date(2024, 9, 10), date(2024, 10, 10), "NEW", 2, 0),
        ("reused_code", date(2024, 9, 10), date(2024, 12, 9), "DEAR", 4, 0),
    ]


def test_a_clean_history_yields_no_finding(audited: BuiltNight) -> None:
    assert audited.rows(FINDINGS.format("south")) == []


def test_a_backfill_refuses_exactly_the_months_concerned(audited: BuiltNight) -> None:
    findings = read_audit(audited.file)
    assert {finding.subject.split(",")[0] for finding in findings} == {"north.order_lines"}
    months = partitions(FIRST, LAST, Every.MONTH, week_starts_on=1)
    refused = {
        month.business_date: [(f.kind, f.object_key) for f in blocking(findings, month)]
        for month in months
        if blocking(findings, month)
    }
    both = [("reused_code", "NEW"), ("reused_code", "DEAR")]
    assert refused == {
        date(2024, 9, 30): both,
        date(2024, 10, 31): both,
        date(2024, 11, 30): both[1:],
        date(2024, 12, 31): both[1:],
        BOOKED[1]: [("ledger_break", "(all)")],
        date(2025, 6, 30): [("gap", "(all)")],
        DOUBLED[1]: [("duplicate_load", "(all)")],
    }


def test_a_settled_month_that_changes_is_a_restatement(
    builder: Builder, audited: BuiltNight
) -> None:
    """December is settled at the end of March and loses a line; March changes as months do."""
    december = date(2025, 12, 3)
    lines = [row for row in spoiled() if row["order_date"] != december]
    lines += [row for row in spoiled() if row["order_date"] == december][1:]
    lines.append(line(date(2026, 3, 30), 9, "C1", "P1"))
    night = builder.build(
        delivery(lines, date(2026, 4, 1)),
        "--exclude-resource-type",
        "unit_test",
        previous=audited.file,
    )
    restated = [row for row in night.rows(FINDINGS.format("north")) if row[0] == "restated_period"]
    in_december = 3 * 23 + 3 + 0
    assert restated == [
        (
            "restated_period",
            date(2025, 12, 1),
            date(2025, 12, 31),
            "(all)",
            in_december - 1,
            in_december,
        )
    ]
    assert night.rows(FINDINGS.format("south")) == []
