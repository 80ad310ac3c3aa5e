"""Moves that a spike caused: the unit comes back when the spike leaves the window of its measure.

A measure over a rolling window, such as the margin of twelve months, carries one large order for as
long as the window reaches back to it. The class it gives meanwhile was never that of the unit.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from models.stability.step import NONE, Bools, Codes

Floats = npt.NDArray[np.float64]
Classify = Callable[[Floats], Codes]  # sums of a window to segments


def spike_driven(
    amounts: Floats,
    in_force: Codes,
    *,
    window: int,
    classify: Classify,
    grace: int = 1,
) -> Bools:
    """Return which moves were false: a mark for each period and unit on which one moved.

    `amounts` and `in_force` have a row for each period and a column for each unit; the measure of
    a period is the sum over it and the `window` - 1 before. A move is false when both hold: were
    the largest period of the window like the middle one of the others, `classify` would give the
    segment that was left; and the unit comes back to that segment no later than `grace` periods
    after the largest one has left the window. So what was sustained is never false, and what is too
    young to have come back is not false yet.
    """
    periods, units = in_force.shape
    false = np.zeros((periods, units), bool)
    for now in range(max(window, 1), periods):
        stood = in_force[now - 1]
        has_moved = (in_force[now] != stood) & (in_force[now] != NONE) & (stood != NONE)
        if not has_moved.any():
            continue
        seen = amounts[now - window + 1 : now + 1]
        spike = np.argmax(seen, axis=0)
        usual = classify(_without(seen, spike)) == stood
        last = now - window + 1 + spike + window + grace  # the last period to come back in
        later = np.arange(periods)[:, None]
        in_time = (later > now) & (later <= last[None, :])
        comes_back = ((in_force == stood[None, :]) & in_time).any(axis=0)
        false[now] = has_moved & usual & comes_back
    return false


def _without(seen: Floats, spike: npt.NDArray[np.intp]) -> Floats:
    """Return the sums of windows whose largest period is like the middle one of the others."""
    largest = np.take_along_axis(seen, spike[None, :], axis=0)[0]
    others = seen.copy()
    np.put_along_axis(others, spike[None, :], np.nan, axis=0)
    middle = np.nanmedian(others, axis=0) if len(seen) > 1 else np.zeros_like(largest)
    return np.asarray(seen.sum(axis=0) - largest + middle)
