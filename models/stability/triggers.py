"""Triggers of reclassification: what must happen to a metric, and for how long, to look again.

A trigger fires when what it waits for has held for so many evaluations, and not again before its
cool-down is over. What is shorter, a spike, never fires. Metrics are numbers; a stage or another
word is given as a number for each word.

    limits   the value comes to `upper` or above, or to `lower` or below. Between them the side that
             it was on last is kept, so that where a unit stands depends on where it came from.
    step     the value differs from its reference by `size` of the reference or more
    shift    by `size` itself or more, as a share of revenue does
    change   it is any other than its reference

The reference is the value as the trigger last fired, or as it was first seen.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import numpy.typing as npt

from models.stability.step import NEVER, Bools, Days

Floats = npt.NDArray[np.float64]
NEAR = 1e-9  # a step of exactly the size is one, whatever its last binary digit


class Kind(StrEnum):
    """What a trigger waits for."""

    LIMITS = "limits"
    STEP = "step"
    SHIFT = "shift"
    CHANGE = "change"


@dataclass(frozen=True, kw_only=True)
class Trigger:
    """A trigger on one metric: held for `persistence` evaluations, then quiet for some days."""

    kind: Kind
    lower: float = -np.inf
    upper: float = np.inf
    size: float = 0.0
    persistence: int = 1
    cooldown_days: int = 0

    def __post_init__(self) -> None:
        """Refuse a trigger that never fires, or always."""
        if self.kind is Kind.LIMITS and not self.lower < self.upper:
            raise ValueError(f"the lower limit {self.lower} is not below the upper {self.upper}")
        if self.kind in {Kind.STEP, Kind.SHIFT} and not self.size > 0:
            raise ValueError(f"a step of {self.size} is none")
        if self.persistence < 1 or self.cooldown_days < 0:
            raise ValueError("persistence is 1 or more, and a cool-down is not negative")


@dataclass(frozen=True, kw_only=True)
class Watch:
    """What is known of each unit from the nights before.

    `reference` is null (NaN) for a unit not seen yet; with limits it is the side: 1 above, -1
    below, 0 between them from the first. `leaning` is what has been held for `held` evaluations:
    1 up, -1 down, or the other value; NaN for nothing.
    """

    reference: Floats
    leaning: Floats
    held: Days
    fired: Days

    @classmethod
    def unseen(cls, units: int) -> Watch:
        """Return units that nobody has looked at yet."""
        return cls(
            reference=np.full(units, np.nan),
            leaning=np.full(units, np.nan),
            held=np.zeros(units, np.int32),
            fired=np.full(units, NEVER, np.int32),
        )


@dataclass(frozen=True, kw_only=True)
class Watched:
    """A night of a trigger: what is known now, where it fires, and which limit was crossed.

    `leaning` says to which side, or to what; `limit` is the value that had to be reached, NaN where
    any change was enough. Both are NaN where nothing fires.
    """

    watch: Watch
    fires: Bools
    leaning: Floats
    limit: Floats


def watch(before: Watch, values: Floats, day: int, trigger: Trigger) -> Watched:
    """Look at tonight's values; a value that is missing (NaN) neither counts nor breaks off."""
    is_known = ~np.isnan(values)
    is_new = is_known & np.isnan(before.reference)
    reference = np.where(is_new, _start(values, trigger), before.reference)
    leaning, limit = _leaning(values, reference, trigger)
    goes_on = leaning == before.leaning
    held = np.where(np.isnan(leaning), 0, np.where(goes_on, before.held + 1, 1))
    held = np.where(is_known, held, before.held)
    is_quiet = day - before.fired.astype(np.int64) < trigger.cooldown_days
    fires = is_known & (held >= trigger.persistence) & ~is_quiet
    leaning = np.where(is_known, leaning, before.leaning)
    onwards = leaning if trigger.kind is Kind.LIMITS else values
    return Watched(
        watch=Watch(
            reference=np.where(fires, onwards, reference),
            leaning=np.where(fires, np.nan, leaning),
            held=np.where(fires, 0, held).astype(np.int32),
            fired=np.where(fires, day, before.fired).astype(np.int32),
        ),
        fires=fires,
        leaning=np.where(fires, leaning, np.nan),
        limit=np.where(fires, limit, np.nan),
    )


def _start(values: Floats, trigger: Trigger) -> Floats:
    """Return the reference of units seen for the first time."""
    if trigger.kind is not Kind.LIMITS:
        return values
    above, below = values >= trigger.upper, values <= trigger.lower
    return above.astype(np.float64) - below.astype(np.float64)


def _leaning(values: Floats, reference: Floats, trigger: Trigger) -> tuple[Floats, Floats]:
    """Return where each value leans to, NaN for nowhere, and the limit that it has reached."""
    if trigger.kind is Kind.CHANGE:
        return np.where(values != reference, values, np.nan), np.full(len(values), np.nan)
    if trigger.kind is Kind.LIMITS:
        side = np.where(values >= trigger.upper, 1.0, np.where(values <= trigger.lower, -1.0, 0.0))
        leaning = np.where((side == 0) | (side == reference), np.nan, side)
        return leaning, np.where(side > 0, trigger.upper, trigger.lower)
    size = trigger.size * (np.abs(reference) if trigger.kind is Kind.STEP else 1.0)
    by = values - reference
    is_step = (by != 0) & (np.abs(by) >= size * (1 - NEAR))
    direction = np.sign(by)
    return np.where(is_step, direction, np.nan), reference + direction * size
