"""Classes that hold still: one night's step from what the rules say to what is in force.

Segments are numbers. The first `ladder` of them stand on a ladder, in the order of the scheme;
the others (new, no demand, out of scope, unclassified) do not: whoever comes to one of them, or
leaves it, does so at once, and what was known of the unit's moves is forgotten. On the ladder
a unit moves to the segment that the rules say of it, bands included, when that was said often
enough (m of the last n evaluations, tonight among them), the last move is long enough ago, it has
not left that segment lately, and the notice of the move has been given. What it waits for is told.

Bands are those of a comparator with two thresholds (Schmitt 1938, J. Sci. Instrum. 15, 24-26); they
are in the rules, and `replay.banded` has them for replays. All is set-based over units, each judged
by itself: neither their order nor their number changes anything.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum

import numpy as np
import numpy.typing as npt

Codes = npt.NDArray[np.int32]  # segments as numbers
Days = npt.NDArray[np.int32]  # days since any fixed day
Bools = npt.NDArray[np.bool_]

NONE = -1  # no segment
NEVER = -(2**30)  # a day before all days


class Hold(IntEnum):
    """Why the segment in force is not what the rules say; what is longest to wait for comes first.

    `BAND`: the value is inside of a band. `REVIEW`: it waits for the next review. `CAP`: so many
    have moved between two reviews that there is no room for more.
    """

    NONE = 0
    BAND = 1
    CONFIRMATION = 2
    DWELL = 3
    COOLDOWN = 4
    NOTICE = 5
    REVIEW = 6
    CAP = 7


@dataclass(frozen=True, kw_only=True)
class Stability:
    """What keeps the units of a scheme from moving; as it stands here, nothing does.

    `band` is the share of a cut by which a value must pass it. A move needs its target said by
    `confirm` of the last `among` evaluations, `dwell_days` since the last move, `cooldown_days`
    since the target was left, and `notice_days`, which may differ by direction: down is towards the
    end of the ladder.
    """

    band: float = 0.0
    confirm: int = 1
    among: int = 1
    dwell_days: int = 0
    cooldown_days: int = 0
    notice_down_days: int = 0
    notice_up_days: int = 0

    def __post_init__(self) -> None:
        """Refuse settings that no night can keep."""
        if not 0 <= self.band < 1:
            raise ValueError(f"a band of {self.band} is not from 0 to below 1")
        if not 1 <= self.confirm <= self.among:
            raise ValueError(f"{self.confirm} of {self.among} evaluations cannot confirm a move")
        days = (self.dwell_days, self.cooldown_days, self.notice_down_days, self.notice_up_days)
        if min(days) < 0:
            raise ValueError("a number of days is negative")


# Measured: items whose demand never changes move less than once per 100 items and quarter, by the
# margin of a year as well as by the variation of its weeks (benchmarks/stability.py, 2026-11).
DEFAULT = Stability(band=0.2, confirm=10, among=14, dwell_days=90)


@dataclass(frozen=True, kw_only=True)
class Standing:
    """Where units stand, and what must be known of the nights before; one place for each unit.

    `left` has a column for each segment of the ladder: the day on which it was left. `candidates`
    are the targets of the evaluations before, the newest last, `NONE` where the rules said that the
    unit stays. `pending` is a confirmed target whose day has not come, `confirmed` the first day of
    its confirmation.
    """

    segment: Codes
    since: Days
    moved: Days
    left: Days
    candidates: Codes
    pending: Codes
    confirmed: Days

    @classmethod
    def nowhere(cls, units: int, *, ladder: int, among: int) -> Standing:
        """Return units that have no segment yet."""
        return cls(
            segment=np.full(units, NONE, np.int32),
            since=np.full(units, NEVER, np.int32),
            moved=np.full(units, NEVER, np.int32),
            left=np.full((units, ladder), NEVER, np.int32),
            candidates=np.full((units, among - 1), NONE, np.int32),
            pending=np.full(units, NONE, np.int32),
            confirmed=np.full(units, NEVER, np.int32),
        )

    @property
    def ladder(self) -> int:
        """Return how many segments stand on the ladder."""
        return int(self.left.shape[1])


@dataclass(frozen=True, kw_only=True)
class Lane:
    """Who may move on a night between two reviews.

    Of the units with a trigger, so many as there is `room` for, by `rank`: 0 first, no two alike.
    """

    is_triggered: Bools
    rank: Codes
    room: int


@dataclass(frozen=True, kw_only=True)
class Said:
    """What the rules say on a night: the segment as it is, and with bands where the unit stood.

    Every unit has one. On a night of review, `between` is none.
    """

    day: int
    raw: Codes
    banded: Codes
    between: Lane | None = None


@dataclass(frozen=True, kw_only=True)
class Night:
    """Where units stand now, which of them have moved on the ladder, and what holds them."""

    standing: Standing
    is_moved: Bools = field(repr=False)
    hold: npt.NDArray[np.int8] = field(repr=False)


def step(before: Standing, said: Said, settings: Stability) -> Night:
    """Return the night after `before`; the same arguments give the same night."""
    stood, day = before.segment, said.day
    is_held = _on_ladder(stood, before.ladder) & _on_ladder(said.banded, before.ladder)
    target = np.where(is_held & (said.banded != stood), said.banded, NONE).astype(np.int32)
    seen = np.column_stack([before.candidates, target])
    is_confirmed = (target != NONE) & (
        np.count_nonzero(seen == target[:, None], axis=1) >= settings.confirm
    )
    goes_on = is_confirmed & (before.pending == target)
    confirmed = np.where(goes_on, before.confirmed, day).astype(np.int32)
    waits = _waits(before, target, confirmed, day, settings)
    waits[~is_confirmed] = Hold.CONFIRMATION
    waits[target == NONE] = Hold.NONE
    if said.between is not None:
        _keep_to_lane(waits, target, said.between)
    is_moved = (target != NONE) & (waits == Hold.NONE)
    segment = np.where(is_held, np.where(is_moved, target, stood), said.raw).astype(np.int32)
    starts_anew = is_moved | ~is_held
    is_pending = is_confirmed & ~is_moved
    standing = Standing(
        segment=segment,
        since=np.where(segment == stood, before.since, day).astype(np.int32),
        moved=np.where(is_moved, day, np.where(is_held, before.moved, NEVER)).astype(np.int32),
        left=_left(before, is_held, is_moved, day),
        candidates=np.where(starts_anew[:, None], NONE, seen[:, 1:]).astype(np.int32),
        pending=np.where(is_pending, target, NONE).astype(np.int32),
        confirmed=np.where(is_pending, confirmed, NEVER).astype(np.int32),
    )
    hold = np.where(segment == said.raw, Hold.NONE, np.where(waits, waits, Hold.BAND))
    return Night(standing=standing, is_moved=is_moved, hold=hold.astype(np.int8))


def due_days(standing: Standing, settings: Stability) -> Days:
    """Return the day on which each pending move takes effect if the rules go on saying it.

    `NEVER` for units without one. A review later than that day is still waited for.
    """
    earliest = np.maximum.reduce(
        _earliest(standing, standing.pending, standing.confirmed, settings)
    )
    return np.where(standing.pending == NONE, NEVER, earliest).astype(np.int32)


def _on_ladder(segment: Codes, ladder: int) -> Bools:
    return (segment >= 0) & (segment < ladder)


def _earliest(
    standing: Standing, target: Codes, confirmed: Days, settings: Stability
) -> tuple[Days, Days, Days]:
    """Return the first days that dwell, cool-down and notice allow."""
    left = np.take_along_axis(standing.left, np.maximum(target, 0)[:, None], axis=1)[:, 0]
    is_down = target > standing.segment
    notice = np.where(is_down, settings.notice_down_days, settings.notice_up_days)
    return (
        (standing.moved + settings.dwell_days).astype(np.int32),
        (left + settings.cooldown_days).astype(np.int32),
        (confirmed + notice).astype(np.int32),
    )


def _waits(
    before: Standing, target: Codes, confirmed: Days, day: int, settings: Stability
) -> npt.NDArray[np.int8]:
    """Return what a confirmed move still waits for."""
    dwell, cooldown, notice = _earliest(before, target, confirmed, settings)
    waits = np.zeros(len(target), np.int8)
    waits[day < notice] = Hold.NOTICE
    waits[day < cooldown] = Hold.COOLDOWN
    waits[day < dwell] = Hold.DWELL
    return waits


def _keep_to_lane(waits: npt.NDArray[np.int8], target: Codes, lane: Lane) -> None:
    """Let only so many units with a trigger move as there is room for."""
    ready = (target != NONE) & (waits == Hold.NONE)
    waits[ready & ~lane.is_triggered] = Hold.REVIEW
    asking = np.flatnonzero(ready & lane.is_triggered)
    in_turn = asking[np.argsort(lane.rank[asking])]
    waits[in_turn[max(lane.room, 0) :]] = Hold.CAP


def _left(before: Standing, is_held: Bools, is_moved: Bools, day: int) -> Days:
    """Return when each segment was left, tonight's moves among them."""
    left = np.where(is_held[:, None], before.left, NEVER).astype(np.int32)
    moving = np.flatnonzero(is_moved)
    left[moving, before.segment[moving]] = day
    return left
