"""What it costs to be in a class that does not fit, and the history that it is measured over.

What a class costs that does not fit is told by the class the rules say on the same night, and, more
honestly, by the one they say later, when the window of the measure holds nothing of that night any
more: a class that followed noise fits the noise of its own night, and not the next.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from statistics import NormalDist

import numpy as np

from models.stability.replay import Evaluation, Floats, Replayed, Review, replay
from models.stability.step import NONE, Codes, Days, Stability

CONFIDENCE = 0.95
DAYS_A_YEAR = 365.25


@dataclass(frozen=True, kw_only=True)
class Setting:
    """One way to run a scheme: how still it holds, and how often units may move."""

    stability: Stability = field(default_factory=Stability)
    review: Review = Review.NIGHTLY


@dataclass(frozen=True, kw_only=True)
class Economics:
    """What classes and moves cost, in reporting currency.

    A unit in segment i that belongs in j costs its value at stake times `misfit_rates[i, j]` a
    year; 0 where i = j. A move costs `move_amount` (parameters, notices, stock that is moved) and
    takes people `move_hours`; of those there are `capacity_hours` a month, none for no limit.
    Classes are told by those that the rules say `later_days` later, where history reaches so far.
    """

    misfit_rates: Floats
    move_amount: float
    move_hours: float = 0.0
    capacity_hours: float | None = None
    later_days: int = 365


@dataclass(frozen=True, kw_only=True)
class History:
    """Nights to replay: evaluations in order, and what is at stake for each night and unit.

    `lead_time_days` of each unit, where known, tell moves that upset plans. `usual` is the segment
    that each value would have without the largest month of its window, `spike_leaves` the day on
    which that month is out of it: they tell moves that a spike has caused.
    """

    evaluations: Sequence[Evaluation]
    stakes: Floats
    is_falling: bool
    lead_time_days: Floats | None = None
    usual: Codes | None = None
    spike_leaves: Days | None = None


def run(history: History, setting: Setting) -> Replayed:
    """Replay one setting."""
    return replay(
        history.evaluations,
        setting.stability,
        is_falling=history.is_falling,
        review=setting.review,
    )


def later_classes(history: History, later_days: int) -> Codes | None:
    """Return for each night and unit the class on the first night `later_days` later; else none.

    It is read off the rules without bands, `NONE` where the history ends before. None where it ends
    before that for all nights.
    """
    said = run(history, Setting()).said
    days = np.array([evaluation.day for evaluation in history.evaluations])
    at = np.searchsorted(days, days + later_days)
    if at[0] >= len(days):
        return None
    later = np.full_like(said, NONE)
    reached = at < len(days)
    later[reached] = said[at[reached]]
    return later


def misfit(in_force: Codes, fitting: Codes, history: History, economics: Economics) -> Floats:
    """Return what each unit's misfit costs over the history, in currency.

    Each night stands for the days to the next; the last one stands for none. Where a segment is
    not on the ladder, nothing is told.
    """
    days = np.array([evaluation.day for evaluation in history.evaluations], np.float64)
    years = np.append(np.diff(days), 0.0) / DAYS_A_YEAR
    ladder = len(economics.misfit_rates)
    told = (in_force >= 0) & (in_force < ladder) & (fitting >= 0) & (fitting < ladder)
    rates = economics.misfit_rates[np.where(told, in_force, 0), np.where(told, fitting, 0)]
    return np.asarray((np.where(told, rates * history.stakes, 0.0) * years[:, None]).sum(axis=0))


@dataclass(frozen=True, kw_only=True)
class Gain:
    """What one setting saves against another, with its interval over units; per unit paired."""

    saved_amount: float
    low_amount: float
    high_amount: float

    @property
    def is_sure(self) -> bool:
        """Whether there is less misfit beyond what chance among the units would show."""
        return self.low_amount > 0


def gain(history: History, economics: Economics, rolling: Setting, static: Setting) -> Gain:
    """Return the misfit that `rolling` saves against `static`, judged by the classes of later.

    The interval is that of a sum over units that differ among each other (normal, 95 %). Raises
    ValueError for a history that is too short to know what came later.
    """
    later = later_classes(history, economics.later_days)
    if later is None:
        raise ValueError(f"the history is shorter than the {economics.later_days} days of later")
    costs = [misfit(run(history, s).in_force, later, history, economics) for s in (static, rolling)]
    saved = costs[0] - costs[1]
    error = float(np.sqrt(len(saved)) * saved.std(ddof=1)) if len(saved) > 1 else float("inf")
    half = NormalDist().inv_cdf((1 + CONFIDENCE) / 2) * error
    total = float(saved.sum())
    return Gain(saved_amount=total, low_amount=total - half, high_amount=total + half)
