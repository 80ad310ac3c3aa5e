"""What a series usually is around a week: the mean of the undisturbed weeks near it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Matrix = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]
Ints = npt.NDArray[np.int64]

REACH = 13  # weeks on both sides: a quarter back and a quarter ahead, so that a trend cancels out
MINIMUM_WEEKS = 8  # undisturbed ones among them, below which a level is not known


@dataclass(frozen=True, kw_only=True)
class Level:
    """The undisturbed weeks near some weeks; arrays of one length.

    mean     mean of a week, weeks without demand included; NaN where the level is not known
    cv2      squared coefficient of variation of a week, by the sample variance; NaN likewise
    weeks    number of undisturbed weeks it rests on
    """

    mean: Matrix
    cv2: Matrix
    weeks: Ints

    @classmethod
    def of_all(cls, levels: Sequence[Level]) -> Level:
        """Join levels end to end."""
        return cls(
            mean=np.concatenate([np.empty(0), *(level.mean for level in levels)]),
            cv2=np.concatenate([np.empty(0), *(level.cv2 for level in levels)]),
            weeks=np.concatenate([np.empty(0, np.int64), *(level.weeks for level in levels)]),
        )


def local_level(
    sizes: Matrix, is_clean: Mask, series: Ints, week: Ints, *, reach: int = REACH
) -> Level:
    """Return the level around week `week[i]` of series `series[i]`.

    `sizes` and `is_clean` are (series, week); a week is clean where it belongs to the series' life
    and nothing is known to have disturbed it. A level of nothing is not known: no ratio to it is.
    """
    length = sizes.shape[1]
    low, high = np.maximum(week - reach, 0), np.minimum(week + reach + 1, length)
    # Only series that are asked about are summed up.
    asked, row = np.unique(series, return_inverse=True)
    clean = is_clean[asked]
    kept = np.where(clean, sizes[asked], 0.0)
    count, total, square = (
        _windows(values, row, low, high) for values in (clean.astype(np.float64), kept, kept**2)
    )
    is_known = (count >= MINIMUM_WEEKS) & (total > 0)
    mean = np.divide(total, count, out=np.full(len(week), np.nan), where=is_known)
    spread = np.maximum(square - count * mean**2, 0.0)
    cv2 = np.divide(spread, (count - 1) * mean**2, out=np.full(len(week), np.nan), where=is_known)
    return Level(mean=mean, cv2=cv2, weeks=count.astype(np.int64))


def _windows(values: Matrix, series: Ints, low: Ints, high: Ints) -> Matrix:
    """Sum values of the weeks from low to before high of each series asked for."""
    running = np.zeros((values.shape[0], values.shape[1] + 1))
    np.cumsum(values, axis=1, out=running[:, 1:])
    return np.asarray(running[series, high] - running[series, low])
