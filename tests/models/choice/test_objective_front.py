"""The front of service, stock and cost to serve."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as limits
from hypothesis import strategies as st

from models.choice.objective import Outcome, Setting, Worth, dominated_by, evaluate, settings
from models.inventory.service import fill_rate
from tests.models.choice.drawn_items import items

GOALS = st.tuples(*[st.integers(0, 6)] * 3)


def outcomes(rows: list[tuple[int, int, int]]) -> list[Outcome]:
    return [Outcome(fill_rate=a / 6, stock=float(b), cost=float(c)) for a, b, c in rows]


def dominates(one: Outcome, other: Outcome) -> bool:
    as_good = (
        one.fill_rate >= other.fill_rate and one.stock <= other.stock and one.cost <= other.cost
    )
    return as_good and one != other


@pytest.mark.requirement("S3.M1.B2")
@limits(max_examples=80, deadline=None)
@given(rows=st.lists(GOALS, min_size=1, max_size=25))
def test_no_point_of_the_front_is_dominated_and_every_other_is_by_one_of_it(
    rows: list[tuple[int, int, int]],
) -> None:
    found = outcomes(rows)
    by = dominated_by(found)
    front = [at for at, other in enumerate(by) if other < 0]
    assert front
    for at in front:
        assert not any(dominates(other, found[at]) for other in found)
    for at, other in enumerate(by):
        if other >= 0:
            assert other in front
            assert dominates(found[other], found[at])


def test_fill_rate_of_a_setting_is_that_of_the_sources() -> None:
    # Chopra and Meindl: weekly demand N(250, 150), two weeks, 600 at reorder, lots of 1,000.
    drawn = items(1)
    stocked = type(drawn.stocked)(
        demand=np.array([13_000.0]),
        shortage_cost=np.array([1.0]),
        holding_cost=np.array([1.0]),
        order_quantity=np.array([1_000.0]),
        protection_sd=np.array([150 * np.sqrt(2)]),
    )
    target = np.array([0.681324])
    found = evaluate(
        Setting(name="published", targets=target, lot_factor=1.0),
        stocked,
        Worth(unit_value=np.array([5.0]), order_cost=10.0),
    )
    assert found.fill_rate == pytest.approx(0.956139, abs=1e-5)
    assert found.fill_rate == pytest.approx(
        fill_rate(100.0, stocked.protection_sd, 1_000.0).item(), abs=1e-5
    )
    assert found.stock == pytest.approx((100 + 500) * 5, rel=1e-4)
    assert found.cost == pytest.approx(10 * 13 + 43.8613 * 13, rel=1e-4)


@pytest.mark.requirement("S3.M1.B2")
def test_the_same_setting_comes_to_the_same_figures() -> None:
    stocked = items().stocked
    worth = Worth(unit_value=stocked.holding_cost / 0.2, order_cost=40.0)
    every = settings(stocked, np.full(200, 0.95))
    first = [evaluate(setting, stocked, worth) for setting in every]
    again = [evaluate(setting, stocked, worth) for setting in every]
    assert first == again
    assert len({(s.name, s.lot_factor) for s in every}) == len(every) == 80
    assert any(at < 0 for at in dominated_by(first))
