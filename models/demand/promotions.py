"""By what factor promotions change demand: while they run, and in the weeks before and after."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from models.demand.effects import LEAST, Effect, pooled, shrunk
from models.demand.levels import Level

Matrix = npt.NDArray[np.float64]
Codes = npt.NDArray[np.int8]

MINIMUM_EVENTS = 5  # of a kind of promotion, below which all kinds are pooled
ESTIMATORS = ("none", "event", "kind", "all kinds", "distance")
NONE, EVENT, KIND, ALL_KINDS, DISTANCE = range(len(ESTIMATORS))


@dataclass(frozen=True, kw_only=True)
class Factors:
    """By week, the factor on demand and what it rests on, as a place in ESTIMATORS."""

    factor: Matrix
    estimator: Codes

    @classmethod
    def none(cls, count: int) -> Factors:
        """Return the factors of weeks on which nothing has an effect."""
        return cls(factor=np.ones(count), estimator=np.full(count, NONE, dtype=np.int8))


def promotion_factors(weeks: pl.DataFrame, units: Matrix, level: Level) -> Factors:
    """Return the factor of each promotion week.

    `weeks` are as those of `Touched`; `units` is what was asked for, NaN where that is not known,
    and `level` the usual week around.

    The factor while a promotion runs is that of the event, drawn toward its kind's; where the event
    cannot be measured it is its kind's. Before and after it is the mean of all events at that
    distance. What chance explains is no effect: the factor is 1. Where a promotion runs on part of
    the week's days, it works on that part.
    """
    ratio = units / level.mean
    week_noise = np.where(np.isnan(ratio), np.nan, level.cv2)
    level_noise = week_noise / np.maximum(level.weeks, 1)
    found = Factors.none(len(units))
    phase, apart = weeks["promotion_phase"], weeks["weeks_apart"].to_numpy()
    is_running = (phase == "during").to_numpy()
    running = weeks.select("series", "promotion_id", "promotion_kind", "share").filter(is_running)
    noises = {"ratio": ratio, "week_noise": week_noise, "level_noise": level_noise}
    _fill(
        found,
        is_running,
        _running(running.with_columns(**{k: v[is_running] for k, v in noises.items()})),
    )
    distance = np.where(phase == "before", -apart, apart)
    for one in np.unique(distance[~is_running]):
        at = ~is_running & (distance == one)
        _fill(found, at, _around(ratio[at], (week_noise + level_noise)[at]))
    return found


def _fill(found: Factors, at: npt.NDArray[np.bool_], some: Factors) -> None:
    found.factor[at], found.estimator[at] = some.factor, some.estimator


def _running(weeks: pl.DataFrame) -> Factors:
    """Return the factors of weeks in which promotions run."""
    measured = pl.col("ratio", "week_noise", "level_noise").fill_nan(None)
    share, is_known = pl.col("share"), pl.col("ratio").is_not_null()
    total = (pl.when(is_known).then(share) ** 2).sum()
    square = pl.when(total > 0).then(total)  # null, like all that is divided by it
    events = (
        weeks.with_columns(measured)
        .with_row_index("week")
        .group_by("series", "promotion_id", "promotion_kind", maintain_order=True)
        .agg(
            "week",
            ratio=1 + (share * (pl.col("ratio") - 1)).sum() / square,
            noise=pl.col("week_noise").mean() / square + pl.col("level_noise").mean(),
        )
    )
    ratio, noise = (events[name].fill_null(np.nan).to_numpy() for name in ("ratio", "noise"))
    found = _of_events(ratio, noise, events["promotion_kind"])
    event = np.empty(weeks.height, dtype=np.int64)  # that a week is of
    event[events["week"].explode().to_numpy()] = np.repeat(
        np.arange(events.height), events["week"].list.len().to_numpy()
    )
    return Factors(
        factor=1 + weeks["share"].to_numpy() * (found.factor[event] - 1),
        estimator=found.estimator[event],
    )


def _of_events(ratio: Matrix, noise: Matrix, kinds: pl.Series) -> Factors:
    """Return the factors of events: drawn toward that of their sort, or it where not measured."""
    found = Factors.none(len(ratio))
    everything = _pooled(ratio, noise)
    is_known = ~np.isnan(ratio)
    for kind in kinds.unique().sort():
        is_own = (kinds == kind).to_numpy()
        effect, estimator = _pooled(ratio[is_own], noise[is_own]), KIND
        if effect.count < MINIMUM_EVENTS:
            effect, estimator = everything, ALL_KINDS
        if effect.is_certain:
            known = is_own & is_known
            found.factor[is_own], found.estimator[is_own] = effect.mean, estimator
            found.factor[known] = shrunk(ratio[known], noise[known], effect)
            found.estimator[known] = EVENT
    return found


def _around(ratio: Matrix, noise: Matrix) -> Factors:
    """Return the factors of weeks at one distance before or after promotions: below 1, or 1."""
    effect = _pooled(ratio, noise)
    is_dip = effect.is_certain and effect.mean < 1
    return Factors(
        factor=np.full(len(ratio), max(effect.mean, LEAST) if is_dip else 1.0),
        estimator=np.full(len(ratio), DISTANCE if is_dip else NONE, dtype=np.int8),
    )


def _pooled(ratio: Matrix, noise: Matrix) -> Effect:
    is_known = ~np.isnan(ratio) & ~np.isnan(noise)
    return pooled(ratio[is_known], noise[is_known])
