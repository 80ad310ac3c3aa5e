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

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import gammaincc, gammaln

Matrix = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

PASSES = 60
STILL = 1e-6  # relative change of mean and variation within a pass, below which a fit stands
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


@dataclass(frozen=True, kw_only=True)
class Moments:
    """Number of weeks with demand, sum of their sizes and of their squares, by series."""

    count: Matrix
    total: Matrix
    squares: Matrix

    @classmethod
    def of(cls, series: Ints, units: Matrix, *, count: int) -> Moments:
        """Sum up weeks of `count` series, in their order."""
        return cls(
            count=np.bincount(series, minlength=count).astype(np.float64),
            total=_sums(series, units, count),
            squares=_sums(series, units**2, count),
        )

    @classmethod
    def of_all(cls, parts: Sequence[Moments]) -> Moments:
        """Join the moments of series end to end."""
        return cls(
            count=np.concatenate([np.empty(0), *(part.count for part in parts)]),
            total=np.concatenate([np.empty(0), *(part.total for part in parts)]),
            squares=np.concatenate([np.empty(0), *(part.squares for part in parts)]),
        )

    def __add__(self, other: Moments) -> Moments:
        """Return the moments of the weeks of both, which are of the same series."""
        return Moments(
            count=self.count + other.count,
            total=self.total + other.total,
            squares=self.squares + other.squares,
        )

    def __getitem__(self, series: Ints) -> Moments:
        """Return those of some series."""
        return Moments(
            count=self.count[series], total=self.total[series], squares=self.squares[series]
        )


def fitted(seen: Moments, short: Weeks, seen_weeks: Ints) -> SizeModel:
    """Fit weekly demand of len(seen_weeks) series.

    `seen` are weeks with demand that had stock enough, `seen_weeks` how many weeks had, with demand
    or without; `short` are weeks that ran out. A week that had nothing to sell says nothing. Each
    series is fitted until it stands, so that its fit does not depend on which others there are.
    """
    count = len(seen_weeks)
    sold = short.units > 0
    series, limit = short.series[sold], short.units[sold]
    known = seen + Moments.of(series, limit, count=count)
    weeks = np.maximum(seen_weeks, seen.count) + (known.count - seen.count)
    with np.errstate(divide="ignore", invalid="ignore"):
        occurrence = known.count / weeks
        mean, cv2 = known.total / known.count, np.full(count, PRIOR_CV2)
        moving, at = np.arange(count), series  # series that move yet, and which a week is of
        for _ in range(PASSES):
            before = mean[moving], cv2[moving]
            expected, square = _beyond(*before, at, limit)
            some = seen[moving]
            total = some.total + _sums(at, expected, len(moving))
            squares = some.squares + _sums(at, square, len(moving))
            events = known.count[moving]
            after = total / events, _variation(events, total / events, squares)
            mean[moving], cv2[moving] = after
            moves = np.any([abs(a - b) > STILL * a for a, b in zip(after, before, strict=True)], 0)
            limit, at = limit[moves[at]], (np.cumsum(moves) - 1)[at[moves[at]]]
            moving = moving[moves]
    return SizeModel(occurrence=occurrence, mean=mean, cv2=cv2)


def excess(model: SizeModel, short: Weeks) -> Matrix:
    """Return the units expected beyond those sold in weeks that ran out: never below nothing.

    A week that had nothing to sell lost what is expected of any week. NaN without a fit.
    """
    lost = (model.occurrence * model.mean)[short.series]
    sold = short.units > 0
    at, limit = short.series[sold], short.units[sold]
    lost[sold] = _beyond(model.mean, model.cv2, at, limit)[0] - limit
    return np.where(np.isnan(model.mean[short.series]), np.nan, np.maximum(lost, 0.0))


def _sums(series: Ints, values: Matrix, count: int) -> Matrix:
    return np.bincount(series, weights=values, minlength=count).astype(np.float64)


def _variation(events: Matrix, mean: Matrix, squares: Matrix) -> Matrix:
    spread = np.maximum(squares - events * mean**2, 0.0) / mean**2
    freedom = np.maximum(events - 1, 0.0) + PRIOR_WEIGHT
    return np.clip((spread + PRIOR_WEIGHT * PRIOR_CV2) / freedom, *CV2_BOUNDS)


def _beyond(mean: Matrix, cv2: Matrix, series: Ints, limit: Matrix) -> tuple[Matrix, Matrix]:
    """Return E[X | X >= limit] and E[X^2 | X >= limit] of gamma sizes X, by week.

    They are ratios of upper incomplete gamma functions Q of shapes one and two above that of X,
    which follow from its own: Q(a + 1, x) = Q(a, x) + x^a e^-x / gamma(a + 1).
    """
    own_shape, own_scale = 1 / cv2, mean * cv2
    shape, scale, size = own_shape[series], own_scale[series], mean[series]
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        at = limit / scale
        tail = gammaincc(shape, at)
        step = np.exp(shape * np.log(at) - at - gammaln(own_shape + 1)[series]) / tail
        expected = size * (1 + step)
        square = size * (size + scale) * (1 + step * (1 + at / (shape + 1)))
    is_far = ~(tail > TAIL)
    expected = np.where(is_far, limit + scale, np.maximum(expected, limit))
    square = np.where(is_far, limit**2 + 2 * limit * scale + 2 * scale**2, square)
    return expected, np.maximum(square, expected**2)
