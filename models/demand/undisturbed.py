"""What series sell in weeks that nothing disturbs: around those that are disturbed, and in all.

Demand is laid out by series and week, some series at a time: the neighbours of a week then stand
beside it. Nothing that is found of one series depends on which others there are.
"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from models.demand.censoring import Moments
from models.demand.histories import laid_out
from models.demand.levels import Level, local_level

Matrix = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]

CELLS = 1 << 26  # weeks laid out at a time: half a gigabyte, of 430,000 series with three years
BLOCK = 2_048  # series that a thread measures at a time


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


def surroundings(
    demand: pl.DataFrame, lives: Lives, disturbed: Disturbed, *, threads: int = 1
) -> Surroundings:
    """Measure what is beside disturbed weeks.

    `demand` has series, week and units, one row at most for a series and week, in any order. How
    many threads work at it changes nothing but the time.
    """
    found: list[Surroundings] = []
    with ThreadPoolExecutor(threads) as pool:
        for blocks in _laid_out(demand, lives, disturbed):
            found += pool.map(_measured, blocks)
    return Surroundings(
        units=np.concatenate([np.empty(0), *(of.units for of in found)]),
        level=Level.of_all([of.level for of in found]),
        usual=Moments.of_all([of.usual for of in found]),
    )


def _laid_out(
    demand: pl.DataFrame, lives: Lives, disturbed: Disturbed
) -> Iterator[Iterator[_Block]]:
    """Lay out all series, as many at a time as memory allows, and cut them into blocks."""
    count = len(lives.first)
    weeks = np.concatenate([demand["week"].to_numpy(), lives.first, lives.last, disturbed.week])
    origin, width = (int(weeks.min()), int(np.ptp(weeks)) + 1) if len(weeks) else (0, 0)
    step = BLOCK * max(1, CELLS // (BLOCK * max(1, width)))
    for start in range(0, count, step):
        rows = demand
        if count > step:
            rows = demand.filter(pl.col("series").is_between(start, start + step, closed="left"))
        at = rows["series"].to_numpy() - start, rows["week"].to_numpy() - origin
        shape = min(step, count - start), width
        sizes = laid_out(*at, rows["units"].to_numpy(), shape=shape, empty=np.nan)
        yield _blocks(sizes, start, origin, lives, disturbed)


def _blocks(
    sizes: Matrix, start: int, origin: int, lives: Lives, disturbed: Disturbed
) -> Iterator[_Block]:
    """Cut what is laid out; its first series is `start`, its first week `origin`."""
    ends = range(start, start + len(sizes) + BLOCK, BLOCK)
    edges = np.searchsorted(disturbed.series, np.array(ends))
    for first, low, high in zip(ends[:-1], edges[:-1], edges[1:], strict=True):
        some = slice(first, first + BLOCK)
        yield _Block(
            sizes=sizes[first - start : first - start + BLOCK],
            lives=Lives(first=lives.first[some] - origin, last=lives.last[some] - origin),
            disturbed=Disturbed(
                series=disturbed.series[low:high] - first,
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
