"""Expectation maximisation against what can be computed by hand, and where there is nothing."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest

from workspace.matching.estimation import (
    Patterns,
    fit,
    match_probability,
    posterior,
    without_matches,
)

U = (np.array([0.95, 0.05]), np.array([0.9, 0.1]), np.array([0.8, 0.2]))
M = (np.array([0.1, 0.9]), np.array([0.2, 0.8]), np.array([0.05, 0.95]))
START = tuple(np.array([0.2, 1.8]) for _ in U)


RARE_U = tuple(np.array([1 - agree, agree]) for agree in (0.001, 0.002, 0.005))


def patterns_of(share: float, pairs: float, u: tuple[npt.NDArray[np.float64], ...] = U) -> Patterns:
    """Return how many pairs of each pattern there are if matches are so many of them."""
    levels = np.array([[a, b, c] for a in (0, 1) for b in (0, 1) for c in (0, 1)])
    chance = [
        np.prod([found[at][level] for at, level in enumerate(row)])
        for found in (M, u)
        for row in levels
    ]
    of_match, of_other = np.array(chance).reshape(2, 8)
    counts = pairs * (share * of_match + (1 - share) * of_other)
    return Patterns(levels=levels, counts=counts, rules=np.ones(8, dtype=np.int64))


@pytest.mark.parametrize("share", [0.02, 0.3, 0.9])
def test_the_parameters_that_made_the_patterns_are_found_again(share: float) -> None:
    found = fit(patterns_of(share, 1e6), start=START, u=U, learned=(True, True, True))
    assert found.converged
    assert found.match_share == pytest.approx(share, rel=0.02)
    for expected, m in zip(found.expected, M, strict=True):
        assert expected / expected.sum() == pytest.approx(m, abs=0.02)


def test_the_share_of_matches_among_all_pairs_is_found_again() -> None:
    found = match_probability(patterns_of(0.3, 1e4, RARE_U), M, RARE_U, pair_count=1e6)
    assert found == pytest.approx(0.003, rel=0.1)


def test_a_pattern_weighs_as_bayes_says() -> None:
    one = Patterns(
        levels=np.array([[1, 0, -1]]), counts=np.ones(1), rules=np.ones(1, dtype=np.int64)
    )
    odds = 0.1 / 0.9 * (0.9 / 0.05) * (0.2 / 0.9)  # of the third nothing is known
    assert posterior(one, dict(enumerate(M)), U, 0.1)[0] == pytest.approx(odds / (1 + odds))


def test_no_pairs_leave_what_was_supposed() -> None:
    nothing = Patterns(
        levels=np.zeros((0, 3), dtype=np.int64),
        counts=np.zeros(0),
        rules=np.zeros(0, dtype=np.int64),
    )
    found = fit(nothing, start=START, u=U, learned=(True, False, True))
    assert [expected.sum() for expected in found.expected] == [0, 0, 0]
    assert np.isfinite(found.match_share)
    assert match_probability(nothing, M, U, pair_count=10) <= 0.1


def test_where_nothing_is_known_of_any_pair_nothing_is_learned() -> None:
    unknown = Patterns(
        levels=np.full((1, 3), -1), counts=np.array([50.0]), rules=np.ones(1, dtype=np.int64)
    )
    found = fit(unknown, start=START, u=U, learned=(True, True, True))
    assert [expected.sum() for expected in found.expected] == [0, 0, 0]
    assert found.converged


def test_random_pairs_without_their_matches_are_strangers() -> None:
    shares = 0.01 * M[0] + 0.99 * U[0]
    assert without_matches(shares, M[0], 0.01) == pytest.approx(U[0])
    # more matches than pairs that agree: a little is left
    assert without_matches(shares, M[0], 0.5).min() > 0
