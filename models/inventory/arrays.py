"""Arrays of floats, one item per element: the only shape that inventory functions take."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]


def as_floats(*values: ArrayLike) -> tuple[Floats, ...]:
    """The values as float arrays of one common shape; a number stands for every item."""
    return np.broadcast_arrays(*(np.asarray(value, dtype=np.float64) for value in values))


def require(condition: NDArray[np.bool_], statement: str, values: Floats) -> None:
    """Raise ValueError with the first value for which a stated condition does not hold."""
    if not np.all(condition):
        raise ValueError(f"{statement}, not {values[~condition].flat[0]}")
