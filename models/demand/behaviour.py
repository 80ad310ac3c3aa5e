"""What the shape of a series says: trend, season, forecastability, growth, and what counts lately.

Series are laid out densely, a block of one length at a time, since what is measured here needs the
weeks without demand as well. History runs from the first demand to the last complete week.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from models.demand.decomposition import strengths
from models.demand.forecastability import spectral_entropy
from models.demand.season import season

Matrix = npt.NDArray[np.float64]

PERIOD = 52  # weeks of a year
SEASON_WEEKS = 2 * PERIOD  # a year seen once tells season from nothing
ENTROPY_WEEKS = 26
RECENT_WEEKS = 26  # over which growth is measured
LARGEST_Z = 999.0  # of two half years that differ and do not vary
BLOCK = 2_048  # series at a time: their matrices stay in the processor's cache
PUBLISHED_DECIMALS = 6  # the rounding of a matrix product may depend on how it was cut up
MEASURES = (
    "trend_strength_ratio",
    "seasonal_strength_ratio",
    "season_p_value",
    "spectral_entropy_ratio",
    "deseasonalised_cv_ratio",
    "recent_growth_ratio",
    "recent_growth_z_ratio",
    "decayed_weekly_mean_units",
)


@dataclass(frozen=True, kw_only=True)
class Block:
    """Series of one length: `series` are their numbers, `sizes` is (series, length)."""

    series: npt.NDArray[np.int64]
    sizes: Matrix


def behaviour(
    demands: pl.DataFrame, extents: pl.DataFrame, *, half_life_weeks: float
) -> pl.DataFrame:
    """Measure series: one row for each row of `extents`, in its order.

    `extents` holds `series` (0, 1, …: its own row number) and `history_weeks_count` (0: no
    demand); `demands` holds `series`, `week` (from 0, the first demand) and `size`, one row at most
    for a series and week. Columns: `series` and MEASURES, null where a measure is not defined: the
    seasonal ones below 104 weeks, entropy below 26, growth below 52, ratios of a series without
    variation or with a mean of nothing.
    """
    found = {name: np.full(extents.height, np.nan) for name in MEASURES}
    for block in dense(demands, extents):
        for name, values in _measured(block.sizes, half_life_weeks).items():
            found[name][block.series] = values
    frame = pl.DataFrame({"series": extents["series"], **found})
    return frame.with_columns(pl.col(MEASURES).fill_nan(None).round(PUBLISHED_DECIMALS))


def dense(demands: pl.DataFrame, extents: pl.DataFrame) -> Iterator[Block]:
    """Yield series in blocks of one length, shorter ones first."""
    lengths = extents["history_weeks_count"].to_numpy()
    order = np.argsort(lengths, kind="stable")
    order = order[lengths[order] > 0]
    place = np.full(len(lengths), -1, dtype=np.int64)
    place[order] = np.arange(len(order))
    # Demands by the place of their series, so that a block is a slice of them.
    at = place[demands["series"].to_numpy()]
    sequence = np.argsort(at, kind="stable")
    at, weeks = at[sequence], demands["week"].to_numpy()[sequence]
    sizes = demands["size"].to_numpy()[sequence]
    for first, last in _runs(lengths[order]):
        low, high = np.searchsorted(at, [first, last])
        filled = np.zeros((last - first, int(lengths[order[first]])))
        filled[at[low:high] - first, weeks[low:high]] = sizes[low:high]
        yield Block(series=order[first:last], sizes=filled)


def decayed_mean(sizes: Matrix, *, half_life: float) -> Matrix:
    """Return weighted means in which a week one half-life old counts half as much as the last one.

    `sizes` is (series, length), the last column the newest; an infinite half-life gives the plain
    mean. Raises ValueError for a half-life that is not positive.
    """
    if not half_life > 0:
        raise ValueError(f"a half-life of {half_life} is not positive")
    age = np.arange(sizes.shape[1] - 1, -1, -1, dtype=np.float64)
    weights = 0.5 ** (age / half_life)
    return np.asarray(sizes @ (weights / weights.sum()))


def growth(sizes: Matrix) -> tuple[Matrix, Matrix]:
    """Compare the newest 26 weeks with those a year before them, or with the 26 before.

    Returns (ratio, z), each of shape (series,): the ratio of the two means, and their difference
    over its standard error. The same weeks of the year are compared where history reaches so far
    (78 weeks), so that a season is no growth. NaN below 52 weeks, or where nothing came before;
    z is held between -999 and 999.
    """
    length = sizes.shape[1]
    if length < 2 * RECENT_WEEKS:
        unknown = np.full(len(sizes), np.nan)
        return unknown, unknown
    back = PERIOD if length >= PERIOD + RECENT_WEEKS else RECENT_WEEKS
    recent = sizes[:, length - RECENT_WEEKS :]
    before = sizes[:, length - RECENT_WEEKS - back : length - back]
    now, then = recent.mean(axis=1), before.mean(axis=1)
    variance = (recent.var(axis=1, ddof=1) + before.var(axis=1, ddof=1)) / RECENT_WEEKS
    ratio = np.divide(now, then, out=np.full(len(sizes), np.nan), where=then > 0)
    floor = np.sqrt(np.maximum(variance, (LARGEST_Z**-2) * (now - then) ** 2))
    z = np.divide(now - then, floor, out=np.zeros(len(sizes)), where=floor > 0)
    return ratio, np.where(then > 0, z, np.nan)


def _runs(lengths: npt.NDArray[np.int64]) -> Iterator[tuple[int, int]]:
    """Yield [first, last) of runs of one length, at most BLOCK long."""
    edges = np.flatnonzero(np.diff(lengths)) + 1
    for first, last in zip([0, *edges], [*edges, len(lengths)], strict=True):
        for start in range(int(first), int(last), BLOCK):
            yield start, min(start + BLOCK, int(last))


def _measured(sizes: Matrix, half_life_weeks: float) -> dict[str, Matrix]:
    """Return the measures that a block is long enough for."""
    length = sizes.shape[1]
    ratio, z = growth(sizes)
    found = {
        "recent_growth_ratio": ratio,
        "recent_growth_z_ratio": z,
        "decayed_weekly_mean_units": decayed_mean(sizes, half_life=half_life_weeks),
    }
    if length >= ENTROPY_WEEKS:
        found["spectral_entropy_ratio"] = spectral_entropy(sizes)
    if length >= SEASON_WEEKS:
        parts, tested = strengths(sizes, period=PERIOD), season(sizes, period=PERIOD)
        mean = sizes.mean(axis=1)
        found |= {
            "trend_strength_ratio": parts.trend,
            "seasonal_strength_ratio": parts.season,
            "season_p_value": tested.p_value,
            "deseasonalised_cv_ratio": np.divide(
                tested.deseasonalised_sd, mean, out=np.full(len(mean), np.nan), where=mean > 0
            ),
        }
    return found
