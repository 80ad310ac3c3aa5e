"""Grains: how alike, how well known, how much upkeep."""

from __future__ import annotations

import numpy as np
import pytest

from models.choice.axis import Fact
from models.choice.grains import Grain, assess


def grain(name: str, labels: np.ndarray) -> Grain:
    return Grain(name=name, labels=labels, line_counts=np.unique(labels, return_counts=True)[1])


@pytest.mark.requirement("S4.M1.B2")
def test_nested_grains_are_assessed_by_homogeneity_history_and_upkeep() -> None:
    drawn = np.random.default_rng(1)
    item = drawn.integers(0, 300, 2_000)
    account = drawn.integers(0, 80, 2_000)
    nested = [
        [grain("family", item // 60), grain("product", item // 2), grain("item", item)],
        [grain("route", account // 20), grain("account", account)],
    ]
    for seed in range(10):
        noise = np.random.default_rng(seed)
        values = noise.normal(size=300)[item] + noise.normal(size=2_000)
        some = np.where(noise.random(2_000) < 0.2, np.nan, values)
        facts = [Fact(name="days", values=some, weight=2.0), Fact(name="cost", values=values)]
        for grains in nested:
            found = assess(facts, grains, minimum_lines=10, decisions=4)
            within = [each.within or 0.0 for each in found]
            assert all(0 < share <= 1 for share in within)
            assert within == sorted(within, reverse=True)
            assert [each.load for each in found] == [4 * each.entities for each in found]
    family, product, items = assess(facts, nested[0], minimum_lines=10, decisions=4)
    assert (family.entities, product.entities, items.entities) == (5, 150, 300)
    assert [each.has_history for each in (family, product, items)] == [True, True, False]
    assert items.median_lines < 10 <= product.median_lines


def test_a_fine_grain_by_lot_leaves_little_within_and_explains_nothing() -> None:
    drawn = np.random.default_rng(2)
    fact = Fact(name="days", values=drawn.normal(size=600))
    (found,) = assess(
        [fact], [grain("lot", drawn.integers(0, 300, 600))], minimum_lines=1, decisions=1
    )
    assert found.within is not None
    assert found.within < 0.65
    assert found.unexplained == pytest.approx(1.0)
