"""Classes of customers crossed with those of products, pair by pair."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from models.segmentation.scheme import rule_hash
from tests.orchestration.segments.pair_nights import (
    CHANNEL,
    JOINED,
    RESOLVED,
    PairNights,
    pairs_company,
)
from workspace.schemes import in_order

CLASSES = "ABC"
AXES = "{kind: matrix, axes: [customer_abc, product_abc, channel_size], separator: _}"
CUTS = ((0.8, "A"), (0.95, "B"), (1.0, "C"))


def drawn(seed: int) -> dict[str, Any]:
    """Return customers and products with many ties, and two pairs in three of them."""
    random = np.random.default_rng(seed)
    customers = {f"c{n}": (int(random.zipf(1.6) % 400), f"g{n % 3}") for n in range(30)}
    products = {f"p{n}": int(random.zipf(1.6) % 400) for n in range(25)}
    pairs = [(p, c) for p in products for c in customers if random.random() < 0.66]
    return {"customers": customers, "products": products, "pairs": pairs}


def abc(margins: dict[str, int]) -> dict[str, str]:
    """Class units by the share that those strictly larger hold."""
    total = sum(margin for margin in margins.values() if margin > 0)
    found = {}
    for unit, margin in margins.items():
        above = sum(other for other in margins.values() if other > margin)
        reached = (segment for cut, segment in CUTS if above < cut * total)
        found[unit] = next(reached, "C") if margin > 0 else "C"
    return found


@pytest.mark.requirement("S3.M4.B1")
@pytest.mark.parametrize("wins", ["rows", "columns", "higher", "lower"])
def test_each_pair_has_one_cell_and_each_conflict_the_rule_applied(
    tmp_path: Path, wins: str
) -> None:
    given = drawn(len(wins))
    workspace = pairs_company(tmp_path, RESOLVED.replace("WINS", wins))
    nights = PairNights(workspace).night(given)
    nights.tables()

    margins = {customer: margin for customer, (margin, _) in given["customers"].items()}
    customers, products = abc(margins), abc(given["products"])
    assert nights.in_force("customer_abc") == customers
    assert nights.in_force("product_abc") == products
    for classes, values in ((customers, margins), (products, given["products"])):
        by_class = [[v for u, v in values.items() if classes[u] == name] for name in CLASSES]
        for upper, lower in pairwise(filter(None, by_class)):
            assert min(upper) > max(lower)  # a partition by value, and no tie is split

    expected: dict[str, tuple[str, str]] = {}
    conflicts: Counter[tuple[str, str, str, bool]] = Counter()
    for product, customer in given["pairs"]:
        row, column = customers[customer], products[product]
        segment = {"rows": row, "columns": column}.get(wins) or (
            min(row, column) if wins == "higher" else max(row, column)  # of letters
        )
        mark = "" if row == column else f"_by_{wins}"
        expected[f"{product}@{customer}"] = (segment, f"matrix.{segment}{mark}")
        conflicts[row, column, segment, row != column] += 1
    assert nights.said("pair") == expected
    told = {
        (row, column, segment, is_conflict): count
        for row, column, segment, is_conflict, count in nights.connection.execute(
            "select row_segment_id, column_segment_id, segment_id, is_conflict, unit_count "
            "from segments.segment_conflict"
        ).fetchall()
    }
    assert told == conflicts
    assert any(is_conflict for *_, is_conflict in told)


def test_without_a_rule_each_combination_is_a_cell(tmp_path: Path) -> None:
    given = drawn(7)
    nights = PairNights(pairs_company(tmp_path, JOINED)).night(given)
    nights.tables()
    margins = {customer: margin for customer, (margin, _) in given["customers"].items()}
    customers, products = abc(margins), abc(given["products"])
    assert nights.in_force("pair") == {
        f"{product}@{customer}": customers[customer] + products[product]
        for product, customer in given["pairs"]
    }
    cells = nights.rows("segments.segment_matrix", "scheme_id = 'pair'")
    assert sum(cell["item_count"] for cell in cells) == len(given["pairs"])
    assert all(
        cell["segment_id"] == cell["row_segment_id"] + cell["column_segment_id"] for cell in cells
    )
    assert nights.rows("segments.segment_conflict") == []


def _told(nights: PairNights, scheme: str) -> list[tuple[Any, ...]]:
    return nights.connection.execute(
        "select * from segments.segment_explanations where scheme_id = ? order by unit_id", [scheme]
    ).fetchall()


@pytest.mark.requirement("S4.M9.B3")
def test_a_channel_plugs_in_as_an_axis_and_leaves_the_rest_as_it_was(tmp_path: Path) -> None:
    given = drawn(5) | {"channels": {"g0": 100, "g1": 900, "g2": 500}}
    plain = pairs_company(tmp_path / "plain", JOINED)
    wider = pairs_company(tmp_path / "wider", AXES, channel_size=CHANNEL)
    again = pairs_company(tmp_path / "again", JOINED)
    before, after, removed = (
        PairNights(workspace).night(given) for workspace in (plain, wider, again)
    )
    for scheme in ("product_abc", "customer_abc"):
        assert _told(after, scheme) == _told(before, scheme)  # the hash of the rules included

    after.tables()
    sizes = {"g0": "small", "g1": "large", "g2": "small"}
    rows, columns = after.in_force("customer_abc"), after.in_force("product_abc")
    for unit, (segment, _) in after.said("pair").items():
        product, customer = unit.split("@")
        assert (
            segment
            == f"{rows[customer]}_{columns[product]}_{sizes[given['customers'][customer][1]]}"
        )
    assert len(_told(after, "pair")) == len(given["pairs"])
    cells = after.rows("segments.segment_matrix", "scheme_id = 'pair'")
    key = [
        (cell["row_segment_id"], cell["column_segment_id"], cell["further_segment_ids"])
        for cell in cells
    ]
    assert len(set(key)) == len(cells)
    assert None not in {part for cell in key for part in cell}

    hashes = [
        {scheme.scheme_id: rule_hash(scheme) for scheme in in_order(workspace)}
        for workspace in (plain, wider, again)
    ]
    assert hashes[2] == hashes[0]
    assert hashes[1]["pair"] != hashes[0]["pair"]
    assert _told(removed, "pair") == _told(before, "pair")


def test_a_matrix_of_two_has_the_hash_it_has_always_had(tmp_path: Path) -> None:
    (pair,) = (s for s in in_order(pairs_company(tmp_path, JOINED)) if s.scheme_id == "pair")
    assert set(pair.method.hashed()) == {"row_scheme", "column_scheme", "pass_through"}


def test_a_pair_is_held_by_what_holds_its_customer(tmp_path: Path) -> None:
    steady = """\
scheme: customer_abc
title: Customers by margin
description: Cut.
owner: sales
unit: customer
method: {kind: thresholds, column: margin_12m_amount, cuts: {B: 100}, last: A}
stability: {dwell_days: 0, confirm: {nights: 2, of: 2}}
"""
    workspace = pairs_company(tmp_path, JOINED, customer_abc=steady)
    given = {"customers": {"c1": (200, "g"), "c2": (200, "g")}, "products": {"p": 5}}
    given["pairs"] = [("p", "c1"), ("p", "c2")]
    nights = PairNights(workspace).night(given)
    nights.night(given | {"customers": {"c1": (50, "g"), "c2": (200, "g")}})
    assert nights.held("customer_abc") == {"c1": ("B", "confirmation")}
    assert nights.held("pair") == {"p@c1": ("BA", "confirmation")}
    assert nights.in_force("pair") == {"p@c1": "AA", "p@c2": "AA"}
