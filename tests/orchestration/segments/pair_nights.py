"""Nights of customers, products and the pairs of them, by hand, with schemes of each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from orchestration.segments.matrices import CONFLICTS, TABLE, segment_conflict, segment_matrix
from tests.orchestration.segments.steady_nights import EXPLANATIONS, Nights
from tests.workspace.small_company import Company
from workspace.folder import Workspace
from workspace.table_contract import contract
from workspace.units import UNIT_KINDS
from workspace.warehouse import write_by_contract

Given = Mapping[str, Any]
CUSTOMER = """\
scheme: customer_abc
title: Customers by margin
description: ABC.
owner: sales
unit: customer
method: {kind: pareto_share, measure: margin_12m_amount, cuts: {A: 0.8, B: 0.95, C: 1}}
"""
PRODUCT = """\
scheme: product_abc
title: Products by margin
description: ABC.
owner: sales
unit: product
method: {kind: pareto_share, measure: margin_12m_amount, cuts: {A: 0.8, B: 0.95, C: 1}}
"""
CHANNEL = """\
scheme: channel_size
title: Channels by margin
description: Large and small.
owner: sales
unit: channel
method: {kind: thresholds, column: margin_12m_amount, cuts: {small: 500}, last: large}
"""
PAIR = """\
scheme: pair
title: Pairs
description: Cells.
owner: sales
unit: customer_product
method: METHOD
"""
RESOLVED = (
    "{kind: matrix, rows: customer_abc, columns: product_abc, "
    "resolve: {classes: [A, B, C], wins: WINS}}"
)
JOINED = "{kind: matrix, rows: customer_abc, columns: product_abc}"


def pairs_company(root: Path, method: str, **more: str) -> Workspace:
    """Return a company with schemes of customers, products and pairs, and further ones by name."""
    found = Company(root=root)
    schemes = {"customer_abc": CUSTOMER, "product_abc": PRODUCT, **more}
    schemes["pair"] = PAIR.replace("METHOD", method)
    for name, text in schemes.items():
        found = found.configure(f"segmentation/{name}.yml", text=text)
    return found.open()


class PairNights(Nights):
    """Nights of which each is given customers, products, pairs and channels with their margins.

    A customer is (margin, channel), a pair (product, customer).
    """

    def tables(self) -> None:
        """Make the tables of matrices, too."""
        for name, compute in ((TABLE, segment_matrix), (CONFLICTS, segment_conflict)):
            write_by_contract(self.connection, name, compute(self.connection, self.workspace))

    def said(self, scheme: str) -> dict[str, tuple[str, str]]:
        """Return segment and rule of each unit of a scheme."""
        rows = self.connection.execute(
            f"select unit_id, segment_id, rule_id from {EXPLANATIONS} where scheme_id = ?",
            [scheme],
        ).fetchall()
        return {unit: (segment, rule) for unit, segment, rule in rows}

    def _fill(self, given: Given) -> None:
        super()._fill({})
        for kind in UNIT_KINDS.values():
            self._empty(kind.universe)
        customers, pairs = given["customers"], given["pairs"]
        channels = {customer: channel for customer, (_, channel) in customers.items()}
        self._put("golden.golden_customer", ("customer_id",), [(c,) for c in customers])
        self._put("golden.golden_product", ("product_id",), [(p,) for p in given["products"]])
        known = ("product_id", "customer_id", "sales_channel_id")
        made = [(p, c, channels[c]) for p, c in pairs]
        self._put("features.int_customer_product", known, made)
        self._put("facts.int_channel", known[2:], [(c,) for c in set(channels.values())])
        worth = "margin_12m_amount", "revenue_12m_amount"
        self._put(
            "features.feat_customer_value",
            ("customer_id", *worth),
            [(c, margin, margin) for c, (margin, _) in customers.items()],
        )
        self._put(
            "features.feat_product_trade",
            ("product_id", *worth),
            [(p, margin, margin) for p, margin in given["products"].items()],
        )
        table = "features.feat_customer_product_trade"
        self._put(table, (*known, *worth), [(*pair, 1, 1) for pair in made])
        self._put(
            "features.feat_channel_trade",
            ("sales_channel_id", *worth),
            [(c, m, m) for c, m in given.get("channels", {}).items()],
        )

    def _empty(self, name: str) -> None:
        columns = ", ".join(f"{c.name} {c.data_type}" for c in contract(name).columns)
        self.connection.execute(f"create schema if not exists {name.split('.')[0]}")
        self.connection.execute(f"create or replace table {name} ({columns})")

    def _put(self, name: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
        listed = list(rows)
        if listed:
            marks = ", ".join("?" * len(columns))
            self.connection.executemany(
                f"insert into {name} ({', '.join(columns)}) values ({marks})", listed
            )
