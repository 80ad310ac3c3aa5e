"""Decayed sums: half for a half-life, and brought forward exactly."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.decay import INFINITE, Decayed, advanced, decayed_sums, weights

HALF_LIVES = st.floats(1, 5_000) | st.just(INFINITE)
EVENTS = st.lists(
    st.tuples(st.floats(-1e6, 1e6).map(lambda x: round(x, 4)), st.integers(0, 1_500)), max_size=40
)
TODAY = 1_500


def sums(events: list[tuple[float, int]], *, as_of: int, half_life: float) -> Decayed:
    """Return the decayed sums of two units, which share the events in turns."""
    values = np.array([value for value, _ in events], dtype=float)
    days = np.array([day for _, day in events], dtype=np.int64)
    units = np.arange(len(events)) % 2
    return decayed_sums(values, days, units, count=2, as_of=as_of, half_life=half_life)


@given(st.floats(1e-3, 1e6), st.integers(0, 40))
def test_each_half_life_of_age_halves_an_event(half_life: float, count: int) -> None:
    found = weights(np.array([count * half_life]), half_life=half_life)
    assert found == pytest.approx(0.5**count, rel=1e-9)


@given(EVENTS)
def test_what_never_decays_is_the_plain_sum(events: list[tuple[float, int]]) -> None:
    found = sums(events, as_of=TODAY, half_life=INFINITE)
    plain = [sum(value for value, _ in events[unit::2]) for unit in (0, 1)]
    assert found.value == pytest.approx(plain, rel=1e-9, abs=1e-6)


@given(EVENTS, st.integers(0, TODAY), HALF_LIVES)
def test_bringing_forward_equals_adding_up_anew(
    events: list[tuple[float, int]], day: int, half_life: float
) -> None:
    before = sums(events, as_of=day, half_life=half_life)
    # Units take turns: what is not of a period counts nothing there.
    since = [(value if at > day else 0.0, at) for value, at in events]
    found = advanced(before, sums(since, as_of=TODAY, half_life=half_life), half_life=half_life)
    anew = sums(events, as_of=TODAY, half_life=half_life)
    assert found.day == anew.day
    assert found.value == pytest.approx(anew.value, rel=1e-9, abs=1e-6)


@given(EVENTS, st.integers(0, TODAY), HALF_LIVES)
def test_a_day_of_the_past_sees_only_what_was_known_on_it(
    events: list[tuple[float, int]], day: int, half_life: float
) -> None:
    known = [(value if at <= day else 0.0, at) for value, at in events]
    seen, wanted = (sums(of, as_of=day, half_life=half_life).value for of in (events, known))
    assert seen == pytest.approx(wanted, rel=1e-12, abs=1e-9)


@pytest.mark.parametrize("half_life", [0, -1, float("nan")])
def test_a_half_life_is_positive(half_life: float) -> None:
    with pytest.raises(ValueError, match="not positive"):
        weights(np.array([1.0]), half_life=half_life)


def test_the_future_has_no_weight() -> None:
    with pytest.raises(ValueError, match="of the future"):
        weights(np.array([-1.0]), half_life=10)
