"""How often demand comes and how even it is, of many series at once.

ADI is the average interval between weeks with demand, in weeks. CV² is the squared coefficient of
variation of the sizes of those weeks, by the sample variance (n - 1).

A week may be *estimated*: nothing was seen of it, since the shelf was empty, and its size is what
was to be expected. Means and deviations per week count it; intervals and sizes are of what was
seen, or an item that is rarely asked for would seem to be asked for in every week that it is out.

ADI has four definitions in use, and the counts of classes depend on which one is meant: see
`AdiDefinition`. Weeks may as well be months.
"""

from __future__ import annotations

from enum import StrEnum

import numpy as np
import numpy.typing as npt

from models.demand.histories import Block
from models.demand.rounding import squares

Matrix = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

MEASURES = ("adi_ratio", "cv2_ratio", "weekly_mean_units", "weekly_sd_units", "weekly_cv_ratio")
COUNTS = ("history_weeks_count", "demand_weeks_count", "weeks_since_demand_count")


class AdiDefinition(StrEnum):
    """What the average demand interval of a series of T weeks with n demands is.

    Weeks count from 1; f and l are the weeks of the first and of the last demand.
    """

    FIRST_PERIOD = "first_period"  # l / n: the first interval runs from the start of the series
    PERIODS_PER_DEMAND = "periods_per_demand"  # T / n
    GAPS_ONLY = "gaps_only"  # (l - f) / (n - 1): only intervals between two demands
    LEADING_ZEROS_TRIMMED = "leading_zeros_trimmed"  # (T - f + 1) / n: life begins with demand

    @property
    def counts_from_the_start(self) -> bool:
        """Say whether weeks before the first demand are history as well."""
        return self in {AdiDefinition.FIRST_PERIOD, AdiDefinition.PERIODS_PER_DEMAND}


def counts(block: Block, periods: Ints, definition: AdiDefinition) -> dict[str, Ints]:
    """Count weeks: of history, with demand seen, and after the last of those; each (n,)."""
    is_seen = block.seen > 0
    history = periods if definition.counts_from_the_start else np.full(len(periods), block.length)
    return {
        "history_weeks_count": history,
        "demand_weeks_count": np.count_nonzero(is_seen, axis=1),
        "weeks_since_demand_count": is_seen[:, ::-1].argmax(axis=1),
    }


def regularity(block: Block, periods: Ints, definition: AdiDefinition) -> dict[str, Matrix]:
    """Measure a block: MEASURES, each (n,), NaN where not defined.

    `periods` is T of each series, at least the block's length. CV² needs two demands seen, ADI by
    gaps likewise, a deviation two weeks. Means and deviations are per week of history, as counted.
    """
    counted = counts(block, periods, definition)
    history, demands = counted["history_weeks_count"], counted["demand_weeks_count"]
    size = _ratio(block.seen.sum(axis=1), demands)
    spread = squares(np.where(block.seen > 0, block.seen - size[:, None], 0.0))
    mean = block.sizes.sum(axis=1) / history
    sd = np.sqrt(_ratio(_squares_over(block.sizes, mean, history), history - 1))
    return {
        "adi_ratio": _interval(block, periods, definition, counted),
        "cv2_ratio": _ratio(spread, demands - 1) / size**2,
        "weekly_mean_units": mean,
        "weekly_sd_units": sd,
        "weekly_cv_ratio": sd / mean,
    }


def _interval(
    block: Block, periods: Ints, definition: AdiDefinition, counted: dict[str, Ints]
) -> Matrix:
    """The average demand interval, in weeks that were seen."""
    demands, since = counted["demand_weeks_count"], counted["weeks_since_demand_count"]
    unseen, unseen_between = _unseen(block, since)
    first, last = periods - block.length + 1, periods - since - unseen_between
    match definition:
        case AdiDefinition.FIRST_PERIOD:
            return _ratio(last, demands)
        case AdiDefinition.PERIODS_PER_DEMAND:
            return _ratio(periods - unseen, demands)
        case AdiDefinition.GAPS_ONLY:
            return _ratio(last - first, demands - 1)
        case AdiDefinition.LEADING_ZEROS_TRIMMED:
            return _ratio(periods - unseen - first + 1, demands)


def _unseen(block: Block, since: Ints) -> tuple[Ints, Ints]:
    """Count the estimated weeks of each series, and those before its last demand."""
    if block.seen is block.sizes:
        nothing = np.zeros(len(since), dtype=np.int64)
        return nothing, nothing
    is_unseen = block.sizes != block.seen
    is_between = np.arange(block.length) < block.length - since[:, None]
    return np.count_nonzero(is_unseen, axis=1), np.count_nonzero(is_unseen & is_between, axis=1)


def _squares_over(sizes: Matrix, mean: Matrix, history: Ints) -> Matrix:
    """Squares about the mean, over a history that may be longer than what is laid out."""
    return np.asarray(squares(sizes - mean[:, None]) + (history - sizes.shape[1]) * mean**2)


def _ratio(numerator: Matrix | Ints, denominator: Ints) -> Matrix:
    """A ratio that is NaN, not infinite, where the denominator is not positive."""
    found = np.full(len(denominator), np.nan)
    np.divide(numerator, denominator, out=found, where=denominator > 0)
    return found
