"""At which grain to keep a segment: how alike entities are, what is known, who can act on it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.choice.axis import Fact
from models.choice.explained import explained


@dataclass(frozen=True, kw_only=True)
class Grain:
    """Which entity each line of a sample is of, and how many lines every entity has in all.

    `control_points` is how many settings somebody makes for each of its entities.
    """

    name: str
    labels: NDArray[np.int64]
    line_counts: NDArray[np.int64]
    control_points: int = 0


@dataclass(frozen=True, kw_only=True)
class Assessed:
    """What is known of a grain.

    `within` is the share of variance that is left within entities, `unexplained` that share and
    what so many entities explain by lot; both by the weights of the facts, None without any that
    varies. `median_lines` is that of the entities; `load` their number times the decisions.
    `covered` is the share of lines that are of entities with lines enough. `score` is the variance
    that the grain explains beyond lot, times that share, times its control points by the most that
    any grain has: 0 where nobody can act on the result, None where nothing varies.
    """

    name: str
    entities: int
    within: float | None
    unexplained: float | None
    median_lines: float
    has_history: bool
    load: int
    covered: float
    score: float | None


def assess(
    facts: Sequence[Fact], grains: Sequence[Grain], *, minimum_lines: int, decisions: int
) -> list[Assessed]:
    """Assess grains on the same lines, so that of nested ones the finer has no more left within."""
    most = max((grain.control_points for grain in grains), default=0)
    return [
        _assessed(
            facts,
            grain,
            minimum_lines=minimum_lines,
            decisions=decisions,
            reach=grain.control_points / most if most else 0.0,
        )
        for grain in grains
    ]


def _assessed(
    facts: Sequence[Fact], grain: Grain, *, minimum_lines: int, decisions: int, reach: float
) -> Assessed:
    measured = []
    for fact in facts:
        known = ~np.isnan(fact.values)
        found = explained(fact.values[known], grain.labels[known])
        if fact.weight > 0 and found.eta is not None:
            measured.append((fact.weight, 1 - found.eta, 1 - found.evidence))
    total = sum(weight for weight, _, _ in measured)
    unexplained = sum(w * rest for w, _, rest in measured) / total if measured else None
    counts = grain.line_counts
    covered = float(counts[counts >= minimum_lines].sum() / max(counts.sum(), 1))
    score = None if unexplained is None else max(1 - unexplained, 0.0) * covered * reach
    median = float(np.median(grain.line_counts)) if len(grain.line_counts) else 0.0
    return Assessed(
        name=grain.name,
        entities=len(grain.line_counts),
        within=sum(w * left for w, left, _ in measured) / total if measured else None,
        unexplained=unexplained,
        median_lines=median,
        has_history=median >= minimum_lines,
        load=len(grain.line_counts) * decisions,
        covered=covered,
        score=score if reach else 0.0,
    )
