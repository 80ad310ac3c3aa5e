"""A move is false when a spike made it and the unit came back; a lasting one is not."""

from __future__ import annotations

import numpy as np
import pytest

from models.stability.frontier import frontier, grid
from models.stability.misfit import Economics, History, run
from models.stability.replay import Review, placed, replay
from models.stability.spikes import spike_driven, without_spike
from models.stability.step import Codes, Stability
from tests.models.stability.ladders import MONTH, nights

WINDOW, PERIODS, CUT = 12, 48, 150.0
SPIKE_AT, SHIFT_AT = 20, 24


def classify(sums: np.ndarray) -> Codes:
    return placed(sums, np.array([CUT]), is_falling=True)


def amounts() -> np.ndarray:
    """Units with a spike, a lasting shift, and neither: 10 a period, sums of 120."""
    found = np.full((PERIODS, 3), 10.0)
    found[SPIKE_AT, 0] = 80
    found[SHIFT_AT:, 1] = 20
    return found


def rolling(found: np.ndarray) -> np.ndarray:
    sums = np.cumsum(found, axis=0)
    return sums[WINDOW - 1 :] - np.vstack([np.zeros(found.shape[1]), sums[:-WINDOW]])


def false_moves(found: np.ndarray, stability: Stability) -> tuple[np.ndarray, np.ndarray]:
    """Return the false moves and all moves."""
    replayed = replay(nights(rolling(found), [CUT]), stability, is_falling=True)
    windows = [found[night : night + WINDOW] for night in range(len(replayed.days))]
    usual = np.stack([classify(without_spike(window)) for window in windows])
    age = np.stack([WINDOW - 1 - window.argmax(axis=0) for window in windows])
    leaves = (replayed.days[:, None] + MONTH * (WINDOW - age)).astype(np.int32)
    false = spike_driven(replayed.in_force, usual, replayed.days, leaves)
    return false, replayed.is_moved


def test_planted_spikes_are_false_and_lasting_shifts_are_not() -> None:
    false, moved = false_moves(amounts(), Stability())
    assert moved.sum(axis=0).tolist() == [2, 1, 0]
    assert false.sum(axis=0).tolist() == [1, 0, 0]
    assert np.flatnonzero(false[:, 0]).tolist() == [SPIKE_AT - WINDOW + 1]


def test_what_has_not_come_back_yet_is_not_false_yet() -> None:
    false, moved = false_moves(amounts()[: SPIKE_AT + WINDOW], Stability())
    assert moved[:, 0].sum() == 1
    assert not false.any()


@pytest.mark.parametrize(("band", "expected"), [(0.1, 1), (0.4, 0)])
def test_a_wide_band_would_have_prevented_the_false_move(band: float, expected: int) -> None:
    false, _ = false_moves(amounts(), Stability(band=band))
    assert false.sum() == expected


def history(found: np.ndarray) -> History:
    """Return monthly evaluations of sums over twelve months, with what is known of their spikes."""
    sums = rolling(found)
    windows = [found[night : night + WINDOW] for night in range(len(sums))]
    age = np.stack([WINDOW - 1 - window.argmax(axis=0) for window in windows])
    days = MONTH * np.arange(len(sums), dtype=np.int32)
    return History(
        evaluations=nights(sums, [CUT]),
        stakes=np.full(sums.shape, 1000.0),
        is_falling=True,
        usual=np.stack([classify(without_spike(window)) for window in windows]),
        spike_leaves=(days[:, None] + MONTH * (WINDOW - age)).astype(np.int32),
    )


@pytest.mark.requirement("S2.M7.B6")
def test_the_setting_that_is_proposed_makes_fewer_false_moves_in_months_it_has_not_seen() -> None:
    random = np.random.default_rng(7)
    months, units = 84, 300
    found = random.uniform(9, 11, (months, units))
    # A third has a spike every two years, a third shifts for good, the others do neither.
    for unit in range(100):
        found[random.integers(0, 24) :: 24, unit] += 45
        found[random.integers(24, 60) :, 100 + unit] *= 2
    seen, held_out = found[:48], found[48 - WINDOW :]
    costs = Economics(misfit_rates=0.02 * np.array([[0.0, 1.0], [1.0, 0.0]]), move_amount=20)
    settings = grid((0.0, 0.1, 0.2, 0.3), ((1, 1), (2, 2)), (0, 90), (Review.NIGHTLY,))[:-1]
    proposed = frontier(history(seen), settings, costs)
    (chosen,) = np.flatnonzero(proposed["is_recommended"])
    told = frontier(history(held_out), [settings[0], settings[chosen]], costs)
    before, after = (
        row["spike_move_count"] / row["move_count"] if row["move_count"] else 0.0
        for row in told.to_dicts()
    )
    assert told["spike_move_count"][0] > 50
    assert after < before / 2
    shifted = run(history(held_out), settings[chosen]).in_force[-1, 100:200]
    assert (shifted == 0).mean() > 0.9
