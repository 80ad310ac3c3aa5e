"""Triggers fire for what lasts, once, and not again before their cool-down is over."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.stability.triggers import Kind, Trigger, Watch, watch

SHARE = Trigger(kind=Kind.SHIFT, size=0.05, persistence=3, cooldown_days=10)
STAGE = Trigger(kind=Kind.CHANGE, persistence=3, cooldown_days=10)
COST = Trigger(kind=Kind.STEP, size=0.2, persistence=3, cooldown_days=10)


def fired(trigger: Trigger, values: list[float], *, days: int = 1) -> list[int]:
    """Return the evaluations on which a trigger fires for one unit."""
    state, found = Watch.unseen(1), []
    for number, value in enumerate(values):
        night = watch(state, np.array([value]), number * days, trigger)
        state = night.watch
        if night.fires[0]:
            found.append(number)
    return found


@pytest.mark.requirement("S1.M1.B6")
@pytest.mark.parametrize(
    ("trigger", "before", "after", "again"),
    [(SHARE, 0.10, 0.15, 0.20), (STAGE, 2.0, 3.0, 4.0), (COST, 50.0, 60.0, 75.0)],
    ids=["share", "stage", "cost"],
)
def test_a_step_that_lasts_fires_once_a_spike_never_and_nothing_inside_of_the_cool_down(
    trigger: Trigger, before: float, after: float, again: float
) -> None:
    assert fired(trigger, [before] * 3 + [after] * 30) == [5]
    assert fired(trigger, [before] * 3 + [after] * 2 + [before] * 30) == []
    second = [before] * 3 + [after] * 4 + [again] * 30
    assert fired(trigger, second) == [5, 15]


def test_a_step_is_measured_against_the_reference_not_against_last_night() -> None:
    climbing = [100.0 + 5 * n for n in range(12)]
    assert fired(Trigger(kind=Kind.STEP, size=0.2), climbing) == [4, 9]


def test_a_step_of_exactly_the_size_is_one() -> None:
    assert fired(Trigger(kind=Kind.STEP, size=0.1), [3.0, 3.3]) == [1]
    assert fired(Trigger(kind=Kind.SHIFT, size=0.05), [0.1, 0.15]) == [1]
    assert fired(Trigger(kind=Kind.STEP, size=0.1), [0.0, 0.0]) == []


def test_up_and_down_do_not_add_up_to_a_step_that_lasts() -> None:
    assert fired(Trigger(kind=Kind.STEP, size=0.1, persistence=2), [10, 12, 8, 12, 8, 12]) == []


def test_a_missing_value_neither_counts_nor_breaks_off() -> None:
    trigger = Trigger(kind=Kind.STEP, size=0.1, persistence=2)
    assert fired(trigger, [np.nan, 10, 12, np.nan, 12]) == [4]


LIMITS = Trigger(kind=Kind.LIMITS, lower=2.0, upper=4.0)


def sides(values: list[float], trigger: Trigger = LIMITS) -> tuple[list[float], list[float]]:
    """Return the side that one unit is on after each value, and the limits it has crossed."""
    state, found, crossed = Watch.unseen(1), [], []
    for day, value in enumerate(values):
        night = watch(state, np.array([value]), day, trigger)
        state = night.watch
        found.append(float(state.reference[0]))
        crossed += night.limit[night.fires].tolist()
    return found, crossed


def test_between_the_limits_the_side_is_kept_whichever_it_was() -> None:
    assert sides([5, 3, 1, 3, 5]) == ([1, 1, -1, -1, 1], [2.0, 4.0])
    assert sides([3, 3]) == ([0, 0], [])


def test_a_crossing_is_confirmed_like_any_other_trigger() -> None:
    trigger = Trigger(kind=Kind.LIMITS, lower=2.0, upper=4.0, persistence=2)
    assert sides([1, 5, 3, 5, 5], trigger) == ([-1, -1, -1, -1, 1], [4.0])


@given(
    st.lists(st.floats(0, 6), min_size=1, max_size=40),
    st.integers(1, 3),
    st.sampled_from([0, 5, 12]),
)
@settings(max_examples=60, deadline=None)
def test_no_trigger_fires_twice_inside_of_its_cool_down(
    values: list[float], persistence: int, cooldown: int
) -> None:
    for trigger in (
        Trigger(kind=Kind.STEP, size=0.3, persistence=persistence, cooldown_days=cooldown),
        Trigger(
            kind=Kind.LIMITS, lower=2, upper=4, persistence=persistence, cooldown_days=cooldown
        ),
    ):
        assert all(gap >= max(cooldown, 1) for gap in np.diff(fired(trigger, values)))


@pytest.mark.parametrize(
    "wrong",
    [
        {"kind": Kind.LIMITS, "lower": 4.0, "upper": 4.0},
        {"kind": Kind.STEP},
        {"kind": Kind.CHANGE, "persistence": 0},
    ],
)
def test_a_trigger_that_never_fires_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"limit|step|persistence"):
        Trigger(**wrong)
