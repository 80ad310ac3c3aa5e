"""How far two judges agree who put the same things into the same classes."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import NormalDist

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


@dataclass(frozen=True, kw_only=True)
class OrderedAgreement:
    """Agreement of two judges on classes in order: kappa by squared distance, 95 % of it.

    None where chance leaves no rest, as where one of them knows one class only.
    """

    count: int
    agreed: int
    kappa: float | None
    low: float | None
    high: float | None


def weighted_kappa(confusion: npt.NDArray[np.int64]) -> OrderedAgreement:
    """Return the agreement on classes in order: farther apart counts less, by squared distance.

    With w_ij = 1 - (i - j)^2 / (k - 1)^2, kappa_w = (sum w_ij p_ij - e) / (1 - e), where e =
    sum w_ij p_i. p_.j (Cohen 1968, Weighted kappa). The interval is that of the large sample
    (Fleiss, Cohen and Everitt 1969, Large sample standard errors of kappa and weighted kappa).
    Raises ValueError as `cohens_kappa` does, and for a single class.
    """
    plain = cohens_kappa(confusion)
    classes = len(confusion)
    if classes < 2:
        raise ValueError("one class has no order")
    distance = np.subtract.outer(np.arange(classes), np.arange(classes))
    weights = 1 - (distance / (classes - 1)) ** 2
    share = confusion / plain.count
    rows, columns = share.sum(axis=1), share.sum(axis=0)
    observed, chance = float((weights * share).sum()), float(rows @ weights @ columns)
    if np.isclose(chance, 1):
        return OrderedAgreement(
            count=plain.count, agreed=plain.agreed, kappa=None, low=None, high=None
        )
    kappa = (observed - chance) / (1 - chance)
    usual = (weights @ columns)[:, None] + (rows @ weights)[None, :]
    spread = float((share * (weights - usual * (1 - kappa)) ** 2).sum())
    variance = (spread - (kappa - chance * (1 - kappa)) ** 2) / (plain.count * (1 - chance) ** 2)
    half = NormalDist().inv_cdf(0.975) * max(variance, 0.0) ** 0.5
    return OrderedAgreement(
        count=plain.count,
        agreed=plain.agreed,
        kappa=kappa,
        low=kappa - half,
        high=min(kappa + half, 1.0),
    )
