"""Grains: how alike, how well known, how much upkeep."""

from __future__ import annotations

import numpy as np
import pytest

from models.choice.axis import Fact
from models.choice.grains import Grain, assess


def grain(name: str, labels: np.ndarray, control_points: int = 0) -> Grain:
    counts = np.unique(labels, return_counts=True)[1]
    return Grain(name=name, labels=labels, line_counts=counts, control_points=control_points)


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


def test_a_grain_scores_by_what_it_explains_of_entities_known_and_acted_on() -> None:
    drawn = np.random.default_rng(3)
    entity = np.sort(drawn.integers(0, 40, 1_000))
    fact = Fact(name="days", values=drawn.normal(size=40)[entity] + drawn.normal(size=1_000))
    twice, once, never = assess(
        [fact],
        [grain("twice", entity, 2), grain("once", entity, 1), grain("never", entity)],
        minimum_lines=1,
        decisions=1,
    )
    assert twice.unexplained is not None
    assert twice.score == pytest.approx(1 - twice.unexplained)
    assert once.score == pytest.approx((1 - twice.unexplained) / 2)
    assert (once.covered, never.score) == (1.0, 0.0)

    (thin,) = assess([fact], [grain("thin", entity, 1)], minimum_lines=26, decisions=1)
    lines = np.unique(entity, return_counts=True)[1]
    assert thin.covered == pytest.approx(lines[lines >= 26].sum() / 1_000)
    assert thin.score == pytest.approx(thin.covered * (1 - twice.unexplained))


def test_where_nothing_varies_a_grain_that_can_be_acted_on_has_no_score() -> None:
    entity = np.repeat(np.arange(4), 5)
    fact = Fact(name="days", values=np.full(20, 3.0))
    acted, never = assess(
        [fact], [grain("a", entity, 1), grain("b", entity)], minimum_lines=1, decisions=1
    )
    assert (acted.score, never.score) == (None, 0.0)
