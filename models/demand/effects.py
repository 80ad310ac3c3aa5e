"""What promotions do to demand: effects of single events, pooled where one alone says little.

The effect of an event is a factor on usual demand. Measured on one event it is mostly noise, and
the mean of all events knows nothing of the one. Between them stands the random-effects model:
events differ by a variance of their own (DerSimonian & Laird, 1986, Control. Clin. Trials 7,
177-188), and each is drawn toward the mean by as much as its own noise exceeds that (Morris, 1983,
J. Am. Stat. Assoc. 78, 47-55).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Matrix = npt.NDArray[np.float64]

PASSES = 10
LEAST = 0.01  # smallest factor, and smallest relative error of one that anybody believes
CERTAIN_Z = 1.96
# The mean of hundreds of events is known to hundredths. In thousandths it mostly stays what it was
# when one more sale is sent back, and with it all that was ever promoted.
PLACES = 3


@dataclass(frozen=True, kw_only=True)
class Effect:
    """The factor that events of one sort have on demand.

    mean       their mean factor; NaN without events
    between    variance of the true factors among events
    error      standard error of the mean, had they no effect
    count      number of events
    """

    mean: float
    between: float
    error: float
    count: int

    @property
    def is_certain(self) -> bool:
        """Whether the mean differs from 1 by more than chance explains."""
        return self.count > 0 and abs(self.mean - 1) > CERTAIN_Z * self.error


def pooled(ratio: Matrix, noise: Matrix) -> Effect:
    """Pool events: `ratio` is demand by usual demand, `noise` its relative variance.

    The variance of a ratio is noise times the square of the mean factor, and not of the ratio
    itself: a low one would else weigh more because it is low. Both are finite and of one length.
    What is found is rounded to thousandths.
    """
    if len(ratio) == 0:
        return Effect(mean=np.nan, between=0.0, error=np.nan, count=0)
    noise = np.maximum(noise, LEAST**2)
    mean, between = float(np.mean(ratio)), 0.0
    for _ in range(PASSES):
        variance = noise * max(mean, LEAST) ** 2
        between = _between(ratio, variance)
        weight = 1 / (variance + between)
        mean = float((weight * ratio).sum() / weight.sum())
    return Effect(
        mean=round(mean, PLACES),
        between=round(between, PLACES),
        error=round(_null_error(noise, weight), PLACES),
        count=len(ratio),
    )


def shrunk(ratio: Matrix, noise: Matrix, effect: Effect) -> Matrix:
    """Return the factor of each event, drawn toward the mean of its sort; never below nothing."""
    variance = np.maximum(noise, LEAST**2) * max(effect.mean, LEAST) ** 2
    own = effect.between / (effect.between + variance)
    return np.asarray(np.maximum(effect.mean + own * (ratio - effect.mean), LEAST))


def _between(ratio: Matrix, variance: Matrix) -> float:
    """Moment estimator of the variance among events by DerSimonian and Laird."""
    weight = 1 / variance
    total = weight.sum()
    mean = (weight * ratio).sum() / total
    scale = total - (weight**2).sum() / total
    excess = (weight * (ratio - mean) ** 2).sum() - (len(ratio) - 1)
    return float(max(0.0, excess / scale)) if scale > 0 else 0.0


def _null_error(noise: Matrix, weight: Matrix) -> float:
    """Return the standard error of the weighted mean where every true factor is 1."""
    return float(np.sqrt((weight**2 * noise).sum()) / weight.sum())
