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

from models.demand.rounding import rounding_variance, squares

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
    """What the regression is on: shape (length, numbers), each column adding up to 0.

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
    centred = series - series.mean(axis=1, keepdims=True)
    total, floor = squares(centred), length * rounding_variance(series)
    left = centred - (centred @ line) @ line.T
    found = left @ waves
    explained = squares(found)
    remaining = squares(left - found @ waves.T)
    freedom = length - 2 - taken  # a level and a slope
    ratio = np.divide(
        explained / taken,
        remaining / freedom,
        out=np.full(len(series), np.inf),
        where=remaining > floor,
    )
    ratio = np.where(explained > floor, ratio, 0.0)
    without = squares(centred - found @ bases.raw.T)
    return Season(
        p_value=np.where(total > floor, f_distribution.sf(ratio, taken, freedom), np.nan),
        deseasonalised_sd=np.sqrt(without / (length - 1 - taken)),
    )


@lru_cache(maxsize=256)
def _bases(length: int, period: float, harmonics: int) -> _Bases:
    place = np.arange(length, dtype=np.float64)
    line = (place - place.mean())[:, None]
    line /= np.sqrt((line**2).sum())
    angle = 2 * np.pi * np.outer(place, np.arange(1, harmonics + 1)) / period
    raw = np.hstack([np.sin(angle), np.cos(angle)])
    raw -= raw.mean(axis=0)
    waves, triangle = np.linalg.qr(raw - line @ (line.T @ raw))
    return _Bases(line=line, waves=waves, raw=raw @ np.linalg.inv(triangle))
