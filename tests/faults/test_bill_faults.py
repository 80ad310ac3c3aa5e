"""Fault case 81, of bills of materials: products that are made of themselves."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.faults.kept_promises import books_add_up, bytes_are_kept, quarantine_says_all
from tests.workspace.small_company import Company, ingested

EXTRACT = """\
  bills:
    path: erp/bills_*.csv
    description: What products are made of.
    key: [made, part]
    columns: {made: text, part: text, units: decimal, since: date, until: date}
mappings:
  - entity: bill_of_materials
    extract: bills
    columns:
      parent_product_id: made
      component_product_id: part
      quantity_per_units: units
      valid_from: since
      valid_to: until
"""
PRODUCTS = "id,name\n" + "".join(f"P{number},Bolt\n" for number in range(1, 7))
CASES = {
    "one of another": (["P1,P2,2,,", "P2,P3,1,,", "P1,P3,1,,"], {}),
    "a product of itself": (
        ["P1,P1,1,,", "P2,P3,1,,"],
        {1: "The product is made of itself: P1 → P1"},
    ),
    "a circle, and what leads into it and out of it": (
        ["P1,P2,1,,", "P2,P3,1,,", "P3,P4,1,,", "P4,P2,1,,", "P4,P5,1,,"],
        {
            2: "The product is made of itself: P2 → P3 → P4 → P2",
            3: "The product is made of itself: P3 → P4 → P2 → P3",
            4: "The product is made of itself: P4 → P2 → P3 → P4",
        },
    ),
    "two that change places in the course of time": (
        ["P1,P2,1,,2025-01-01", "P2,P1,1,2025-01-01,"],
        {},
    ),
    "two that are made of each other for a month": (
        ["P1,P2,1,,2025-02-01", "P2,P1,1,2025-01-01,"],
        {
            1: "The product is made of itself: P1 → P2 → P1",
            2: "The product is made of itself: P2 → P1 → P2",
        },
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_products_are_made_of_others_or_are_set_aside(case: str, tmp_path: Path) -> None:
    rows, circle = CASES[case]
    company = Company(root=tmp_path).configure("sources/erp.yml", ("mappings:\n", EXTRACT))
    text = "made,part,units,since,until\n" + "".join(f"{row}\n" for row in rows)
    workspace = company.open({"erp/products_1.csv": PRODUCTS, "erp/bills_1.csv": text})
    with ingested(workspace) as night:
        found = night.rows("select record_number, code, detail from control.quarantine order by 1")
        assert {number: detail for number, _, detail in found} == circle
        assert {code for _, code, _ in found} <= {"ROW_CYCLE"}
        kept = night.rows("select count(*) from raw.bill_of_materials")
        assert kept == [(len(rows) - len(circle),)]
        books_add_up(night)
        quarantine_says_all(night, workspace)
    bytes_are_kept(workspace)


def test_a_quantity_below_zero_and_a_component_that_is_no_product_are_set_aside(
    tmp_path: Path,
) -> None:
    company = Company(root=tmp_path).configure("sources/erp.yml", ("mappings:\n", EXTRACT))
    text = "made,part,units,since,until\nP1,P2,-1,,\nP1,P9,1,,\n"
    workspace = company.open({"erp/products_1.csv": PRODUCTS, "erp/bills_1.csv": text})
    with ingested(workspace) as night:
        assert night.quarantine() == [
            ("bills", 1, "ROW_RANGE", "quantity_per_units"),
            ("bills", 2, "ROW_ORPHAN", "component_product_id"),
        ]
