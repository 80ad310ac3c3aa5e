"""Which axis to segment along: customers, products, channels, sites, flows, or several of them.

An axis is a partition of order lines; a fact is something that is measured on each line by
itself, never on a customer or a product, as that would decide for its axis beforehand. An axis
scores by the variance of the facts that lies between its cells beyond chance.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.choice.explained import Explained, Resamples, explained
from models.inventory.arrays import Floats
from models.inventory.random_numbers import exponential_weights, item_keys

MATRIX, NONE = "matrix", "none"
RESAMPLES = 200
CERTAIN = 0.8  # share of resamples below which a verdict is no verdict
HYBRID_CHARGE = 0.05


@dataclass(frozen=True, kw_only=True)
class Fact:
    """What is measured on each line, not a number where it is not known, and its weight."""

    name: str
    values: Floats
    weight: float = 1.0


@dataclass(frozen=True, kw_only=True)
class Axis:
    """A partition of the lines: names of axes that it is made of, and the cell of each line.

    A crossed axis, such as a flow from site to customer, names both.
    """

    name: str
    labels: NDArray[np.int64]
    parts: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Candidate:
    """An axis, or several side by side, where each fact goes by the one that explains it best."""

    name: str
    axes: tuple[str, ...]
    extra_axes: int


@dataclass(frozen=True, kw_only=True)
class Scored:
    """A candidate with its score and the share of resamples that choose it."""

    candidate: Candidate
    cells: int
    score: float
    chosen_rate: float


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """What the evidence says: `best` scores highest, `verdict` is what may be relied upon."""

    evidence: Mapping[tuple[str, str], Explained]
    scored: Sequence[Scored]
    best: str
    verdict: str


def candidates(axes: Sequence[Axis], hybrids: Sequence[tuple[str, ...]]) -> list[Candidate]:
    """Return each axis by itself and the hybrids whose axes there are, the plainest first."""
    names = {axis.name for axis in axes}
    single = [
        Candidate(name=a.name, axes=(a.name,), extra_axes=max(len(a.parts) - 1, 0)) for a in axes
    ]
    mixed = [
        Candidate(name="+".join(parts), axes=parts, extra_axes=len(parts) - 1)
        for parts in hybrids
        if set(parts) <= names
    ]
    return sorted([*single, *mixed], key=lambda c: c.extra_axes)


def judge(
    facts: Sequence[Fact],
    axes: Sequence[Axis],
    *,
    hybrids: Sequence[tuple[str, ...]],
    customers: Sequence[str],
    products: Sequence[str],
    charge: float = HYBRID_CHARGE,
    resamples: int = RESAMPLES,
) -> Verdict:
    """Weigh the axes against each other, on the lines as they are and on resamples of them.

    The score of an axis is the mean over facts, by weight, of the variance it explains beyond
    chance. A hybrid has of each fact what its better axis explains, the least that its crossed
    cells would, and pays `charge` for each axis beyond the first, as a crossed axis does. Chance
    grows with the number of cells, so that an axis by lot has no score and adds none. Where fewer
    than 80 % of resamples choose the same as all lines do, the verdict is 'matrix'; where nothing
    is explained beyond chance, 'none'.
    """
    usable = [fact for fact in facts if fact.weight > 0]
    found = _explained(usable, axes)
    told = [f for f in usable if any(found[a.name, f.name].eta is not None for a in axes)]
    options = candidates(axes, hybrids)
    weighing = _Weighing(
        weights=np.array([fact.weight for fact in told]),
        options=options,
        at={axis.name: number for number, axis in enumerate(axes)},
        charge=charge,
    )
    point = np.array([[[found[a.name, f.name].evidence] for f in told] for a in axes])
    drawn = _resampled(told, axes, found, _line_weights(customers, products, resamples))
    scored = _scored(weighing, point.reshape(len(axes), len(told), 1), drawn, axes)
    best = max(scored, key=lambda s: round(s.score, 9))  # of equals the first, the plainest
    return Verdict(
        evidence=found,
        scored=scored,
        best=best.candidate.name if best.score > 0 else NONE,
        verdict=_verdict(best),
    )


@dataclass(frozen=True, kw_only=True)
class _Weighing:
    """What facts count for, the candidates, where the axes stand, and what a further one costs."""

    weights: Floats
    options: Sequence[Candidate]
    at: Mapping[str, int]
    charge: float

    def scores(self, evidence: Floats) -> Floats:
        """Return scores, candidates by resamples; `evidence` is by axis, fact and resample."""
        total = self.weights.sum() or 1.0
        rows = [
            np.tensordot(
                self.weights, evidence[[self.at[name] for name in option.axes]].max(axis=0), axes=1
            )
            / total
            - self.charge * option.extra_axes
            for option in self.options
        ]
        return np.array(rows)


def _explained(facts: Sequence[Fact], axes: Sequence[Axis]) -> dict[tuple[str, str], Explained]:
    return {
        (axis.name, fact.name): explained(fact.values[known], axis.labels[known])
        for fact in facts
        for known in [~np.isnan(fact.values)]
        for axis in axes
    }


def _scored(
    weighing: _Weighing, point: Floats, drawn: Floats, axes: Sequence[Axis]
) -> list[Scored]:
    """Return each candidate with its score and the share of resamples that it is first in."""
    scores = weighing.scores(point)[:, 0]
    choices = _first_best(weighing.scores(drawn))
    size = {axis.name: len(np.unique(axis.labels)) for axis in axes}
    return [
        Scored(
            candidate=option,
            cells=int(np.prod([size[name] for name in option.axes])),
            score=float(score),
            chosen_rate=float(np.mean(choices == number)),
        )
        for number, (option, score) in enumerate(zip(weighing.options, scores, strict=True))
    ]


def _verdict(best: Scored) -> str:
    if best.score <= 0:
        return NONE
    is_mixed = len(best.candidate.axes) > 1
    return MATRIX if is_mixed or best.chosen_rate < CERTAIN else best.candidate.name


def _line_weights(customers: Sequence[str], products: Sequence[str], resamples: int) -> Floats:
    """Return the weights of lines, lines by resamples: of its customer times of its product.

    Every customer and every product has a weight of its own in a resample, exponential (Rubin,
    1981, Ann. Stat. 9, 130): lines of one customer, or of one product, come and go together (Owen,
    2007, Ann. Appl. Stat. 1, 386; Owen and Eckles, 2012, Ann. Appl. Stat. 6, 895).
    """
    weights = np.ones((len(customers), resamples))
    for subject, names in enumerate((customers, products)):
        found, at = np.unique(np.asarray(names, dtype=np.str_), return_inverse=True)
        weights *= exponential_weights(item_keys(map(str, found)), resamples, subject)[at]
    return weights


def _resampled(
    facts: Sequence[Fact],
    axes: Sequence[Axis],
    found: Mapping[tuple[str, str], Explained],
    weights: Floats,
) -> Floats:
    """Return what each axis explains of each fact beyond chance in each resample."""
    evidence = np.zeros((len(axes), len(facts), weights.shape[1]))
    known_of = {number: ~np.isnan(fact.values) for number, fact in enumerate(facts)}
    for known in {mask.tobytes(): mask for mask in known_of.values()}.values():
        drawn = weights[known]
        squares = drawn**2
        of_axis = [Resamples(axis.labels[known], drawn, squares) for axis in axes]
        for j, fact in enumerate(facts):
            if not np.array_equal(known_of[j], known):
                continue
            centred = fact.values[known] - fact.values[known].mean()
            weighted, power = drawn * centred[:, np.newaxis], centred**2 @ drawn
            for i, axis in enumerate(axes):
                chance = found[axis.name, fact.name].chance or 0.0
                epsilon = of_axis[i].epsilon(weighted, power)
                evidence[i, j] = np.maximum(epsilon - chance, 0.0)
    return evidence


def _first_best(scores: Floats) -> NDArray[np.int64]:
    """Return which candidate scores highest, of equals the plainest; -1 where none is above 0."""
    best = np.argmax(np.round(scores, 9), axis=0)
    return np.where(np.max(scores, axis=0) > 0, best, -1)
