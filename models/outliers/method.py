"""How values may be judged: the methods, the transforms before them, and their numbers."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import numpy.typing as npt

from models.outliers.fences import WHISKER

Floats = npt.NDArray[np.float64]


class Method(StrEnum):
    """How values are judged."""

    MEDIAN_DEVIATION = "median_deviation"
    ADJUSTED_FENCES = "adjusted_fences"
    MINIMUM_COVARIANCE = "minimum_covariance"


class Transform(StrEnum):
    """What is done to values before they are judged."""

    NONE = "none"
    LOG = "log"
    LOG1P = "log1p"

    def apply(self, values: Floats) -> Floats:
        """Return the transformed values; NaN for what cannot be transformed."""
        if self is Transform.LOG:
            return np.log(values, out=np.full_like(values, np.nan), where=values > 0)
        return values if self is Transform.NONE else np.sign(values) * np.log1p(np.abs(values))

    def invert(self, values: Floats) -> Floats:
        """Return the values that transform to these."""
        if self is Transform.LOG:
            return np.exp(values)
        return values if self is Transform.NONE else np.sign(values) * np.expm1(np.abs(values))


LIMITS = {
    Method.MEDIAN_DEVIATION: 3.5,  # of |z|
    Method.ADJUSTED_FENCES: WHISKER,
    Method.MINIMUM_COVARIANCE: 0.999,  # quantile
}


# Of clean log-normal values, fewer than 1 in 100 are flagged from these counts on (measured).
MINIMUM_COUNTS = {
    Method.MEDIAN_DEVIATION: 8,
    Method.ADJUSTED_FENCES: 500,
    Method.MINIMUM_COVARIANCE: 100,
}


@dataclass(frozen=True, kw_only=True)
class Screen:
    """How a metric is judged. `limit` is of the method, see LIMITS and MINIMUM_COUNTS."""

    method: Method
    transform: Transform
    limit: float
    minimum_count: int
    minimum_scale: float
