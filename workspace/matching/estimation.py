"""Expectation maximisation over agreement patterns, one blocking rule at a time.

Of the pairs of a block some share is a match. A pair has level k of a comparison with chance m_k
if it is a match, and u_k if it is none (Fellegi and Sunter 1969; estimation: Winkler 1988). u is
known from random pairs; m of a comparison is learned only in blocks that do not suppose it agrees.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Levels = npt.NDArray[np.int64]

ITERATIONS = 500
TOLERANCE = 1e-5
LEAST_U_SHARE = 0.02  # of a level's random pairs at least so many are no matches


@dataclass(frozen=True, kw_only=True)
class Patterns:
    """Agreement patterns of pairs: a row each, a column per comparison, and how many pairs.

    A level is counted from 0 (worst), -1 where nothing is known. `rules` has a bit for each
    blocking rule that brings the pair together.
    """

    levels: Levels
    counts: Floats
    rules: Levels

    def of_rule(self, number: int) -> Patterns:
        """Return the patterns of the pairs that one rule brings together."""
        inside = (self.rules >> number) & 1 == 1
        return Patterns(
            levels=self.levels[inside], counts=self.counts[inside], rules=self.rules[inside]
        )


@dataclass(frozen=True, kw_only=True)
class Fit:
    """What one run came to: expected matches by level of each comparison, from level 0 up."""

    match_share: float
    expected: tuple[Floats, ...]
    iterations: int
    converged: bool


def fit(
    patterns: Patterns,
    *,
    start: tuple[Floats, ...],
    u: tuple[Floats, ...],
    learned: tuple[bool, ...],
) -> Fit:
    """Estimate the share of matches and m of the learned comparisons; others are left out.

    `start` is how many matches at each level are supposed before any is seen.
    """
    used = [at for at, one in enumerate(learned) if one]
    current = {at: start[at] / start[at].sum() for at in used}
    share, change, iteration = 0.5, 1.0, 0
    total = max(float(patterns.counts.sum()), 1.0)
    expected: dict[int, Floats] = {}
    while change > TOLERANCE and iteration < ITERATIONS:
        iteration += 1
        weights = patterns.counts * posterior(patterns, current, u, share)
        new_share = float(np.clip(weights.sum() / total, 1e-6, 1 - 1e-6))
        expected = {at: by_level(patterns, weights, at, len(u[at])) for at in used}
        new = {at: (e + start[at]) / (e + start[at]).sum() for at, e in expected.items()}
        steps = [float(np.abs(new[at] - current[at]).max()) for at in used]
        change = max([abs(new_share - share), *steps])
        current, share = new, new_share
    return Fit(
        match_share=share,
        expected=tuple(expected.get(at, np.zeros(len(one))) for at, one in enumerate(u)),
        iterations=iteration,
        converged=change <= TOLERANCE,
    )


def by_level(patterns: Patterns, weights: Floats, at: int, levels: int) -> Floats:
    """Return the weights summed by level of one comparison."""
    found = np.bincount(patterns.levels[:, at] + 1, weights=weights, minlength=levels + 1)[1:]
    return found.astype(np.float64)


def posterior(
    patterns: Patterns, m: dict[int, Floats], u: tuple[Floats, ...], share: float
) -> Floats:
    """Return the chance that a pair of each pattern is a match."""
    weight = np.full(len(patterns.counts), np.log(share / (1 - share)))
    for at, one in m.items():
        ratio = np.append(np.log(one / u[at]), 0.0)  # index -1: nothing known, no weight
        weight += ratio[patterns.levels[:, at]]
    return np.asarray(1 / (1 + np.exp(-weight)), dtype=np.float64)


def without_matches(shares: Floats, m: Floats, probability: float) -> Floats:
    """Return u: what is left of the levels' shares among random pairs without the matches."""
    rest = (shares - probability * m) / (1 - probability)
    rest = np.maximum(rest, LEAST_U_SHARE * shares)
    return np.asarray(rest / rest.sum(), dtype=np.float64)


def match_probability(
    patterns: Patterns, m: tuple[Floats, ...], u: tuple[Floats, ...], pair_count: float
) -> float:
    """Return the share of matches among `pair_count` pairs of which the patterns are the likely.

    It is the smallest share that agrees with itself: we start from next to none.
    """
    probability = 1.0 / pair_count
    weights = dict(enumerate(m))
    for _ in range(ITERATIONS):
        found = float((patterns.counts * posterior(patterns, weights, u, probability)).sum())
        new = float(np.clip(found / pair_count, 1e-15, 0.5))
        if abs(new - probability) <= TOLERANCE * probability:
            return new
        probability = new
    return probability
