"""What series sell in weeks that nothing disturbs: around those that are disturbed, and in all.

Demand is laid out by series and week, some series at a time: the neighbours of a week then stand
beside it. Nothing that is found of one series depends on which others there are.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from models.demand.censoring import Moments
from models.demand.levels import Level, local_level

Matrix = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]

CELLS = 1 << 26  # weeks laid out at a time: half a gigabyte, of 430,000 series with three years
BLOCK = 512  # series measured at a time, whose matrices stay in a core's cache


@dataclass(frozen=True, kw_only=True)
class Lives:
    """First and last week of series 0, 1, …; one that never lived ends before it begins."""

    first: Ints
    last: Ints


@dataclass(frozen=True, kw_only=True)
class Disturbed:
    """Weeks in which series are disturbed, sorted by series, each once.

    `is_measured` says of which the level around them is asked for.
    """

    series: Ints
    week: Ints
    is_measured: Mask


@dataclass(frozen=True, kw_only=True)
class Surroundings:
    """What is found of disturbed weeks, in their order, and of series.

    units      net demand of the week; NaN where it has no row
    level      of the undisturbed weeks around those that are measured, in their order
    usual      sizes of undisturbed weeks with demand, by series
    """

    units: Matrix
    level: Level
    usual: Moments


@dataclass(frozen=True, kw_only=True)
class _Block:
    """Some series: demand by series and week, NaN without a row; lives and weeks as columns."""

    sizes: Matrix
    lives: Lives
    disturbed: Disturbed


def surroundings(demand: pl.DataFrame, lives: Lives, disturbed: Disturbed) -> Surroundings:
    """Measure what is beside disturbed weeks.

    `demand` has series, week and units, one row at most for a series and week, in any order.
    """
    found = [_measured(block) for block in _blocks(demand, lives, disturbed)]
    return Surroundings(
        units=np.concatenate([np.empty(0), *(of.units for of in found)]),
        level=Level.of_all([of.level for of in found]),
        usual=Moments.of_all([of.usual for of in found]),
    )


def _blocks(demand: pl.DataFrame, lives: Lives, disturbed: Disturbed) -> Iterator[_Block]:
    """Lay out all series, some at a time."""
    count = len(lives.first)
    weeks = np.concatenate([demand["week"].to_numpy(), lives.first, lives.last, disturbed.week])
    origin, width = (int(weeks.min()), int(np.ptp(weeks)) + 1) if len(weeks) else (0, 0)
    edges = np.searchsorted(disturbed.series, np.arange(0, count + BLOCK, BLOCK))
    step = BLOCK * max(1, CELLS // (BLOCK * max(1, width)))
    for start in range(0, count, step):
        rows = demand
        if count > step:
            rows = demand.filter(pl.col("series").is_between(start, start + step, closed="left"))
        sizes = np.full((min(step, count - start), width), np.nan)
        at = rows["series"].to_numpy() - start, rows["week"].to_numpy() - origin
        sizes[at] = rows["units"].to_numpy()
        for first in range(0, len(sizes), BLOCK):
            some = slice(start + first, start + first + BLOCK)
            low, high = edges[some.start // BLOCK], edges[some.start // BLOCK + 1]
            yield _Block(
                sizes=sizes[first : first + BLOCK],
                lives=Lives(first=lives.first[some] - origin, last=lives.last[some] - origin),
                disturbed=Disturbed(
                    series=disturbed.series[low:high] - some.start,
                    week=disturbed.week[low:high] - origin,
                    is_measured=disturbed.is_measured[low:high],
                ),
            )


def _measured(block: _Block) -> Surroundings:
    series, week = block.disturbed.series, block.disturbed.week
    count, width = block.sizes.shape
    sizes = np.where(np.isnan(block.sizes), 0.0, block.sizes)
    column = np.arange(width)
    is_clean = (block.lives.first[:, None] <= column) & (column <= block.lives.last[:, None])
    is_clean[series, week] = False
    asked = block.disturbed.is_measured
    is_sold = is_clean & (sizes > 0)
    sold = np.repeat(np.arange(count), is_sold.sum(axis=1))  # the series that each such week is of
    return Surroundings(
        units=block.sizes[series, week],
        level=local_level(sizes, is_clean, series[asked], week[asked]),
        usual=Moments.of(sold, sizes[is_sold], count=count),
    )
