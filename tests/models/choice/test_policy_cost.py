"""What classes cost, and what they are filled by."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy import special

from models.choice.drivers import (
    Stocked,
    classed_cost,
    classes,
    economic_priority,
    implied_shortage_factor,
    lot_cost,
    policy_cost,
    supply_risk,
)
from models.choice.equal_service import fill_rate_of_classes, holding_at_fill_rate
from models.inventory.random_numbers import item_keys
from models.inventory.service import economic_cycle_service
from tests.models.choice.drawn_items import CLASSING, WEIGHTS, items


def test_the_economic_driver_ranks_by_the_best_service_level() -> None:
    stock = items().stocked
    priority = economic_priority(
        stock.shortage_cost, stock.demand, stock.holding_cost, stock.order_quantity
    )
    level = economic_cycle_service(
        stock.holding_cost, stock.order_quantity, stock.shortage_cost, stock.demand
    )
    assert np.array_equal(np.argsort(priority), np.argsort(level))
    # b 2, D 300, h 1.5, Q 40: 600 / 60.
    assert economic_priority(2, 300, 1.5, 40) == pytest.approx(10)


def test_classes_have_their_declared_sizes_also_where_items_tie() -> None:
    keys = item_keys(f"i{n}" for n in range(50))
    for values in (np.arange(50.0), np.zeros(50), np.repeat([3.0, 1.0], 25)):
        assert np.bincount(classes(values, keys, CLASSING)).tolist() == [10, 15, 25]
    tied = classes(np.zeros(50), keys, CLASSING)
    turned = classes(np.zeros(50), keys[::-1], CLASSING)
    assert tied.tolist() == turned[::-1].tolist()


def test_supply_risk_is_the_mean_of_what_is_known() -> None:
    unknown = float("nan")
    found = supply_risk(
        [np.array([1.0, 0.2, unknown]), np.array([0.5, unknown, unknown])], [1, 2, 1]
    )
    assert found.tolist() == [0.75, 0.4, 0.0]


def test_classes_by_lot_cost_what_drawing_them_often_costs() -> None:
    now, drawn = items(80), np.random.default_rng(6)
    often = [
        classed_cost(now.stocked, drawn.permutation(np.repeat([0, 1, 2], [16, 24, 40])), CLASSING)
        for _ in range(800)
    ]
    totals = np.array([float(cost.total.sum()) for cost in often])
    error = totals.std() / np.sqrt(len(totals))
    assert lot_cost(now.stocked, CLASSING) == pytest.approx(totals.mean(), abs=4 * error)


def test_the_implied_cost_of_a_shortage_makes_the_levels_right_on_average() -> None:
    now = items()
    factor = implied_shortage_factor(now.stocked, CLASSING)
    dearer = replace(now.stocked, shortage_cost=now.stocked.shortage_cost * factor)

    def cost(shift: float) -> float:
        """Cost by lot, with the safety factor of each class moved."""
        z = special.ndtri(CLASSING.targets) + shift
        moved = replace(CLASSING, targets=tuple(special.ndtr(z)))
        return lot_cost(dearer, moved)

    assert cost(0) < min(cost(-0.02), cost(0.02))
    assert implied_shortage_factor(dearer, CLASSING) == pytest.approx(1.0)


def test_a_buffer_costs_what_silver_pyke_and_thomas_reckon() -> None:
    # z 1.2816 of 90 %, G(z) 0.0473: 2 x 1.2816 x 50, and 3 x 50 x 0.0473 x 1000 / 200.
    one = Stocked(
        demand=np.array([1000.0]),
        shortage_cost=np.array([3.0]),
        holding_cost=np.array([2.0]),
        order_quantity=np.array([200.0]),
        protection_sd=np.array([50.0]),
    )
    found = policy_cost(one, 0.9)
    assert found.holding.item() == pytest.approx(128.155, abs=1e-3)
    assert found.shortage.item() == pytest.approx(35.51, abs=0.02)


def test_at_equal_service_a_driver_is_held_to_what_the_other_serves() -> None:
    now = items()
    values = now.drivers(WEIGHTS)
    by = {name: classes(values[name], now.keys, CLASSING) for name in ("economic", "margin")}
    served = fill_rate_of_classes(now.stocked, by["margin"], CLASSING)
    held = holding_at_fill_rate(now.stocked, by["margin"], CLASSING, served)
    itself = policy_cost(now.stocked, np.asarray(CLASSING.targets)[by["margin"]]).holding.sum()
    assert held == pytest.approx(itself, rel=1e-9)
    more = holding_at_fill_rate(now.stocked, by["margin"], CLASSING, served + 0.005)
    less = holding_at_fill_rate(now.stocked, by["margin"], CLASSING, served - 0.005)
    assert less < held < more


def test_fill_rate_of_classes_is_that_of_the_sources_weighted_by_value() -> None:
    # Chopra and Meindl: N(250, 150) a week, two weeks, 100 units of buffer, lots of 1,000.
    one = Stocked(
        demand=np.full(2, 13_000.0),
        shortage_cost=np.ones(2),
        holding_cost=np.array([1.0, 3.0]),
        order_quantity=np.full(2, 1_000.0),
        protection_sd=np.array([150 * np.sqrt(2), 1e-9]),
    )
    published = replace(CLASSING, targets=(0.681324, 0.681324, 0.681324))
    found = fill_rate_of_classes(one, np.array([0, 1]), published)
    assert found == pytest.approx((0.956139 + 3) / 4, abs=1e-5)
