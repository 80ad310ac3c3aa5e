"""How much of the variance of a fact lies between the cells of a partition.

n observations y in k cells; SST is the sum of squares about their mean, SSW that about the means
of their cells. Source of both eta squared, the correlation ratio, and epsilon squared: Kelley
(1935), PNAS 21, 554.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse, special

from models.inventory.arrays import Floats

CHANCE = 0.999  # of partitions drawn by lot, the share that explains no more
SMALLEST_PART = 1e-12  # a variance that is less of the mean square is what rounding left


@dataclass(frozen=True, kw_only=True)
class Explained:
    """Shares of variance that a partition explains, 0 to 1; None where there is none to explain.

    `eta` is the share as it is, which k cells raise to (k - 1) / (n - 1) by chance alone; `epsilon`
    the share less that; `chance` what so many cells reach beyond it by lot once in 1,000 times.
    """

    count: int
    cells: int
    eta: float | None
    epsilon: float | None
    chance: float | None

    @property
    def evidence(self) -> float:
        """Share that is beyond chance: a partition by lot has none, 999 times of 1,000."""
        if self.epsilon is None or self.chance is None:
            return 0.0
        return max(0.0, self.epsilon - self.chance)


class Cells:
    """A partition as a matrix, cells by observations, by which any weights are added up at once."""

    def __init__(self, labels: NDArray[np.int64]) -> None:
        """Number the cells that occur."""
        found, at = np.unique(labels, return_inverse=True)
        self.count = len(found)
        ones = (np.ones(len(labels)), (at, np.arange(len(labels))))
        self._matrix = sparse.csr_array(ones, shape=(len(found), len(labels)))

    def sums(self, columns: Floats) -> Floats:
        """Return the sum of each column over each cell."""
        return np.asarray(self._matrix @ columns)


def explained(values: Floats, labels: NDArray[np.int64]) -> Explained:
    """Measure a partition.

    eta squared = 1 - SSW / SST; epsilon squared = 1 - (SSW / (n - k)) / (SST / (n - 1)), which is 0
    on average for cells by lot, however many, and is held at 0 below. Of normal y in cells by lot,
    eta squared follows a beta distribution of (k - 1) / 2 and (n - k) / 2; chance is epsilon
    squared at its 99.9 % quantile, which is the F test of that level.
    """
    count, cells = len(values), Cells(labels)
    centred = values - values.mean() if count else values
    total = float(centred @ centred)
    scale = float(values @ values)
    if count < 2 or total <= SMALLEST_PART * scale:
        return Explained(count=count, cells=cells.count, eta=None, epsilon=None, chance=None)
    ones = np.ones((count, 1))
    sums, sizes = cells.sums(centred[:, np.newaxis]), cells.sums(ones)
    within = max(0.0, total - float(np.sum(sums**2 / sizes)))
    if count <= cells.count:
        return Explained(count=count, cells=cells.count, eta=1.0, epsilon=0.0, chance=1.0)
    free = count - cells.count
    epsilon = 1 - (within / free) / (total / (count - 1))
    by_lot = special.betaincinv((cells.count - 1) / 2, free / 2, CHANCE) if cells.count > 1 else 0.0
    return Explained(
        count=count,
        cells=cells.count,
        eta=min(1.0, 1 - within / total),
        epsilon=min(1.0, max(0.0, epsilon)),
        chance=max(0.0, 1 - (1 - float(by_lot)) * (count - 1) / free),
    )


class Resamples:
    """A partition under many weightings of its observations, by which any fact is measured.

    With W, Q the sums of weights and of their squares, in a cell W_g, Q_g, a sum of squares of
    independent y is their variance times W - sum Q_g / W_g within cells and W - Q / W in all, which
    stand for n - k and n - 1: an observation that a resample has twice is not two.
    """

    def __init__(self, labels: NDArray[np.int64], weights: Floats, squares: Floats) -> None:
        """Add up weights, observations by resamples and all positive, and their squares."""
        self._cells, self._weights = Cells(labels), weights
        self._mass = self._cells.sums(weights)
        self._all = self._mass.sum(axis=0)
        of_cells = self._cells.sums(squares)
        self._free_within = self._all - (of_cells / self._mass).sum(axis=0)
        self._free = self._all - of_cells.sum(axis=0) / self._all

    def epsilon(self, weighted: Floats, power: Floats) -> Floats:
        """Return epsilon squared of each resample, held between 0 and 1.

        `weighted` is a fact, less its mean, times the weights; `power` the sum of its squares times
        the weights, by resample.
        """
        sums = self._cells.sums(weighted)
        total = power - sums.sum(axis=0) ** 2 / self._all
        within = np.maximum(power - (sums**2 / self._mass).sum(axis=0), 0.0)
        known = (self._free_within > 1e-9 * self._all) & (total > SMALLEST_PART * power)
        left, right = within * self._free, self._free_within * total
        ratio = np.divide(left, right, out=np.ones_like(total), where=known)
        return np.asarray(np.clip(1 - ratio, 0.0, 1.0))
