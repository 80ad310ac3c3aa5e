"""How far two judges agree who put the same things into the same classes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt


@dataclass(frozen=True, kw_only=True)
class Agreement:
    """Agreement of two judges over `count` things.

    `observed` is the share both put into the same class, `expected` the share that would be so by
    chance alone; `kappa` is what they achieve of the rest, none where chance leaves no rest.
    """

    count: int
    agreed: int
    observed: float
    expected: float
    kappa: float | None


def cohens_kappa(confusion: npt.NDArray[np.int64]) -> Agreement:
    """Return the agreement that a confusion matrix shows: rows one judge, columns the other.

    kappa = (p_o - p_e) / (1 - p_e), with p_o = sum n_ii / n and p_e = sum n_i. n_.i / n^2
    (Cohen 1960, A coefficient of agreement for nominal scales). It is 1 where all agree, 0 where
    no more agree than by chance. Raises ValueError for a matrix that is not square, has negative
    counts or nothing in it.
    """
    if confusion.ndim != 2 or confusion.shape[0] != confusion.shape[1]:
        raise ValueError(f"a confusion matrix is square, not {confusion.shape}")
    if (confusion < 0).any():
        raise ValueError("a count is negative")
    count = int(confusion.sum())
    if not count:
        raise ValueError("nobody was judged by both")
    agreed = int(np.trace(confusion))
    # Whole numbers up to the one division, so that no order of classes changes a digit.
    by_chance = int((confusion.sum(axis=1) * confusion.sum(axis=0)).sum())
    rest = count * count - by_chance
    return Agreement(
        count=count,
        agreed=agreed,
        observed=agreed / count,
        expected=by_chance / count**2,
        kappa=(agreed * count - by_chance) / rest if rest else None,
    )
