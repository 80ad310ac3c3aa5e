"""Drivers: how they rank, what changes class, and what each would cost."""

from __future__ import annotations

from dataclasses import replace
from math import erf
from typing import Any

import numpy as np
import polars as pl
import pytest

from models.choice.driver_comparison import compare_drivers
from models.choice.drivers import (
    blended,
    classes,
    kendall_tau,
    rejected,
    supply_risk,
    switches,
)
from models.choice.measured import DRIVERS, Measured
from tests.models.choice.drawn_items import CLASSING, WEIGHTS, items, rescaled


def compared(now: Measured) -> dict[str, dict[str, Any]]:
    found = compare_drivers(now, classing=CLASSING, weights=WEIGHTS, reference="margin")
    return {row["driver"]: row for row in found.drivers.iter_rows(named=True)}


def counted_tau(one: np.ndarray, other: np.ndarray) -> float:
    """Kendall's tau-b pair by pair: concordant less discordant by the pairs that are not tied."""
    above = np.triu_indices(len(one), k=1)
    left = np.sign(one[:, None] - one[None, :])[above]
    right = np.sign(other[:, None] - other[None, :])[above]
    return float((left * right).sum() / np.sqrt((left != 0).sum() * (right != 0).sum()))


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_kendalls_tau_is_that_of_counting_pairs(seed: int) -> None:
    drawn = np.random.default_rng(seed)
    one, other = (drawn.integers(0, 8, 60).astype(float) for _ in range(2))
    assert kendall_tau(one, other) == pytest.approx(counted_tau(one, other), abs=1e-12)
    assert kendall_tau(one, np.ones(60)) is None


@pytest.mark.requirement("S3.M1.B1")
def test_the_effect_of_a_driver_is_the_difference_of_simulated_costs() -> None:
    now = items(60)
    found = compared(now)
    cycles, drawn = 40_000, np.random.default_rng(11)
    demand_beyond_mean = drawn.normal(size=(cycles, 60)) * now.stocked.protection_sd
    values = now.drivers(WEIGHTS)

    def simulated(driver: str) -> np.ndarray:
        """Yearly cost of each simulated cycle: the buffer is held, what exceeds it is short."""
        targets = np.asarray(CLASSING.targets)[classes(values[driver], now.keys, CLASSING)]
        k = np.sqrt(2) * np.vectorize(_inverse_error)(2 * targets - 1)
        buffer = k * now.stocked.protection_sd
        short = np.maximum(demand_beyond_mean - buffer, 0.0)
        rate = now.stocked.shortage_cost * now.stocked.demand / now.stocked.order_quantity
        return (short * rate + now.stocked.holding_cost * buffer).sum(axis=1)

    reference = simulated("margin")
    for driver in DRIVERS:
        difference = simulated(driver) - reference  # of the same cycles
        error = difference.std(ddof=1) / np.sqrt(cycles)
        assert found[driver]["financial_effect_amount"] == pytest.approx(
            difference.mean(), abs=4 * error + 1e-9
        )
    ranking = sorted(DRIVERS, key=lambda d: found[d]["policy_cost_amount"])
    assert found[ranking[0]]["is_winner"]
    for units, money in ((12.0, 1.0), (1 / 144, 1.0), (1.0, 0.01), (3.7, 91.0)):
        other = compared(rescaled(now, units=units, money=money))
        again = sorted(DRIVERS, key=lambda d: other[d]["policy_cost_amount"])
        assert again == ranking
        assert other[ranking[0]]["policy_cost_amount"] == pytest.approx(
            money * found[ranking[0]]["policy_cost_amount"]
        )
    flat = compared(replace(now, volume=np.full(60, 7.0)))
    assert flat["volume"]["rejection_reason"] == "has the same value for every item"
    assert flat["volume"]["policy_cost_amount"] is None
    assert flat["revenue"]["policy_cost_amount"] is not None


def _inverse_error(value: float) -> float:
    """The inverse error function by bisection, apart from what the product uses."""
    low, high = -6.0, 6.0
    for _ in range(80):
        middle = (low + high) / 2
        low, high = (middle, high) if erf(middle) < value else (low, middle)
    return (low + high) / 2


@pytest.mark.requirement("S4.M1.B1")
def test_a_critical_item_of_one_source_and_little_revenue_rises_by_risk_only() -> None:
    now = items(100)
    planted = int(np.argmin(now.revenue))
    small = np.arange(100) == planted
    now = replace(
        now,
        margin=np.where(small, now.margin.min() * 0.9, now.margin),
        volume=np.where(small, now.volume.min() * 0.9, now.volume),
        risk=np.where(small, supply_risk([np.ones(100)], 2.0), now.risk),
    )
    values = now.drivers(WEIGHTS)
    classed = {name: classes(values[name], now.keys, CLASSING)[planted] for name in DRIVERS}
    assert classed["risk"] == 0
    assert {name: c for name, c in classed.items() if name != "risk"} == dict.fromkeys(
        {*DRIVERS} - {"risk"}, 2
    )
    found = compare_drivers(now, classing=CLASSING, weights=WEIGHTS, reference="revenue")
    per_pair = found.switches.group_by("driver", "other_driver").agg(pl.col("item_count").sum())
    assert per_pair.height == 15
    assert per_pair["item_count"].to_list() == [100] * 15
    weights = {"revenue": 1.0, "margin": 0.0, "risk": 0.0}
    alone = compare_drivers(now, classing=CLASSING, weights=weights, reference="revenue")
    (row,) = alone.agreement.filter(
        (pl.col("driver") == "revenue") & (pl.col("other_driver") == "blend")
    ).iter_rows(named=True)
    assert (row["kendall_tau_ratio"], row["switched_count"]) == (pytest.approx(1.0), 0)
    blend = blended({name: getattr(now, name) for name in weights}, weights)
    assert np.array_equal(np.argsort(blend, kind="stable"), np.argsort(now.revenue, kind="stable"))


def test_a_loss_maker_of_high_volume_changes_class_between_volume_and_margin() -> None:
    now = items(100)
    at = int(np.argmax(now.volume))
    now = replace(now, margin=np.where(np.arange(100) == at, -500.0, now.margin))
    found = compare_drivers(now, classing=CLASSING, weights=WEIGHTS, reference="margin")
    pair = found.agreement.filter(pl.col("driver") == "margin", pl.col("other_driver") == "volume")
    values = now.drivers(WEIGHTS)
    by = {name: classes(values[name], now.keys, CLASSING) for name in ("margin", "volume")}
    assert (by["volume"][at], by["margin"][at]) == (0, 2)
    direct = sum(one != other for one, other in zip(by["margin"], by["volume"], strict=True))
    assert pair["switched_count"].item() == direct
    assert pair["kendall_tau_ratio"].item() == pytest.approx(counted_tau(now.margin, now.volume))
    table = switches(by["margin"], by["volume"], 3)
    assert table.sum() == 100
    assert table.sum() - np.trace(table) == direct


def test_a_blend_is_rejected_with_what_it_blends() -> None:
    now = items(30)
    found = compared(replace(now, risk=np.zeros(30)))
    assert found["risk"]["rejection_reason"] == "has the same value for every item"
    assert str(found["blend"]["rejection_reason"]).startswith("blends a driver that has the same")
    assert rejected(np.array([])) == "is known of no item"


def test_no_class_costs_less_than_a_service_level_for_each_item() -> None:
    found = compared(items())
    costs = [row["policy_cost_amount"] for row in found.values()]
    assert all(
        row["least_cost_amount"] < cost for row, cost in zip(found.values(), costs, strict=True)
    )


def test_what_lasted_a_year_is_told() -> None:
    now = items()
    same = compare_drivers(now, classing=CLASSING, weights=WEIGHTS, reference="margin", before=now)
    lasted = same.drivers.select("year_before_tau_ratio", "year_before_kept_rate")
    undated = {"risk", "blend"}  # of risk there is no year before
    assert lasted.rows() == [
        (None, None) if name in undated else (pytest.approx(1.0), 1.0) for name in DRIVERS
    ]
    other = items(seed=2)
    turned = compare_drivers(
        now, classing=CLASSING, weights=WEIGHTS, reference="margin", before=other
    )
    assert all(abs(tau) < 0.2 for tau in turned.drivers["year_before_tau_ratio"].drop_nulls())


def test_of_no_items_there_is_a_row_for_each_driver_and_no_cost() -> None:
    found = compare_drivers(items(0), classing=CLASSING, weights=WEIGHTS, reference="margin")
    assert found.drivers["rejection_reason"].null_count() == 0
    assert found.drivers["policy_cost_amount"].null_count() == len(DRIVERS)
