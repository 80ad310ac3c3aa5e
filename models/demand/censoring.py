"""What would have been sold, had there been stock: demand of weeks that ran out of it.

A week that sold all it had says that demand was at least as much. Demand of a week is nothing with
probability 1 - p, and else a gamma-distributed size; p, mean and variation of a series are
estimated from the weeks that had enough together with those that had not, and the expected excess
over what was sold is what was lost. Estimation from sales alone would take the weeks with the
largest demand for smaller than they were. Sources: Nahmias (1994), Nav. Res. Logist. 41, 739-757,
for censored normal demand; Dempster, Laird & Rubin (1977), J. R. Stat. Soc. B 39, 1-38, for filling
in what is expected and estimating again; here with moments in place of likelihood.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import gammaincc

Matrix = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

PASSES = 60
# Two observations' worth of a variation that lies between the even and the uneven classes.
PRIOR_WEIGHT, PRIOR_CV2 = 2.0, 0.49
CV2_BOUNDS = (0.01, 10.0)
TAIL = 1e-12  # probability beyond which the excess is that of the exponential tail


@dataclass(frozen=True, kw_only=True)
class SizeModel:
    """Demand of a week, by series: arrays of shape (series,), NaN where nothing was ever sold.

    occurrence    probability of a week with demand
    mean          mean size of a week with demand
    cv2           its squared coefficient of variation
    """

    occurrence: Matrix
    mean: Matrix
    cv2: Matrix


@dataclass(frozen=True, kw_only=True)
class Weeks:
    """Some weeks: the series they are of, from 0, and the units sold in them, none negative."""

    series: Ints
    units: Matrix


def fitted(seen: Weeks, short: Weeks, seen_weeks: Ints) -> SizeModel:
    """Fit weekly demand of len(seen_weeks) series.

    `seen` are weeks with demand that had stock enough, `seen_weeks` how many weeks had, with demand
    or without; `short` are weeks that ran out. A week that had nothing to sell says nothing.
    """
    count = len(seen_weeks)
    sold = short.units > 0
    series, limit = short.series[sold], short.units[sold]
    of_seen = np.bincount(seen.series, minlength=count)
    events = np.asarray(of_seen + np.bincount(series, minlength=count), dtype=np.float64)
    first = _sums(seen.series, seen.units, count)
    second = _sums(seen.series, seen.units**2, count)
    with np.errstate(divide="ignore", invalid="ignore"):
        start = (first + _sums(series, limit, count)) / events
        mean, cv2 = start, np.full(count, PRIOR_CV2)
        for _ in range(PASSES):
            expected, square = _beyond(mean[series], cv2[series], limit)
            total = first + _sums(series, expected, count)
            squares = second + _sums(series, square, count)
            mean = total / events
            cv2 = _variation(events, mean, squares)
        weeks = np.maximum(seen_weeks, of_seen) + (events - of_seen)
        return SizeModel(occurrence=events / weeks, mean=mean, cv2=cv2)


def excess(model: SizeModel, short: Weeks) -> Matrix:
    """Return the units expected beyond those sold in weeks that ran out: never below nothing.

    A week that had nothing to sell lost what is expected of any week. NaN without a fit.
    """
    at = short.series
    mean, cv2 = model.mean[at], model.cv2[at]
    expected, _ = _beyond(mean, cv2, short.units)
    lost = np.where(short.units > 0, expected - short.units, model.occurrence[at] * mean)
    return np.where(np.isnan(mean), np.nan, np.maximum(lost, 0.0))


def _sums(series: Ints, values: Matrix, count: int) -> Matrix:
    return np.bincount(series, weights=values, minlength=count).astype(np.float64)


def _variation(events: Matrix, mean: Matrix, squares: Matrix) -> Matrix:
    spread = np.maximum(squares - events * mean**2, 0.0) / mean**2
    freedom = np.maximum(events - 1, 0.0) + PRIOR_WEIGHT
    return np.clip((spread + PRIOR_WEIGHT * PRIOR_CV2) / freedom, *CV2_BOUNDS)


def _beyond(mean: Matrix, cv2: Matrix, limit: Matrix) -> tuple[Matrix, Matrix]:
    """Return E[X | X >= limit] and E[X^2 | X >= limit] of gamma sizes X."""
    shape, scale = 1 / cv2, mean * cv2
    with np.errstate(divide="ignore", invalid="ignore"):
        at = limit / scale
        tail, one, two = (gammaincc(shape + order, at) for order in range(3))
        expected = shape * scale * one / tail
        square = shape * (shape + 1) * scale**2 * two / tail
    is_far = ~(tail > TAIL)
    expected = np.where(is_far, limit + scale, np.maximum(expected, limit))
    square = np.where(is_far, limit**2 + 2 * limit * scale + 2 * scale**2, square)
    return expected, np.maximum(square, expected**2)
