"""Fault case 81: products that are merged, split or superseded, and those that go in a circle."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.faults.kept_promises import books_add_up, bytes_are_kept, quarantine_says_all
from tests.workspace.small_company import Company, ingested
from workspace.ingest.circles import shortest_circle

EXTRACT = """\
  replaced:
    path: erp/replaced_*.csv
    description: Products that take the place of others.
    key: [old, new]
    columns: {old: text, new: text, since: date, share: rate}
mappings:
  - entity: product_replacements
    extract: replaced
    columns: {product_id: old, successor_id: new, valid_from: since, share_rate: share}
"""
PRODUCTS = "id,name\n" + "".join(f"P{number},Bolt\n" for number in range(1, 7))


@dataclass(frozen=True, kw_only=True)
class Case:
    """What replaces what, the records that are set aside, and what is said of one of them."""

    number: int = 81
    says: str
    pairs: tuple[str, ...]
    circle: tuple[int, ...] = ()
    detail: str = ""


CASES = [
    Case(says="one after the other", pairs=("P1,P2,2026-01-01,", "P2,P3,2026-03-01,")),
    Case(says="two are merged into one", pairs=("P1,P3,,", "P2,P3,,")),
    Case(says="one is split between two", pairs=("P1,P2,,0.4", "P1,P3,,0.6")),
    Case(
        says="a product after itself",
        pairs=("P1,P1,,", "P2,P3,,"),
        circle=(1,),
        detail="The product replaces itself: P1 → P1",
    ),
    Case(
        says="a circle, and what leads into it and out of it",
        pairs=("P1,P2,,", "P2,P3,,", "P3,P4,,", "P4,P2,,", "P4,P5,,"),
        circle=(2, 3, 4),
        detail="The product replaces itself: P2 → P3 → P4 → P2",
    ),
    Case(
        says="two circles through one product",
        pairs=("P1,P2,,", "P2,P1,,", "P2,P3,,", "P3,P2,,"),
        circle=(1, 2, 3, 4),
        detail="The product replaces itself: P1 → P2 → P1",
    ),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.says)
def test_products_follow_each_other_to_an_end_or_are_set_aside(case: Case, tmp_path: Path) -> None:
    company = Company(root=tmp_path).configure("sources/erp.yml", ("mappings:\n", EXTRACT))
    text = "old,new,since,share\n" + "".join(f"{pair}\n" for pair in case.pairs)
    workspace = company.open({"erp/products_1.csv": PRODUCTS, "erp/replaced_1.csv": text})
    with ingested(workspace) as night:
        found = night.rows(
            "select record_number, code, detail from control.quarantine order by record_number"
        )
        assert [row[:2] for row in found] == [(number, "ROW_CYCLE") for number in case.circle]
        assert not found or found[0][2] == case.detail
        kept = night.rows("select product_id, successor_id from raw.product_replacements")
        assert len(kept) == len(case.pairs) - len(case.circle)
        edges = [(("erp", old), ("erp", new)) for old, new in kept]
        assert not any(shortest_circle(edge, edges) for edge in edges)
        books_add_up(night)
        quarantine_says_all(night, workspace)
    bytes_are_kept(workspace)


def test_a_successor_that_is_no_product_is_an_orphan(tmp_path: Path) -> None:
    company = Company(root=tmp_path).configure("sources/erp.yml", ("mappings:\n", EXTRACT))
    text = "old,new,since,share\nP1,P9,,\nP9,P1,,\n"
    workspace = company.open({"erp/products_1.csv": PRODUCTS, "erp/replaced_1.csv": text})
    with ingested(workspace) as night:
        assert night.quarantine() == [
            ("replaced", 1, "ROW_ORPHAN", "successor_id"),
            ("replaced", 2, "ROW_ORPHAN", "product_id"),
        ]
