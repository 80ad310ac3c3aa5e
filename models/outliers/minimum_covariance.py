"""Location and scatter of the half of the points that lie closest together.

The minimum covariance determinant looks for the h = (n + p + 1) / 2 of n points in p columns whose
covariance has the smallest determinant; up to half of the points may lie anywhere. A C-step takes
the h points nearest to the last estimate and never raises the determinant. Then points within the
0.975 quantile are weighed in, and both scatters are made consistent for normal data.
Sources: Rousseeuw & Van Driessen (1999), Technometrics 41, 212-223 (FAST-MCD); Croux & Haesbroeck
(1999), J. Multivar. Anal. 71, 161-190 (consistency factors).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import gammainc, gammaincinv

Floats = npt.NDArray[np.float64]
Subsets = npt.NDArray[np.int64]

STARTS = 500
KEPT_STARTS = 10
SAMPLED_POINTS = 1_500  # starts are tried on these; the best one is carried on with all points
MOST_STEPS = 100
REWEIGHTING = 0.975
SEED = 19_990_801


@dataclass(frozen=True, kw_only=True)
class Scatter:
    """Where the bulk of the points lies, and how it spreads."""

    location: Floats
    covariance: Floats

    def distances(self, points: Floats) -> Floats:
        """Return the Mahalanobis distance of each point, in standard deviations."""
        squared: Floats = np.sum(self.parts(points), axis=1)
        return np.sqrt(np.maximum(squared, 0.0))

    def parts(self, points: Floats) -> Floats:
        """Return what each column adds to the squared distance of each point."""
        away = points - self.location
        parts: Floats = away * np.linalg.solve(self.covariance, away.T).T
        return parts


def minimum_covariance(points: Floats, *, minimum_scale: float = 0.0, seed: int = SEED) -> Scatter:
    """Return the reweighted estimate of points (n by p, finite, n > 2 p).

    Points are sorted first, so that their order changes nothing. A column's spread below
    `minimum_scale` counts as it, which keeps the covariance of constant columns invertible; with
    0 such points raise numpy's LinAlgError.
    """
    ordered = points[np.lexsort(points.T[::-1])]
    count, width = ordered.shape
    floor = np.eye(width) * minimum_scale**2
    random = np.random.default_rng(seed)
    sample = ordered
    if count > SAMPLED_POINTS:
        sample = ordered[np.sort(random.choice(count, SAMPLED_POINTS, replace=False))]
    starts = [_converged(sample, *start, floor) for start in _best_starts(sample, random, floor)]
    best = min(starts, key=lambda found: float(np.linalg.slogdet(found[1] + floor)[1]))
    location, covariance = _converged(ordered, *best, floor)
    factor = _consistency(_half(count, width) / count, width)
    raw = Scatter(location=location, covariance=covariance * factor + floor)
    squared = raw.distances(ordered) ** 2
    # The median of the squared distances is known for normal data: it corrects small samples.
    squared /= np.median(squared) / _chi_square(0.5, width)
    near = ordered[squared <= _chi_square(REWEIGHTING, width)]
    return Scatter(
        location=near.mean(axis=0),
        covariance=_covariance(near) * _consistency(REWEIGHTING, width) + floor,
    )


def cut(quantile: float, width: int) -> float:
    """Return the distance that a share `quantile` of normal points in `width` columns is within."""
    return float(np.sqrt(_chi_square(quantile, width)))


def _best_starts(
    points: Floats, random: np.random.Generator, floor: Floats
) -> list[tuple[Floats, Floats]]:
    """Return the estimates of the best of many random starts, after two C-steps each."""
    count, width = points.shape
    kept = _half(count, width)
    # The smallest of `count` random numbers of each start name its points, each once.
    chosen = np.argpartition(random.random((STARTS, count)), width, axis=1)[:, : width + 1]
    locations, covariances = _moments(points, chosen)
    # A start may lie in a plane; a little of each column's own spread keeps it invertible.
    little = np.diag(1e-9 * points.var(axis=0)) + floor
    for _ in range(2):
        away = points[None, :, :] - locations[:, None, :]
        solved = np.linalg.solve(covariances + little, np.swapaxes(away, 1, 2))
        squared = np.sum(away * np.swapaxes(solved, 1, 2), axis=2)
        nearest = np.argpartition(squared, kept - 1, axis=1)[:, :kept]
        locations, covariances = _moments(points, nearest)
    order = np.argsort(np.linalg.slogdet(covariances + floor)[1], kind="stable")[:KEPT_STARTS]
    return [(locations[at], covariances[at]) for at in order]


def _converged(
    points: Floats, location: Floats, covariance: Floats, floor: Floats
) -> tuple[Floats, Floats]:
    """Repeat C-steps until the determinant no longer falls."""
    kept = _half(*points.shape)
    before = np.inf
    for _ in range(MOST_STEPS):
        found = Scatter(location=location, covariance=covariance + floor)
        nearest = np.argpartition(found.distances(points), kept - 1)[:kept]
        location, covariance = points[nearest].mean(axis=0), _covariance(points[nearest])
        now = float(np.linalg.slogdet(covariance + floor)[1])
        if now >= before:
            break
        before = now
    return location, covariance


def _half(count: int, width: int) -> int:
    """Return how many points decide: as few as can, so that as many as can may be wrong."""
    return (count + width + 1) // 2


def _moments(points: Floats, subsets: Subsets) -> tuple[Floats, Floats]:
    """Return mean and covariance of each subset (one row of indexes each)."""
    taken = points[subsets]
    locations = taken.mean(axis=1)
    away = taken - locations[:, None, :]
    covariances = np.einsum("skp,skq->spq", away, away) / (subsets.shape[1] - 1)
    return locations, covariances


def _covariance(points: Floats) -> Floats:
    away = points - points.mean(axis=0)
    covariance: Floats = away.T @ away / max(len(points) - 1, 1)
    return covariance


def _consistency(share: float, width: int) -> float:
    """Return by how much the covariance of the nearest share of normal points falls short."""
    within = gammainc((width + 2) / 2, _chi_square(share, width) / 2)
    return float(share / within)


def _chi_square(quantile: float, width: int) -> float:
    """Return a quantile of the chi-square distribution with `width` degrees of freedom."""
    return float(2 * gammaincinv(width / 2, quantile))
