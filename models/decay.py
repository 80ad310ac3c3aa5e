"""Decay: an event counts half for each half-life of its age, so that recent conduct counts more.

A decayed sum has an exact incremental form: to know it on a later day it is enough to know it on an
earlier one and what has happened since. An infinite half-life is the plain sum.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Days = npt.NDArray[np.int64]

INFINITE = math.inf


@dataclass(frozen=True, kw_only=True)
class Decayed:
    """Decayed sums as they stand on a day, one for each unit."""

    value: Floats
    day: int


def weights(age: Floats | Days, *, half_life: float) -> Floats:
    """Return 0.5 ** (age / half_life); ages and half-life are in one unit, whichever it is.

    Raises ValueError for a half-life that is not positive and for an age below zero: what has not
    happened yet has no weight.
    """
    if not half_life > 0:
        raise ValueError(f"a half-life of {half_life} is not positive")
    if np.any(np.asarray(age) < 0):
        raise ValueError("an event of the future has no weight")
    return np.asarray(0.5 ** (np.asarray(age, dtype=np.float64) / half_life))


def decayed_sums(
    values: Floats, days: Days, units: Days, *, count: int, as_of: int, half_life: float
) -> Decayed:
    """Add up events of `count` units as of a day: value, day and unit of each event.

    What lies after the day is not known on it and counts for nothing.
    """
    known = days <= as_of
    counted = values[known] * weights(as_of - days[known], half_life=half_life)
    sums = np.bincount(units[known], weights=counted, minlength=count)
    return Decayed(value=sums.astype(np.float64), day=as_of)


def advanced(before: Decayed, since: Decayed, *, half_life: float) -> Decayed:
    """Bring sums forward to the day of `since`, which holds what has happened after `before`.

    S(d) = S(d0) * 0.5 ** ((d - d0) / half_life) + what happened in (d0, d], decayed to d.
    """
    factor = weights(np.array([since.day - before.day]), half_life=half_life)
    return Decayed(value=before.value * factor + since.value, day=since.day)
