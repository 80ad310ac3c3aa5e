"""Which variance of a series is none: a constant one computes to almost nothing, seldom to 0."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Matrix = npt.NDArray[np.float64]

# Share of a series' mean square below which a variance counts as rounding.
NOTHING = 1e-24


def rounding_variance(series: Matrix) -> Matrix:
    """Return up to which variance each of `series` counts as constant: shape (series,)."""
    return np.asarray(NOTHING * (series**2).mean(axis=1))
