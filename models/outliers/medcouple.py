"""The medcouple: skewness that a quarter of wrong values cannot decide.

With z the values less their median, it is the median of h(u, v) = (u + v) / (u - v) over all pairs
u >= 0 >= v; of k values at the median the pair (i, j) counts as the sign of i + j - (k - 1). It
lies in [-1, 1], is 0 for a symmetric set, and changes sign with the values.
Source: Brys, Hubert & Struyf (2004), J. Comput. Graph. Stat. 13, 996-1017.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

# Pairs that are cheaper to list than to halve once more, by value of the set.
LISTED_PER_VALUE = 4
NARROWEST = 4 * np.finfo(np.float64).eps


def medcouple(values: npt.ArrayLike) -> float:
    """Return the medcouple of finite values; 0 for fewer than three, in O(n log n) each halving.

    Of an even number of pairs it is the mean of the two in the middle.
    """
    x = np.sort(np.asarray(values, dtype=np.float64))
    if len(x) < 3 or x[0] == x[-1]:
        return 0.0
    z = x - np.median(x)
    pairs = _Pairs(z / np.abs(z).max())
    last = pairs.count - 1
    return (pairs.ranked(last // 2) + pairs.ranked((last + 1) // 2)) / 2


class _Pairs:
    """All pairs of a set around its median, ordered by h without being listed."""

    def __init__(self, z: Floats) -> None:
        self.below = z[z < 0]
        self.above = z[z > 0]
        ties = len(z) - len(self.below) - len(self.above)
        self.count = (len(self.below) + ties) * (len(self.above) + ties)
        self.at_median = ties
        # A value at the median gives -1 with every one below it, and 1 with every one above.
        among_ties = ties * (ties - 1) // 2
        self.minus_ones = len(self.below) * ties + among_ties
        self.inner = len(self.below) * len(self.above)

    def ranked(self, rank: int) -> float:
        """Return the h of a rank, from 0."""
        rank -= self.minus_ones
        if rank < 0:
            return -1.0
        # Ties at the median add zeros between the negative and the positive ones.
        negative = int(np.sum(self._upto(0.0, side="left")))
        if rank < negative:
            return self._inner(rank)
        if rank < negative + self.at_median:
            return 0.0
        rank -= self.at_median
        return self._inner(rank) if rank < self.inner else 1.0

    def _upto(self, h: float, *, side: str = "right") -> npt.NDArray[np.int64]:
        """Return for each value above how many below make an h up to this one (`left`: less)."""
        if h <= -1:
            return np.zeros(len(self.above), dtype=np.int64)
        bounds = self.above * ((h - 1) / (1 + h))
        # mypy: searchsorted takes the two words that are given here.
        counts: npt.NDArray[np.int64] = np.searchsorted(
            self.below, bounds, side="left" if side == "left" else "right"
        )
        return counts

    def _inner(self, rank: int) -> float:
        """Return the h of a rank among pairs without a value at the median.

        Halve the range until the pairs left in it are few, then list those.
        """
        low, high = -1.0, 1.0
        few = LISTED_PER_VALUE * (len(self.below) + len(self.above))
        start, end = self._upto(low), self._upto(high)
        while int(np.sum(end - start)) > few and high - low > NARROWEST:
            middle = (low + high) / 2
            at_middle = self._upto(middle)
            if int(np.sum(at_middle)) > rank:
                high, end = middle, at_middle
            else:
                low, start = middle, at_middle
        left = end - start
        if int(np.sum(left)) > few:  # so many equal ones that no range parts them
            return (low + high) / 2
        u = np.repeat(self.above, left)
        within = np.arange(len(u)) - np.repeat(np.cumsum(left) - left, left)
        v = self.below[np.repeat(start, left) + within]
        at = rank - int(np.sum(start))
        return float(np.partition((u + v) / (u - v), at)[at])
