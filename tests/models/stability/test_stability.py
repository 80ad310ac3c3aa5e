"""One night's step: what is in force, what holds it, and what is known afterwards."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.stability.step import (
    NEVER,
    NONE,
    Codes,
    Hold,
    Lane,
    Night,
    Said,
    Stability,
    Standing,
    due_days,
    step,
)
from tests.models.stability.ladders import SETTINGS

A, B, C, NEW = range(4)  # the first three stand on the ladder


def codes(*segments: int) -> Codes:
    return np.array(segments, np.int32)


def told(day: int, *segments: int, banded: tuple[int, ...] | None = None) -> Said:
    return Said(day=day, raw=codes(*segments), banded=codes(*(banded or segments)))


def run(
    tested: Stability, *said: int, days: int = 1, first: int = A
) -> tuple[list[int], list[str], Night]:
    """One unit that stands in `first` on day 0: its segments and holds of the nights after."""
    standing = Standing.nowhere(1, ladder=3, among=tested.among)
    night = step(standing, told(0, first), tested)
    segments, holds = [], []
    for number, segment in enumerate(said, start=1):
        night = step(night.standing, told(number * days, segment), tested)
        segments.append(int(night.standing.segment[0]))
        holds.append(Hold(night.hold[0]).name.lower())
    return segments, holds, night


def test_nothing_holds_a_unit_where_nothing_is_set() -> None:
    segments, holds, _ = run(Stability(), B, C, A, A, NEW, B)
    assert segments == [B, C, A, A, NEW, B]
    assert set(holds) == {"none"}


def test_a_move_is_said_by_so_many_of_the_last_evaluations_tonight_among_them() -> None:
    segments, holds, _ = run(Stability(confirm=2, among=3), B, A, B, B)
    assert segments == [A, A, B, B]
    assert holds == ["confirmation", "none", "none", "none"]


def test_two_targets_do_not_confirm_each_other() -> None:
    assert run(Stability(confirm=2, among=2), B, C, B, C)[0] == [A, A, A, A]


def test_what_was_said_before_a_move_does_not_confirm_the_way_back() -> None:
    tested = Stability(confirm=2, among=5)
    assert run(tested, B, B, A, B, A)[0] == [A, B, B, B, A]
    assert run(tested, B, C, C, B, B)[0] == [A, A, C, C, B]


def test_a_unit_stays_for_its_dwell_and_moves_on_the_day_it_ends() -> None:
    segments, holds, _ = run(Stability(dwell_days=3), B, A, A, A, A)
    assert segments == [B, B, B, A, A]
    assert holds == ["none", "dwell", "dwell", "none", "none"]


def test_a_segment_left_lately_is_closed_others_are_not() -> None:
    segments, holds, _ = run(Stability(cooldown_days=4), B, A, C, A, A)
    assert segments == [B, B, C, C, A]
    assert holds == ["none", "cooldown", "none", "cooldown", "none"]


def test_a_cool_down_holds_for_every_segment_left_not_only_for_the_last() -> None:
    segments, _, _ = run(Stability(cooldown_days=10), B, C, A, B)
    assert segments == [B, C, C, C]


def test_notice_differs_by_direction() -> None:
    tested = Stability(notice_down_days=2, notice_up_days=0)
    segments, holds, _ = run(tested, B, B, B, A)
    assert segments == [A, A, B, A]
    assert holds == ["notice", "notice", "none", "none"]


def test_a_move_given_notice_of_lapses_when_the_rules_no_longer_say_it() -> None:
    segments, _, night = run(Stability(notice_down_days=2), B, A, B, B)
    assert segments == [A, A, A, A]
    assert night.standing.confirmed[0] == 3


def test_the_day_of_a_pending_move_is_known_as_soon_as_it_is_confirmed() -> None:
    tested = Stability(confirm=2, among=2, dwell_days=9, notice_down_days=5)
    _, holds, night = run(tested, B, B)
    assert holds == ["confirmation", "notice"]
    assert night.standing.pending[0] == B
    assert due_days(night.standing, tested)[0] == 7
    _, _, none = run(tested, B)
    assert due_days(none.standing, tested)[0] == NEVER


def test_inside_of_a_band_the_band_is_named() -> None:
    night = step(Standing.nowhere(1, ladder=3, among=1), told(0, A), Stability())
    held = step(night.standing, told(1, B, banded=(A,)), Stability())
    assert (held.standing.segment[0], held.hold[0]) == (A, Hold.BAND)
    half_way = step(night.standing, told(1, C, banded=(B,)), Stability())
    assert (half_way.standing.segment[0], half_way.hold[0]) == (B, Hold.BAND)


def test_what_is_not_on_the_ladder_acts_at_once_and_is_a_new_beginning() -> None:
    tested = Stability(confirm=2, among=2, dwell_days=100, cooldown_days=100)
    segments, holds, night = run(tested, B, B, NEW, A, B, B)
    assert segments == [A, B, NEW, A, A, B]
    assert holds == ["confirmation", "none", "none", "none", "confirmation", "none"]
    assert night.standing.moved[0] == 6


def test_a_segment_keeps_the_day_since_which_it_holds() -> None:
    _, _, night = run(Stability(confirm=2, among=2), B, B, A, B)
    assert night.standing.since[0] == 2


def test_between_reviews_only_triggered_units_move_and_no_more_than_there_is_room_for() -> None:
    stood = step(Standing.nowhere(4, ladder=3, among=1), told(0, A, A, A, A), Stability())
    lane = Lane(is_triggered=np.array([True, False, True, True]), rank=codes(2, 0, 1, 3), room=2)
    said = Said(day=1, raw=codes(B, B, B, B), banded=codes(B, B, B, B), between=lane)
    night = step(stood.standing, said, Stability())
    assert night.standing.segment.tolist() == [B, A, B, A]
    assert [Hold(h).name for h in night.hold] == ["NONE", "REVIEW", "NONE", "CAP"]


@pytest.mark.parametrize(
    "wrong", [{"band": 1.0}, {"band": -0.1}, {"confirm": 2}, {"confirm": 0}, {"dwell_days": -1}]
)
def test_settings_that_no_night_can_keep_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"band|confirm|negative"):
        Stability(**wrong)


SAID = st.lists(
    st.lists(st.integers(0, 3), min_size=4, max_size=4), min_size=1, max_size=20
)  # nights of four units


@given(SAID, SETTINGS, st.permutations(range(4)))
@settings(max_examples=60, deadline=None)
def test_the_order_of_units_changes_nothing(
    said: list[list[int]], tested: Stability, order: list[int]
) -> None:
    one = Standing.nowhere(4, ladder=3, among=tested.among)
    other = one
    for day, row in enumerate(said):
        night = step(one, told(day * 10, *row), tested)
        turned = step(other, told(day * 10, *(row[n] for n in order)), tested)
        assert night.standing.segment[order].tolist() == turned.standing.segment.tolist()
        assert night.hold[order].tolist() == turned.hold.tolist()
        one, other = night.standing, turned.standing


@given(SAID, SETTINGS)
@settings(max_examples=40, deadline=None)
def test_a_night_run_again_from_the_same_prior_state_is_the_same(
    said: list[list[int]], tested: Stability
) -> None:
    standing = Standing.nowhere(4, ladder=3, among=tested.among)
    for day, row in enumerate(said):
        night = step(standing, told(day * 10, *row), tested)
        again = step(standing, told(day * 10, *row), tested)
        for name, value in vars(night.standing).items():
            assert np.array_equal(value, getattr(again.standing, name))
        standing = night.standing


@given(SAID, SETTINGS)
@settings(max_examples=60, deadline=None)
def test_a_held_unit_says_why_and_only_a_held_one_does(
    said: list[list[int]], tested: Stability
) -> None:
    standing = Standing.nowhere(4, ladder=3, among=tested.among)
    for day, row in enumerate(said):
        night = step(standing, told(day * 10, *row), tested)
        differs = night.standing.segment != codes(*row)
        assert np.array_equal(differs, night.hold != Hold.NONE)
        assert np.all(night.standing.segment != NONE)
        standing = night.standing
