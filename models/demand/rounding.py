"""Sums of squares, and which are none: a constant series computes to almost 0, seldom to 0."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Matrix = npt.NDArray[np.float64]

# Share of a series' mean square below which a variance counts as rounding.
NOTHING = 1e-24


def rounding_variance(series: Matrix) -> Matrix:
    """Return up to which variance each of `series` counts as constant: shape (series,)."""
    return np.asarray(NOTHING * (series**2).mean(axis=1))


def squares(values: Matrix) -> Matrix:
    """Return the sum of squares of each row: shape (rows,)."""
    return np.asarray(np.einsum("ij,ij->i", values, values))
