"""How unevenly a measure lies on units: Gini, Herfindahl-Hirschman, and what the largest hold.

A unit with a measure below zero holds nothing, as one with zero does: it counts among the units and
not in the total, as in a Pareto ranking. How many there are is told beside.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from models.inventory.arrays import Floats, require


@dataclass(frozen=True, kw_only=True)
class Concentration:
    """What is known of one measure over its units; the indices are None where nothing is held."""

    unit_count: int
    negative_count: int
    total: float
    gini: float | None
    hhi: float | None
    top_fifth_share: float | None
    units_for_four_fifths_share: float | None


def concentration(measure: ArrayLike) -> Concentration:
    """Describe how unevenly a measure lies on units; raises ValueError for one that is no number.

    gini: sum of (2i - n - 1) x_i / (n sum x) over ascending x, from 0 where all are equal to
    1 - 1/n where one has all: of this population, without the factor n / (n - 1) for samples (Gini,
    1912). hhi: sum of squared shares, from 1/n to 1 (Hirschman, 1964, Am. Econ. Rev. 54, 761).
    Shares of the largest are read off the Lorenz curve, a part of a unit by its part.
    """
    values = np.asarray(measure, dtype=np.float64)
    require(np.isfinite(values), "a measure is a number", values)
    held = np.sort(np.maximum(values, 0.0))
    count, total = len(held), float(held.sum())
    if total <= 0:
        gini = hhi = top = units = None
    else:
        shares = held / total
        ranks = 2 * np.arange(1, count + 1) - count - 1
        gini = max(0.0, float(np.sum(ranks * shares) / count))
        hhi = float(np.sum(shares**2))
        top, units = _share_of_largest(shares, 0.2), _largest_that_hold(shares, 0.8)
    return Concentration(
        unit_count=count,
        negative_count=int((values < 0).sum()),
        total=total,
        gini=gini,
        hhi=hhi,
        top_fifth_share=top,
        units_for_four_fifths_share=units,
    )


def _lorenz(shares: Floats) -> tuple[Floats, Floats]:
    """Return the curve from the largest: share of units, and the share that they hold."""
    held = np.concatenate([[0.0], np.cumsum(shares[::-1])])
    return np.linspace(0.0, 1.0, len(held)), held


def _share_of_largest(shares: Floats, part: float) -> float:
    units, held = _lorenz(shares)
    return float(np.interp(part, units, held))


def _largest_that_hold(shares: Floats, part: float) -> float:
    units, held = _lorenz(shares)
    at = int(np.searchsorted(held, part))  # the first that reaches it; units of nothing come after
    rise = held[at] - held[at - 1]
    return float(units[at - 1] + (part - held[at - 1]) / rise * (units[at] - units[at - 1]))
