"""History classified again: memoryless without settings, and stiller with wider ones."""

from __future__ import annotations

from datetime import date
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.stability.replay import (
    EPOCH,
    Evaluation,
    Review,
    banded,
    is_review,
    next_review,
    placed,
    replay,
)
from models.stability.step import Hold, Stability
from tests.models.stability.ladders import SETTINGS, histories, nights

PLAIN = Stability()
MONTHLY_AND_RARER = [Review.MONTHLY, Review.QUARTERLY, Review.HALF_YEARLY, Review.YEARLY]


def moves(history: list[Evaluation], tested: Stability, **how: Review) -> np.ndarray:
    return replay(history, tested, is_falling=False, **how).is_moved.sum(axis=0)


@pytest.mark.requirement("S0.M1.B8")
@given(histories(), histories(cuts=1), st.sampled_from([0.05, 0.2]), st.sampled_from([20, 90, 365]))
@settings(max_examples=120, deadline=None)
def test_bands_and_dwell_hold_and_without_them_nothing_does(
    history: list[Evaluation], two_classes: list[Evaluation], band: float, dwell: int
) -> None:
    memoryless = [placed(e.values, e.cuts, is_falling=False) for e in history]
    plain = replay(history, PLAIN, is_falling=False)
    assert np.array_equal(plain.in_force, np.stack(memoryless))
    widths = [Stability(band=width) for width in (0.0, band, 2 * band)]
    narrow, wider, widest = (moves(two_classes, width) for width in widths)
    assert np.all(narrow >= wider)
    assert np.all(wider >= widest)
    dwelt = replay(history, Stability(dwell_days=dwell), is_falling=False)
    for unit in range(dwelt.is_moved.shape[1]):
        days = dwelt.days[dwelt.is_moved[:, unit]]
        assert np.all(np.diff(days) >= dwell)


@given(histories(), SETTINGS)
@settings(max_examples=60, deadline=None)
def test_a_replay_is_the_same_each_time_and_ends_as_a_shorter_one_goes_on(
    history: list[Evaluation], tested: Stability
) -> None:
    whole = replay(history, tested, is_falling=False)
    again = replay(history, tested, is_falling=False)
    assert np.array_equal(whole.in_force, again.in_force)
    assert np.array_equal(whole.hold, again.hold)
    part = replay(history[: (len(history) + 1) // 2], tested, is_falling=False)
    assert np.array_equal(part.in_force, whole.in_force[: len(part.days)])


@given(histories())
@settings(max_examples=60, deadline=None)
def test_rarer_reviews_on_the_same_nights_never_move_more(history: list[Evaluation]) -> None:
    counts = [
        moves(history, PLAIN, review=review) for review in (Review.NIGHTLY, *MONTHLY_AND_RARER)
    ]
    for more, fewer in pairwise(counts):
        assert np.all(more >= fewer)
    assert not moves(history, PLAIN, review=Review.NEVER).any()


@pytest.mark.parametrize("is_falling", [False, True])
@given(history=histories(cuts=3), band=st.sampled_from([0.0, 0.1, 0.4]))
@settings(max_examples=30, deadline=None)
def test_a_band_is_that_of_a_comparator_with_two_thresholds(
    history: list[Evaluation], band: float, *, is_falling: bool
) -> None:
    """The definition, one unit and cut at a time: it is passed where it is passed with the band."""
    for evaluation in history:
        cuts = np.sort(evaluation.cuts)[:: -1 if is_falling else 1]
        values = evaluation.values
        for stood in range(len(cuts) + 1):
            found = banded(
                values, cuts, band, np.full(len(values), stood, np.int32), is_falling=is_falling
            )
            for value, segment in zip(values, found, strict=True):
                assert segment == _one_by_one(value, cuts, band, stood, is_falling=is_falling)


def _one_by_one(
    value: float, cuts: np.ndarray, band: float, stood: int, *, is_falling: bool
) -> int:
    def below(cut: float) -> bool:
        return bool(value < cut if is_falling else value > cut)

    while stood < len(cuts) and below(
        cuts[stood] + (-1 if is_falling else 1) * band * abs(cuts[stood])
    ):
        stood += 1
    while stood > 0 and not below(
        cuts[stood - 1] + (1 if is_falling else -1) * band * abs(cuts[stood - 1])
    ):
        stood -= 1
    return stood


@pytest.mark.parametrize("first", [0, 1, 2])
def test_the_path_decides_between_the_limits(first: int) -> None:
    stood = np.full(4, first, np.int32)
    values, cuts = np.array([9.5, 10.5, 19.0, 21.0]), np.array([10.0, 20.0])
    found = banded(values, cuts, 0.1, stood, is_falling=False)
    assert found.tolist() == {0: [0, 0, 1, 1], 1: [1, 1, 1, 1], 2: [1, 1, 2, 2]}[first]


def test_a_value_that_is_none_has_no_segment_and_one_without_a_past_has_no_band() -> None:
    values, cuts = np.array([np.nan, 10.5]), np.array([10.0])
    assert banded(values, cuts, 0.5, np.array([0, -1], np.int32), is_falling=False).tolist() == [
        -1,
        1,
    ]


def test_cuts_may_differ_by_unit_and_by_night() -> None:
    cuts = np.array([[10.0], [100.0]])
    assert placed(np.array([50.0, 50.0]), cuts, is_falling=True).tolist() == [0, 1]


def test_a_level_shift_is_followed_within_the_declared_confirmation() -> None:
    values = np.array([[5.0]] * 6 + [[15.0]] * 6)
    found = replay(
        nights(values, [10.0]), Stability(band=0.1, confirm=2, among=3), is_falling=False
    )
    assert found.in_force[:, 0].tolist() == [0] * 7 + [1] * 5
    assert found.hold[6, 0] == Hold.CONFIRMATION


def test_first_rules_act_at_once_in_a_replay() -> None:
    other = np.full((4, 1), -1, np.int32)
    other[1, 0] = 2
    history = nights(np.array([[5.0], [np.nan], [15.0], [5.0]]), [10.0], other=other)
    found = replay(history, Stability(confirm=3, among=3), is_falling=False)
    assert found.in_force[:, 0].tolist() == [0, 2, 1, 1]


@pytest.mark.parametrize(
    ("review", "expected"),
    [
        (Review.NIGHTLY, date(2026, 6, 18)),
        (Review.WEEKLY, date(2026, 6, 22)),
        (Review.MONTHLY, date(2026, 7, 1)),
        (Review.QUARTERLY, date(2026, 7, 1)),
        (Review.HALF_YEARLY, date(2026, 7, 1)),
        (Review.YEARLY, date(2027, 1, 1)),
        (Review.NEVER, None),
    ],
)
def test_the_next_review_is_known(review: Review, expected: date | None) -> None:
    assert next_review((date(2026, 6, 17) - EPOCH).days, review) == expected


@given(st.integers(0, 30_000), st.sampled_from([r for r in Review if r is not Review.NEVER]))
@settings(max_examples=60, deadline=None)
def test_the_next_review_is_the_first_night_that_is_one(day: int, review: Review) -> None:
    following = next_review(day, review)
    assert following is not None
    ahead = (following - EPOCH).days - day
    due = is_review(range(day, day + ahead + 1), review)
    assert due.tolist() == [True, *[False] * (ahead - 1), True]


@pytest.mark.parametrize(
    ("history", "told"),
    [
        ([], "no night"),
        (nights(np.ones((2, 1)), [1.0], days=0), "in order"),
        ([*nights(np.ones((1, 1)), [1.0]), nights(np.ones((2, 2)), [1.0])[1]], "different units"),
    ],
)
def test_a_history_that_is_none_is_refused(history: list[Evaluation], told: str) -> None:
    with pytest.raises(ValueError, match=told):
        replay(history, PLAIN, is_falling=False)
