"""At which grain to keep a segment: how alike entities are, how much is known, what it takes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.choice.axis import Fact
from models.choice.explained import explained


@dataclass(frozen=True, kw_only=True)
class Grain:
    """Which entity each line of a sample is of, and how many lines every entity has in all."""

    name: str
    labels: NDArray[np.int64]
    line_counts: NDArray[np.int64]


@dataclass(frozen=True, kw_only=True)
class Assessed:
    """What is known of a grain.

    `within` is the share of variance that is left within entities, `unexplained` that share and
    what so many entities explain by lot; both by the weights of the facts, None without any that
    varies. `median_lines` is that of the entities; `load` their number times the decisions.
    """

    name: str
    entities: int
    within: float | None
    unexplained: float | None
    median_lines: float
    has_history: bool
    load: int


def assess(
    facts: Sequence[Fact], grains: Sequence[Grain], *, minimum_lines: int, decisions: int
) -> list[Assessed]:
    """Assess grains on the same lines, so that of nested ones the finer has no more left within."""
    return [_assessed(facts, grain, minimum_lines, decisions) for grain in grains]


def _assessed(facts: Sequence[Fact], grain: Grain, minimum_lines: int, decisions: int) -> Assessed:
    measured = []
    for fact in facts:
        known = ~np.isnan(fact.values)
        found = explained(fact.values[known], grain.labels[known])
        if fact.weight > 0 and found.eta is not None:
            measured.append((fact.weight, 1 - found.eta, 1 - found.evidence))
    total = sum(weight for weight, _, _ in measured)
    median = float(np.median(grain.line_counts)) if len(grain.line_counts) else 0.0
    return Assessed(
        name=grain.name,
        entities=len(grain.line_counts),
        within=sum(w * left for w, left, _ in measured) / total if measured else None,
        unexplained=sum(w * rest for w, _, rest in measured) / total if measured else None,
        median_lines=median,
        has_history=median >= minimum_lines,
        load=len(grain.line_counts) * decisions,
    )
