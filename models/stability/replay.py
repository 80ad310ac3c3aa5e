"""History classified again, night by night, with what was known on each of them.

What is in force depends on what was in force before: nights are replayed one after the other, and
the same history gives the same classes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from models.stability.step import (
    NONE,
    Bools,
    Codes,
    Days,
    Lane,
    Said,
    Stability,
    Standing,
    step,
)

Floats = npt.NDArray[np.float64]
EPOCH = date(1970, 1, 1)


class Review(StrEnum):
    """How often units may move: each kind of review but `weekly` falls on nights of the one before.

    A review is the first night of its period. `never` is a static scheme: a unit is placed once.
    """

    NIGHTLY = "nightly"
    WEEKLY = "weekly"
    MONTHLY = "monthly"
    QUARTERLY = "quarterly"
    HALF_YEARLY = "half_yearly"
    YEARLY = "yearly"
    NEVER = "never"


MONTHS = {Review.MONTHLY: 1, Review.QUARTERLY: 3, Review.HALF_YEARLY: 6, Review.YEARLY: 12}


@dataclass(frozen=True, kw_only=True)
class Evaluation:
    """What was known on a day: the value of each unit, and the cuts between segments then.

    A unit that a first rule caught, or whose inputs were missing, has its segment in `other`, else
    `NONE` there. Cuts are those of all units, or one row for each.
    """

    day: int
    values: Floats
    cuts: Floats
    other: Codes


@dataclass(frozen=True, kw_only=True)
class Replayed:
    """For each night and unit: what the rules said, what was in force, and what held it."""

    days: Days
    said: Codes
    in_force: Codes
    hold: npt.NDArray[np.int8]
    is_moved: Bools


def placed(values: Floats, cuts: Floats, *, is_falling: bool) -> Codes:
    """Return the number of the segment of each value: 0 is the first, `NONE` that of no number.

    Rising: the first segment whose cut the value does not exceed. Falling: the first whose cut it
    reaches. Cuts are in the order of segments, for all units or one row for each.
    """
    value = values[:, None]
    passed = value < cuts if is_falling else value > cuts
    return np.where(np.isnan(values), NONE, passed.sum(axis=1)).astype(np.int32)


def banded(values: Floats, cuts: Floats, band: float, stood: Codes, *, is_falling: bool) -> Codes:
    """Return the segment of each value where a cut is passed by a share of itself, or not at all.

    With `low` and `high` the segments of the value were each cut moved by `band` of itself the one
    way and the other, a unit goes no farther than it must: min(max(stood, low), high). One that did
    not stand on the ladder is placed without bands.
    """
    shift = band * np.abs(cuts)
    down = placed(values, cuts - shift, is_falling=is_falling)
    up = placed(values, cuts + shift, is_falling=is_falling)
    low, high = (down, up) if is_falling else (up, down)
    plain = placed(values, cuts, is_falling=is_falling)
    stands = (stood >= 0) & (stood <= cuts.shape[-1]) & (plain != NONE)
    return np.where(stands, np.minimum(np.maximum(stood, low), high), plain).astype(np.int32)


def is_review(days: Sequence[int], review: Review) -> Bools:
    """Return which of these days, in order, are the first of their period; the first day always is.

    Days count from 1970-01-01. Of `never` there is none but the first.
    """
    periods = [_period(day, review) for day in days]
    return np.array([n == 0 or periods[n - 1] != period for n, period in enumerate(periods)])


def next_review(day: int, review: Review) -> date | None:
    """Return the first day after `day` on which units may move; none where they never may."""
    today = EPOCH + timedelta(days=day)
    if review is Review.NEVER:
        return None
    if review is Review.NIGHTLY:
        return today + timedelta(days=1)
    if review is Review.WEEKLY:
        return today + timedelta(days=7 - today.weekday())
    months = MONTHS[review]
    following = (today.year * 12 + today.month - 1) // months * months + months
    return date(following // 12, following % 12 + 1, 1)


def replay(
    evaluations: Sequence[Evaluation],
    settings: Stability,
    *,
    is_falling: bool,
    review: Review = Review.NIGHTLY,
) -> Replayed:
    """Classify a history from its first night, when all units are placed, to its last.

    Nights are given in order of their days. Raises ValueError for a history that is empty, out of
    order, or whose nights have different units.
    """
    _check(evaluations)
    first = evaluations[0]
    units, ladder = len(first.values), first.cuts.shape[-1] + 1
    standing = Standing.nowhere(units, ladder=ladder, among=settings.among)
    nobody = Lane(is_triggered=np.zeros(units, bool), rank=np.arange(units, dtype=np.int32), room=0)
    said, in_force, hold, moved = [], [], [], []
    days = [evaluation.day for evaluation in evaluations]
    for evaluation, may_move in zip(evaluations, is_review(days, review), strict=True):
        told = _said(evaluation, standing.segment, settings.band, is_falling=is_falling)
        night = step(standing, told if may_move else replace(told, between=nobody), settings)
        standing = night.standing
        said.append(told.raw)
        in_force.append(standing.segment)
        hold.append(night.hold)
        moved.append(night.is_moved)
    return Replayed(
        days=np.array(days, np.int32),
        said=np.stack(said),
        in_force=np.stack(in_force),
        hold=np.stack(hold),
        is_moved=np.stack(moved),
    )


def _said(evaluation: Evaluation, stood: Codes, band: float, *, is_falling: bool) -> Said:
    values, cuts, other = evaluation.values, evaluation.cuts, evaluation.other
    plain = placed(values, cuts, is_falling=is_falling)
    wide = banded(values, cuts, band, stood, is_falling=is_falling)
    return Said(
        day=evaluation.day,
        raw=np.where(other == NONE, plain, other).astype(np.int32),
        banded=np.where(other == NONE, wide, other).astype(np.int32),
    )


def _period(day: int, review: Review) -> int:
    if review is Review.NEVER:
        return 0
    if review is Review.NIGHTLY:
        return day
    if review is Review.WEEKLY:
        return (day + 3) // 7  # 1970-01-01 was a Thursday; weeks begin on Monday
    when = EPOCH + timedelta(days=int(day))
    return (when.year * 12 + when.month - 1) // MONTHS[review]


def _check(evaluations: Sequence[Evaluation]) -> None:
    if not evaluations:
        raise ValueError("there is no night to replay")
    days = [evaluation.day for evaluation in evaluations]
    if any(later <= earlier for earlier, later in pairwise(days)):
        raise ValueError("nights are replayed in order, each once")
    shapes = {(len(e.values), len(e.other), e.cuts.shape[-1]) for e in evaluations}
    if len(shapes) > 1:
        raise ValueError(f"nights have different units or cuts: {sorted(shapes)}")
