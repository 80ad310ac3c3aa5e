"""Two nights of a company that classifies its customers; in the second, ten come corrupted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import pytest

from serving.customer_reasons import explain
from serving.release_reader import open_release
from tests.night.company import current, tierwise
from tests.workspace.small_company import STOCK, Company
from workspace.folder import Folder

CUSTOMERS, WEEKS, MONDAY = 40, 12, date(2026, 4, 6)
CORRUPTED = range(10, 20)
SCHEME = """\
scheme: customer_abc
title: Customers by revenue
description: ABC.
owner: sales
unit: customer
method: {kind: pareto_share, measure: revenue_12m_amount, cuts: {A: 0.8, B: 0.95, C: 1}}
value: revenue_12m_amount
"""
METRICS = """\
metrics:
  customer_revenue:
    title: Revenue of a customer in twelve months
    table: feat_customer_value
    column: revenue_12m_amount
    jump: {largest_factor: 4, least_change: 1000}
    control: {table: fct_order_line, value: revenue_amount, date: order_date}
"""


def _company(root: Path) -> Company:
    return (
        Company(root=root)
        .configure("sources/erp.yml", ("mappings:\n", STOCK))
        .configure("segmentation/customer_abc.yml", text=SCHEME)
        .configure("quality/metrics.yml", text=METRICS)
    )


def _delivery(*, is_corrupted: bool) -> dict[str, str]:
    """Return files in which customer n buys (n + 1)²; the corrupted, a thousand times that."""
    customers = "\n".join(f"C{n},Customer {n},2024-01-01" for n in range(CUSTOMERS))
    orders = [
        f"O{week}-{n},1,C{n},P{1 + n % 2},{MONDAY + timedelta(weeks=week)},"
        f"{(n + 1) ** 2 * (1000 if is_corrupted and n in CORRUPTED else 1)}"
        for week in range(WEEKS)
        for n in range(CUSTOMERS)
        if n % 2 or week % 4 == 0
    ]
    return {
        "erp/customers_1.csv": f"id,name,created\n{customers}\n",
        "erp/orders_1.csv": "\n".join(["order,line,customer,product,day,units", *orders, ""]),
        "erp/stock_1.csv": "product,day,units\nP1,2026-06-28,0\nP2,2026-06-28,9000000\n",
    }


@dataclass(frozen=True, kw_only=True)
class Nights:
    """The releases of both nights."""

    before: Path
    after: Path


@pytest.fixture(scope="module")
def nights(tmp_path_factory: pytest.TempPathFactory) -> Nights:
    """Run the night of 29 June on sound files, and that of 30 June on corrupted ones."""
    company = _company(tmp_path_factory.mktemp("customers") / "company")
    folders: list[Path] = []
    for day, is_corrupted in (("2026-06-29", False), ("2026-06-30", True)):
        workspace = company.open(_delivery(is_corrupted=is_corrupted)).root
        said = tierwise("refresh", "--workspace", workspace, "--as-of", day, "--json")
        assert said.status == 0, said.out + said.err
        folders.append(Folder(root=workspace).releases / current(workspace))
    return Nights(before=folders[0], after=folders[1])


def _segments(folder: Path, columns: str = "segment_id") -> dict[str, tuple]:
    with open_release(folder) as reader:
        rows = reader.query(
            f"select customer_name, {columns} from segment_assignment "
            "join golden_customer using (customer_id) where scheme_id = 'customer_abc'"
        ).rows()
    return {name: tuple(rest) for name, *rest in rows}


def test_corrupted_customers_stay_and_move_nobody_else(nights: Nights) -> None:
    before, after = _segments(nights.before), _segments(nights.after)
    assert len(before) == CUSTOMERS
    assert {segment for (segment,) in before.values()} == {"A", "B", "C"}
    assert after == before  # nothing but ten values has changed
    held = _segments(nights.after, "engine_segment_id, hold_reason")
    corrupted = {f"Customer {n}" for n in CORRUPTED}
    assert {name for name, (_, reason) in held.items() if reason} == corrupted
    assert {held[name][0] for name in corrupted} >= {"A"}


def test_the_gate_and_the_explanation_say_why(nights: Nights) -> None:
    with open_release(nights.after) as reader:
        gates = reader.query(
            "select is_passed, is_blocking, failed_count, detail from dq_gates where kind = 'trust'"
        ).rows()
        text = explain(reader, "customer 12").text()
    assert gates == [(False, False, 10, "10 units keep their segments: jump 10.")]
    assert "failed its jump check" in text
    assert "was trusted last, on 2026-06-29" in text
