"""Trend and season of many series at once, by STL written as a matrix.

STL (Cleveland, Cleveland, McRae & Terpenning, 1990, J. Off. Stat. 6, 3-73) without its robustness
loop smooths with weights that depend on positions in time alone, never on values. Each of its steps
is then a linear map, and so is their chain: trend and season of a series are a matrix times the
series. The matrix is computed once for a length; a million series of 156 weeks are one product.

With a periodic season (the choice of `stl` in R and of the feature packages), the season of a phase
is one number. Degrees are 0 for the season, 1 for trend and low-pass filter; windows are the
published defaults; two passes of the inner loop.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from models.demand.rounding import rounding_variance, squares

Matrix = npt.NDArray[np.float64]

INNER_PASSES = 2


@dataclass(frozen=True, kw_only=True)
class Operator:
    """The two maps of STL for one length and period: both of shape (length, length)."""

    trend: Matrix
    season: Matrix


@dataclass(frozen=True, kw_only=True)
class Strength:
    """How much of a series is trend and season; arrays of shape (series,), NaN where constant."""

    trend: Matrix
    season: Matrix


def strengths(series: Matrix, *, period: int) -> Strength:
    """Measure trend and season of series of one length: `series` is (series, length).

    F_T = max(0, 1 - var(R) / var(T + R)) and F_S = max(0, 1 - var(R) / var(S + R)), with trend T,
    season S and remainder R: from 0 to 1. Where T + R (or S + R) does not vary there is none: 0;
    a constant series has neither, and NaN says so. Source: Wang, Smith & Hyndman (2006), Data Min.
    Knowl. Discov. 13, 335-364. Raises ValueError below two periods of history.
    """
    length = series.shape[1]
    maps, floor = _centred(length, period), length * rounding_variance(series)
    centred = series - series.mean(axis=1, keepdims=True)
    remainder = centred @ maps.remainder
    season = np.tile(centred @ maps.phases, -(-length // period))[:, :length]
    left, varies = squares(remainder), squares(centred) > floor
    with_trend = squares(centred - season)
    with_season = squares(np.add(remainder, season, out=season))

    def strength(varied: Matrix) -> Matrix:
        share = np.divide(left, varied, out=np.ones_like(left), where=varied > floor)
        return np.where(varies, np.clip(1 - share, 0.0, 1.0), np.nan)

    return Strength(trend=strength(with_trend), season=strength(with_season))


@dataclass(frozen=True, kw_only=True)
class _Centred:
    """What a centred series, as a row, is multiplied by; all that comes out is centred as well.

    `remainder` is (length, length); `phases` gives the season once a phase: (length, period).
    """

    remainder: Matrix
    phases: Matrix


@lru_cache(maxsize=256)
def _centred(length: int, period: int) -> _Centred:
    maps = operator(length, period)
    season = maps.season - maps.season.mean(axis=0)
    remainder = np.eye(length) - maps.trend - maps.season
    return _Centred(
        remainder=np.ascontiguousarray((remainder - remainder.mean(axis=0)).T),
        phases=np.ascontiguousarray(season[:period].T),
    )


@lru_cache(maxsize=256)
def operator(length: int, period: int) -> Operator:
    """Return the maps of STL with a periodic season; raises ValueError below two periods."""
    if period < 2 or length < 2 * period:
        raise ValueError(f"{length} observations are less than two periods of {period}")
    season_window = 10 * length + 1
    trend_window = _next_odd(np.ceil(1.5 * period / (1 - 1.5 / season_window)))
    filtered = _cycles(length, period, season_window)
    low_pass = _smoother(length, _next_odd(period), degree=1) @ _moving_averages(length, period)
    to_season = filtered[period : period + length] - low_pass @ filtered
    to_trend = _smoother(length, trend_window, degree=1)
    identity = np.eye(length)
    trend = np.zeros((length, length))
    for _ in range(INNER_PASSES):
        season = to_season @ (identity - trend)
        trend = to_trend @ (identity - season)
    return Operator(trend=trend, season=_phase_means(length, period) @ season)


def _cycles(length: int, period: int, window: int) -> Matrix:
    """Smooth each phase by itself and carry it one period on to both sides."""
    smoothed = np.zeros((length + 2 * period, length))
    for phase in range(period):
        at = np.arange(phase, length, period)
        wanted = np.arange(-1, len(at) + 1)
        smoothed[np.ix_(phase + period * (wanted + 1), at)] = _phase_weights(len(at), window)
    return smoothed


@lru_cache(maxsize=1024)
def _phase_weights(count: int, window: int) -> Matrix:
    """Weights of a phase seen `count` times, from one before its first to one after its last."""
    return _weights(np.arange(-1.0, count + 1), count, window, degree=0)


def _moving_averages(length: int, period: int) -> Matrix:
    """Average over a period twice and over three: from the extended series to the series."""
    box = np.full(period, 1 / period)
    kernel = np.convolve(np.convolve(box, box), np.full(3, 1 / 3))
    placed = np.zeros((length, length + 2 * period))
    for row in range(length):
        placed[row, row : row + len(kernel)] = kernel
    return placed


def _smoother(length: int, window: int, *, degree: int) -> Matrix:
    return _weights(np.arange(float(length)), length, window, degree=degree)


def _weights(at: Matrix, length: int, window: int, *, degree: int) -> Matrix:
    """Weights of local regression at some places, on the positions 0 to length - 1: a row each.

    The neighbours are the nearest `window` positions, with tricube weights; a window wider than
    the series stretches the distance at which weights end by half of what it is wider.
    """
    place, at = np.arange(length, dtype=np.float64), at[:, None]
    if window >= length:
        first, last = np.zeros_like(at), np.full_like(at, length - 1)
        stretch = (window - length) // 2
    else:
        first = np.clip(at - (window - 1) // 2, 0, length - window)
        last, stretch = first + window - 1, 0
    reach = np.maximum(at - first, last - at) + stretch
    distance = np.abs(place - at)
    weights = np.where(distance <= 0.001 * reach, 1.0, (1 - (distance / reach) ** 3) ** 3)
    weights[(distance > 0.999 * reach) | (place < first) | (place > last)] = 0.0
    weights /= weights.sum(axis=1, keepdims=True)
    if degree == 0:
        return weights
    centre = weights @ place[:, None]
    spread = (weights * (place - centre) ** 2).sum(axis=1, keepdims=True)
    slope = (at - centre) * (place - centre) / np.where(spread > 0, spread, 1.0)
    is_sloped = np.sqrt(spread) > 0.001 * (length - 1)
    return np.asarray(weights * np.where(is_sloped, 1 + slope, 1.0))


def _phase_means(length: int, period: int) -> Matrix:
    """Replace each value by the mean of its phase."""
    same = np.equal.outer(np.arange(length) % period, np.arange(length) % period)
    return np.asarray(same / same.sum(axis=1, keepdims=True))


def _next_odd(number: float) -> int:
    whole = int(number)
    return whole + 1 - whole % 2
