"""A move is false when a spike made it and the unit came back; a lasting one is not."""

from __future__ import annotations

import numpy as np
import pytest

from models.stability.replay import placed, replay
from models.stability.spikes import spike_driven
from models.stability.step import Codes, Stability
from tests.models.stability.ladders import nights

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
    sums = rolling(found)
    replayed = replay(nights(sums, [CUT]), stability, is_falling=True)
    seen = found[WINDOW - 1 :]
    padded = np.vstack([np.full((WINDOW - 1, 3), -1, np.int32), replayed.in_force])
    false = spike_driven(found, padded, window=WINDOW, classify=classify)[WINDOW - 1 :]
    assert len(seen) == len(false)
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
