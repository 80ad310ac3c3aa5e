"""A company that knows little is classified by a reduced scheme, and later by the whole one."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest

from benchmarks.backfill import FILES
from orchestration.segments.assignment_history import TABLE as HISTORY
from serving.release_reader import open_release
from tests.night.company import ROOT, current, tierwise
from tests.night.conftest import Night
from tests.orchestration.segments.schemes_of_customers import SIZE
from tests.orchestration.segments.steady_nights import Nights
from tests.workspace.small_company import Company

POLICY = """\
policy: stock
title: No stock policy yet
description: Without stock and receipts there is nothing to compute with.
owner: planning
scheme: abc_revenue
measure: cycle_service_level
source: None.
defaults: {lead_time_days: 7, ordering_cost_amount: 10, holding_rate: 0.2}
cells: {A: {}, B: {}, C: {}, new: {}, no_demand: {}}
"""
ITEMS, LAST_DAY = 12, date(2026, 6, 29)


def light_company(root: Path) -> Path:
    """Write a company that delivers order lines and items: the first item sells most."""
    scheme = (ROOT / "data/demo/segmentation/abc_revenue.yml").read_text()
    own = {
        "segmentation/abc_revenue.yml": scheme.replace("reduces: abc_margin\n", ""),
        "policies/stock.yml": POLICY,
        "inbox/items.csv": "id,name\n" + "".join(f"P{n},Item {n}\n" for n in range(ITEMS)),
    }
    for ago in range(0, 480, 6):
        day = LAST_DAY - timedelta(days=ago)
        file = own.setdefault(f"inbox/orders_{day:%Y-%m}.csv", "order,item,day,units,amount\n")
        own[f"inbox/orders_{day:%Y-%m}.csv"] = file + "".join(
            f"O{ago}_{n},P{n},{day},{1 + ago % 3},{100 // (n + 1)}\n" for n in range(ITEMS)
        )
    contracts = {n: text for n, text in FILES.items() if not n.startswith(("seg", "pol", "inb"))}
    for name, text in (contracts | own).items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, encoding="utf-8")
    return root


@pytest.mark.requirement("S2.M9.B6")
def test_order_lines_and_items_are_enough_and_the_whole_scheme_goes_on_from_there(
    first_night: Night, tmp_path: Path
) -> None:
    light = light_company(tmp_path / "light")
    said = tierwise("refresh", "--workspace", light, "--as-of", "2026-06-30", "--json")
    assert said.status == 0, said.out + said.err
    with open_release(light / "releases" / current(light)) as release:
        found = release.rows("select segment_id, quality_mark from segment_explanations")
    assert {row["segment_id"] for row in found} == {"A", "B", "C"}
    assert len(found) == ITEMS
    # Where both can be had, they agree.
    with open_release(first_night.workspace / "releases" / current(first_night.workspace)) as rich:
        (agreement,) = rich.rows("from scheme_agreement")
    assert (agreement["scheme_id"], agreement["whole_scheme_id"]) == ("abc_revenue", "abc_margin")
    assert agreement["weighted_kappa_ratio"] >= 0.6
    assert agreement["kappa_low_ratio"] < agreement["weighted_kappa_ratio"] < 1
    _assert_the_whole_scheme_keeps_ids_and_history(tmp_path)


def _assert_the_whole_scheme_keeps_ids_and_history(tmp_path: Path) -> None:
    lines = "column: order_line_count_12m\n  cuts: {small: 1, middle: 5}"
    poor = SIZE.replace("customer_size", "customer_lines").replace(
        "column: revenue_12m_amount\n  cuts: {small: 2000, middle: 6000}", lines
    )
    overlay = (
        "overlay: poor\ntitle: Poor\ndescription: Order lines only.\nowner: sales\n"
        "where: {customer: \"customer_id = 'C1'\"}\nreduced: {customer_size: customer_lines}\n"
    )
    company = Company(root=tmp_path / "customers")
    for name, text in (("size", SIZE), ("lines", poor + "reduces: customer_size\n")):
        company = company.configure(f"segmentation/customer_{name}.yml", text=text)
    workspace = company.configure("segmentation/overlays/poor.yml", text=overlay).open()
    nights = Nights(workspace, is_reported=True).night({"C1": 9000, "C2": 9000})
    assert nights.in_force() == {"C1": "middle", "C2": "large"}  # by its three order lines
    before = nights.rows(HISTORY, "scheme_id = 'customer_size'")
    (tmp_path / "customers/segmentation/overlays/poor.yml").unlink()
    nights.workspace = company.open()
    nights.night({"C1": 9000, "C2": 9000})
    assert nights.in_force() == {"C1": "large", "C2": "large"}
    after = nights.rows(HISTORY, "scheme_id = 'customer_size'")
    told = {(r["unit_id"], r["segment_id"], r["valid_from"]) for r in after}
    assert {(r["unit_id"], r["segment_id"], r["valid_from"]) for r in before} < told
    assert ("C1", "large", nights.day) in told
