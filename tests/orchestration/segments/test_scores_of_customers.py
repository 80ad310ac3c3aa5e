"""Customers scored by what they leave, need and ask, wherever they hang in the company."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest

from models.segmentation.lint import Code
from orchestration.segments.scores import scores
from tests.orchestration.segments.steady_nights import EXPLANATIONS, Nights, Revenues
from tests.workspace.small_company import Company
from workspace.folder import Workspace
from workspace.rule_lint import lint_scheme

SCORE = """\
scheme: customer_value
title: Customers by value
description: Score.
owner: sales
unit: customer
method:
  kind: weighted_score
  parts:
    standard_pocket_margin_amount: {weight: 0.6, low: 0, high: 8000}
    urgency_rank_rate: {weight: 0.2, low: 0.2, high: 0.8}
    orders_per_month_ratio: {weight: 0.2, low: 0, high: 12}
  cuts: {A: 0.55, B: 0.25}
  last: C
value: revenue_12m_amount
"""
BY_SITE = """\
scheme: lanes
title: Lanes
description: By plant.
owner: sales
unit: flow
first:
  - {rule: own, segment: A, when: site_id = 's-1'}
method: {kind: thresholds, column: margin_12m_amount, cuts: {B: 10}, last: A}
"""
PARTS = {
    "features.feat_customer_cost_to_serve": "standard_pocket_margin_amount",
    "features.feat_service_need": "urgency_rank_rate",
    "features.feat_customer_value": "orders_per_month_ratio",
}
ORGANISATION = ("sales_region", "customer_group", "country_code")


class ScoredNights(Nights):
    """Nights of customers with three measures, and fields of the organisation beside them."""

    def _fill(self, revenues: Revenues) -> None:
        super()._fill({})
        for customer, (measures, fields) in revenues.items():
            self.connection.execute(
                f"insert into golden.golden_customer (customer_id, {', '.join(ORGANISATION)}) "
                "values (?, ?, ?, ?)",
                [customer, *fields],
            )
            for (table, column), value in zip(PARTS.items(), measures, strict=True):
                self.connection.execute(
                    f"insert into {table} (customer_id, {column}) values (?, ?)", [customer, value]
                )


def _company(root: Path, **schemes: str) -> Workspace:
    company = Company(root=root)
    for name, text in schemes.items():
        company = company.configure(f"segmentation/{name}.yml", text=text)
    return company.open()


@pytest.mark.requirement("S1.M1.B1")
def test_a_score_is_of_the_customer_and_not_of_where_it_hangs(tmp_path: Path) -> None:
    random = np.random.default_rng(1)
    measures = [
        (round(float(random.normal(2000, 4000)), 4), float(random.random()), random.random() * 15)
        for _ in range(60)
    ]
    fields = [(f"region {n % 4}", f"group {n % 5}", "DE" if n % 2 else "FR") for n in range(60)]
    given = {f"c{n}": both for n, both in enumerate(zip(measures, fields, strict=True))}
    workspace = _company(tmp_path / "scored", customer_value=SCORE)
    nights = ScoredNights(workspace).night(given)
    before = nights.in_force("customer_value")
    assert set(before.values()) == {"A", "B", "C"}

    for inputs, contributions in nights.connection.execute(
        f"select inputs, contributions from {EXPLANATIONS}"
    ).fetchall():
        score = json.loads(inputs, parse_float=Decimal, parse_int=Decimal)["score"]
        added = json.loads(contributions, parse_float=Decimal, parse_int=Decimal)
        assert set(added) == set(PARTS.values())
        assert sum(added.values()) == score

    permuted = [fields[n] for n in random.permutation(60)]
    assert permuted != fields
    moved = {f"c{n}": both for n, both in enumerate(zip(measures, permuted, strict=True))}
    assert ScoredNights(workspace).night(moved).in_force("customer_value") == before

    (placed,) = lint_scheme(_company(tmp_path / "barred", lanes=BY_SITE), "lanes")
    assert placed.finding.code == Code.BARRED_COLUMN
    assert placed.finding.is_refused


def test_a_score_that_holds_still_has_its_parts_told_as_any_other(tmp_path: Path) -> None:
    random = np.random.default_rng(2)
    given = {
        f"c{n}": ((float(random.integers(0, 9000)), random.random(), 3.0), ("r", "g", "DE"))
        for n in range(20)
    }
    told = []
    for name, said in (("steady", "stability: {}\n"), ("free", "")):
        workspace = _company(tmp_path / name, customer_value=SCORE + said)
        nights = ScoredNights(workspace).night(given)
        query = scores(nights.connection, workspace)
        told.append(nights.connection.sql(f"from ({query}) order by all").fetchall())
    assert told[0] == told[1]
    assert len(told[0]) == 3 * len(given)
