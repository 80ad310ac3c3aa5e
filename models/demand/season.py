"""Whether a series has a season, and how uneven it is without one.

A year of 52 phases, each seen three times, fits a third of pure noise. A few sine waves do not: the
season is tested and taken out as the regression on the first harmonics of the year beside a line
(Hyndman & Athanasopoulos, Forecasting: Principles and Practice, 3rd ed., 7.4), six numbers instead
of fifty-two. Positions in time alone make the regression, so that it is one matrix for all series
of a length.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt
from scipy.stats import f as f_distribution

from models.demand.rounding import rounding_variance

Matrix = npt.NDArray[np.float64]

HARMONICS = 3


@dataclass(frozen=True, kw_only=True)
class Season:
    """What is seasonal of each series; arrays of shape (series,), NaN where constant.

    p_value              of the hypothesis that there is no season (F test of the harmonics)
    deseasonalised_sd    sample standard deviation without it: trend and remainder, with the
                         degrees of freedom that the season took taken off
    """

    p_value: Matrix
    deseasonalised_sd: Matrix


def season(series: Matrix, *, period: float, harmonics: int = HARMONICS) -> Season:
    """Test series of one length for a season: `series` is (series, length).

    The test supposes independent remainders; demand that clusters within weeks of each other makes
    it find a season somewhat too often. Raises ValueError below two periods of history.
    """
    length = series.shape[1]
    if length < 2 * period:
        raise ValueError(f"{length} observations are less than two periods of {period}")
    return _tested(series, _bases(length, period, harmonics))


@dataclass(frozen=True, kw_only=True)
class _Bases:
    """What the regression is on: shape (length, numbers).

    `line` and `waves` are orthonormal, the waves being what harmonics add to a line; `raw` turns
    the coefficients of waves into the season itself, of which a line is part where the years seen
    are not whole ones.
    """

    line: Matrix
    waves: Matrix
    raw: Matrix


def _tested(series: Matrix, bases: _Bases) -> Season:
    line, waves = bases.line, bases.waves
    length, taken = series.shape[1], waves.shape[1]
    left = series - (series @ line) @ line.T
    found = left @ waves
    explained = (found**2).sum(axis=1)
    remaining = np.maximum((left**2).sum(axis=1) - explained, 0.0)
    floor = length * rounding_variance(series)
    freedom = length - line.shape[1] - taken
    varies = ((series - series.mean(axis=1, keepdims=True)) ** 2).sum(axis=1) > floor
    ratio = np.divide(
        explained / taken,
        remaining / freedom,
        out=np.full(len(series), np.inf),
        where=remaining > floor,
    )
    ratio = np.where(explained > floor, ratio, 0.0)
    without = series - found @ bases.raw.T
    square = ((without - without.mean(axis=1, keepdims=True)) ** 2).sum(axis=1)
    return Season(
        p_value=np.where(varies, f_distribution.sf(ratio, taken, freedom), np.nan),
        deseasonalised_sd=np.sqrt(square / (length - 1 - taken)),
    )


@lru_cache(maxsize=256)
def _bases(length: int, period: float, harmonics: int) -> _Bases:
    place = np.arange(length, dtype=np.float64)
    line, _ = np.linalg.qr(np.column_stack([np.ones(length), place - place.mean()]))
    angle = 2 * np.pi * np.outer(place, np.arange(1, harmonics + 1)) / period
    raw = np.hstack([np.sin(angle), np.cos(angle)])
    waves, triangle = np.linalg.qr(raw - line @ (line.T @ raw))
    return _Bases(line=line, waves=waves, raw=raw @ np.linalg.inv(triangle))
