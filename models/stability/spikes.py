"""Moves that a spike caused: the unit comes back when the spike leaves the window of its measure.

A measure over a rolling window, such as the margin of twelve months, carries one large order for as
long as the window reaches back to it. The class it gives meanwhile was never that of the unit.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from models.stability.step import NONE, Bools, Codes, Days

Floats = npt.NDArray[np.float64]


def without_spike(amounts: Floats) -> Floats:
    """Return the sums of windows were their largest period like the middle one of the others.

    `amounts` has a row for each period of the window and a column for each unit.
    """
    largest = np.argmax(amounts, axis=0)[None, :]
    others = amounts.copy()
    np.put_along_axis(others, largest, np.nan, axis=0)
    middle = np.nanmedian(others, axis=0) if len(amounts) > 1 else np.zeros(amounts.shape[1])
    return np.asarray(np.nansum(others, axis=0) + middle)


def spike_driven(
    in_force: Codes, usual: Codes, days: Days, leaves: Days, *, grace_days: int = 0
) -> Bools:
    """Return which moves were false: a mark for each night and unit on which one moved.

    Nights are rows, units columns; `days` are those of the nights. `usual` is the segment that
    the value would have without its spike, `leaves` the day on which that is out of the window.
    A move is false when both hold: the usual segment is the one that was left, and the unit comes
    back to it no later than `grace_days` after the spike has left. So what was sustained is never
    false, and what is too young to have come back is not false yet.
    """
    false = np.zeros(in_force.shape, bool)
    for night in range(1, len(in_force)):
        stood = in_force[night - 1]
        has_moved = (in_force[night] != stood) & (in_force[night] != NONE) & (stood != NONE)
        suspect = np.flatnonzero(has_moved & (usual[night] == stood))
        if len(suspect):
            until = leaves[night, suspect] + grace_days
            back = in_force[night + 1 :, suspect] == stood[suspect]
            in_time = days[night + 1 :, None] <= until
            false[night, suspect] = (back & in_time).any(axis=0)
    return false
