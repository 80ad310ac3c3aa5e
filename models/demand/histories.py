"""Weekly demand of many series as matrices, a block of one length at a time.

Weeks count from the newest, which is 0; earlier ones are negative. A history runs from the first
week in which demand was seen to week 0, and a week of it without a row had no demand. Matrices hold
those weeks too, since most of what is measured needs them; blocks keep memory bounded.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

Matrix = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

CELLS = 1 << 28  # weeks laid out at a time: 2 GB, of 1.7 million series with three years
# Series measured at a time. Matrices of three years then take 0.3 MB each, and the few that are
# worked on stay in a core's cache: with 2,048 series the same work takes twice as long.
BLOCK = 256


@dataclass(frozen=True, kw_only=True)
class Block:
    """Series whose histories have one length, at least 1.

    series    their numbers: (n,)
    sizes     demand by week, the newest last: (n, length)
    seen      the same without weeks of which the demand is estimated; often `sizes` itself
    """

    series: Ints
    sizes: Matrix
    seen: Matrix

    @property
    def length(self) -> int:
        """Return the number of weeks of each history."""
        return int(self.sizes.shape[1])


def laid_out(
    rows: Ints, columns: Ints, values: Matrix, *, shape: tuple[int, int], empty: float
) -> Matrix:
    """Return the matrix of values at their places, each once, and `empty` at all others.

    Places are counted through: that takes half of the time of giving them by row and column.
    """
    matrix = np.full(shape, empty)
    places = rows.astype(np.int64)
    places *= shape[1]
    places += columns
    matrix.reshape(-1)[places] = values
    return matrix


def blocks(demand: pl.DataFrame) -> Iterator[Block]:
    """Yield all series in which demand was seen, each once.

    `demand` has series (0, 1, …), week (0 or less) and size (above 0), one row at most for a series
    and week, and may have is_estimated: nothing was seen of such a week. What is estimated before
    the first week seen is no part of a history.
    """
    if demand.is_empty():
        return
    if "is_estimated" not in demand.columns:
        demand = demand.with_columns(is_estimated=pl.lit(False))
    width = 1 - int(demand["week"].to_numpy().min())
    count = int(demand["series"].to_numpy().max()) + 1
    step = max(1, CELLS // width)
    for origin in range(0, count, step):
        rows = demand
        if count > step:
            rows = demand.filter(pl.col("series").is_between(origin, origin + step, closed="left"))
        at = rows["series"].to_numpy() - origin, rows["week"].to_numpy() + (width - 1)
        shape = min(step, count - origin), width
        sizes = laid_out(*at, rows["size"].to_numpy(), shape=shape, empty=0.0)
        estimated = np.flatnonzero(rows["is_estimated"].to_numpy())
        yield from _of_one_length(sizes, *(place[estimated] for place in at), origin=origin)


def _of_one_length(sizes: Matrix, rows: Ints, weeks: Ints, *, origin: int) -> Iterator[Block]:
    """Cut what is laid out into blocks; `rows` and `weeks` are the places of estimates."""
    is_seen = sizes > 0
    is_seen[rows, weeks] = False
    width = sizes.shape[1]
    lengths = np.where(is_seen.any(axis=1), width - is_seen.argmax(axis=1), 0)
    has_estimates = np.zeros(len(sizes), dtype=bool)
    has_estimates[rows] = True
    order = np.argsort(lengths, kind="stable")
    order = order[lengths[order] > 0]
    for first, last in _runs(lengths[order]):
        chosen = order[first:last]
        start = width - int(lengths[chosen[0]])
        history = sizes[chosen, start:]
        seen = history
        if has_estimates[chosen].any():
            seen = np.where(is_seen[chosen, start:], history, 0.0)
        yield Block(series=chosen + origin, sizes=history, seen=seen)


def _runs(lengths: Ints) -> Iterator[tuple[int, int]]:
    """Yield [first, last) of runs of one length, at most BLOCK long."""
    edges = np.flatnonzero(np.diff(lengths)) + 1
    for first, last in zip([0, *edges], [*edges, len(lengths)], strict=True):
        for start in range(int(first), int(last), BLOCK):
            yield start, min(start + BLOCK, int(last))
