"""Into how many segments: what one policy per segment loses against one for each item.

Everything is read off two tables, items by policies: what each item costs under each policy on the
part of history that policies are fitted on, and on the part after it. Nothing here knows what a
policy is.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.choice.explained import Cells
from models.inventory.arrays import Floats

GOOD_ENOUGH = 0.95
MOST_SEGMENTS = 12
Whole = NDArray[np.int64]


@dataclass(frozen=True, kw_only=True)
class Partition:
    """Items in k segments: which segment each is in, and which policy each segment gets."""

    labels: Whole
    policies: Whole


@dataclass(frozen=True, kw_only=True)
class Point:
    """What k segments cost and keep; `benefit` of 1 is that of a policy for each item.

    `later` is the cost on history that no policy was fitted on, `later_error` the standard error of
    its distance from the count that is best there, over items.
    """

    segments: int
    fitted: float
    benefit: float
    later: float
    later_error: float
    criterion: float


@dataclass(frozen=True, kw_only=True)
class Frontier:
    """Points from one segment up, and which of them the rules mark.

    `fitted_by_item` and `later_by_item` are the costs of one policy for each item. `good_enough`
    keeps 95 % of the attainable benefit; `later_best` costs least on later history, `advised` is
    the smallest within a standard error of it; `by_criterion` has the least criterion.
    """

    points: tuple[Point, ...]
    fitted_by_item: float
    later_by_item: float
    good_enough: int | None
    later_best: int
    advised: int
    by_criterion: int


def nested_partitions(fitted: Floats, *, most: int = MOST_SEGMENTS) -> Mapping[int, Partition]:
    """Return partitions of items into 1 to `most` segments, each a split of the one before.

    Items begin together with all that the same policy is best for, as many groups as there are
    such policies; then the two groups are joined that cost least to join, again and again (as
    Ward, 1963, J. Am. Stat. Assoc. 58, 236, does with variances). A segment gets the policy that
    is cheapest for its items together.
    """
    best, groups = np.unique(np.argmin(fitted, axis=1), return_inverse=True)
    costs = Cells(groups).sums(fitted)
    label_of = np.arange(len(best))
    rise = np.array([_rises(costs, group) for group in range(len(costs))])
    found: dict[int, Partition] = {}
    while True:
        count = len(costs)
        if count <= most:
            found[count] = Partition(labels=label_of[groups], policies=np.argmin(costs, axis=1))
        if count == 1:
            return dict(sorted(found.items()))
        keep, gone = sorted(map(int, np.unravel_index(int(np.argmin(rise)), rise.shape)))
        costs[keep] += costs[gone]
        costs = np.delete(costs, gone, axis=0)
        rise = np.delete(np.delete(rise, gone, axis=0), gone, axis=1)
        rise[keep] = rise[:, keep] = _rises(costs, keep)
        label_of = np.where(label_of == gone, keep, label_of)
        label_of = label_of - (label_of > gone)


def _rises(costs: Floats, group: int) -> Floats:
    """Return what it costs to join a group with each of the others."""
    alone = costs.min(axis=1)
    rises = np.min(costs + costs[group], axis=1) - alone - alone[group]
    rises[group] = np.inf
    return np.asarray(rises)


def count_frontier(
    fitted: Floats,
    later: Floats,
    *,
    observations: float = 1.0,
    parameters: int = 1,
    most: int = MOST_SEGMENTS,
    limit: int | None = None,
) -> Frontier:
    """Weigh 1 to `most` segments; `limit` is the most to advise, the rest is the criterion's."""
    items = np.arange(len(fitted))
    by_item = np.argmin(fitted, axis=1)
    partitions = nested_partitions(fitted, most=most)
    chosen = {k: part.policies[part.labels] for k, part in partitions.items()}
    later_costs = {k: later[items, policy] for k, policy in chosen.items()}
    best = min(later_costs, key=lambda k: float(later_costs[k].sum()))
    alone = float(fitted[items, by_item].sum())
    costs = {k: float(fitted[items, policy].sum()) for k, policy in chosen.items()}
    points = tuple(
        Point(
            segments=k,
            fitted=cost,
            benefit=(costs[1] - cost) / (costs[1] - alone) if costs[1] > alone else 1.0,
            later=float(later_costs[k].sum()),
            later_error=_error(later_costs[k] - later_costs[best]),
            criterion=_criterion(cost, partitions[k].labels, observations, parameters),
        )
        for k, cost in costs.items()
    )
    return Frontier(
        points=points,
        fitted_by_item=alone,
        later_by_item=float(later[items, by_item].sum()),
        good_enough=next((p.segments for p in points if p.benefit >= GOOD_ENOUGH), None),
        later_best=best,
        advised=_advised(points, limit),
        by_criterion=min(points, key=lambda p: p.criterion).segments,
    )


def _advised(points: Sequence[Point], limit: int | None) -> int:
    """Return the smallest allowed count within a standard error of the best, else the nearest.

    Errors are of differences item by item. Source of the rule: Breiman et al. (1984),
    Classification and Regression Trees, section 3.4.3.
    """
    least = min(point.later for point in points)
    allowed = [p for p in points if limit is None or p.segments <= limit] or points[:1]
    near = [p for p in allowed if p.later - least <= p.later_error]
    return (near[0] if near else min(allowed, key=lambda p: p.later)).segments


def enough_rates(
    fitted: Floats, later: Floats, weights: Floats, *, limit: int | None = None
) -> dict[int, float]:
    """Return for each count the share of resamples of items whose advice is that count or fewer.

    `weights` has a row per item and a column per resample. Where the advice of resamples spreads
    wide, so does that of the next year.
    """
    advised = np.array(
        [
            count_frontier(
                fitted * weight[:, np.newaxis], later * weight[:, np.newaxis], limit=limit
            ).advised
            for weight in weights.T
        ]
    )
    return {count: float(np.mean(advised <= count)) for count in range(1, MOST_SEGMENTS + 1)}


def _error(differences: Floats) -> float:
    """Return the standard error of a sum of differences, item by item."""
    count = len(differences)
    return float(np.std(differences, ddof=1) * np.sqrt(count)) if count > 1 else 0.0


def _criterion(cost: float, labels: Whole, observations: float, parameters: int) -> float:
    """Return N log(C / N) + k (p log N) / 2 + n H: C cost, N observations, p parameters, n items.

    That of Schwarz (1978, Ann. Stat. 6, 461) with cost in place of deviance, as Koenker, Ng and
    Portnoy (1994, Biometrika 81, 673) have it for quantiles, and with the entropy H of the segments
    for naming the one of each item (Rissanen, 1978, Automatica 14, 465).
    """
    if cost <= 0:
        return -np.inf
    shares = np.bincount(labels) / len(labels)
    naming = -len(labels) * float(np.sum(shares * np.log(shares)))
    fit = observations * np.log(cost / observations)
    return float(fit + len(shares) * parameters * np.log(observations) / 2 + naming)


@dataclass(frozen=True, kw_only=True)
class Configuration:
    """What must be kept in the ERP for each segment, and how many segments its field can tell."""

    objects: Mapping[str, int]
    field_characters: int
    field_alphabet: int

    @property
    def most_segments(self) -> int:
        """Return how many codes fit the field."""
        return int(self.field_alphabet**self.field_characters)

    def records(self, segments: int) -> int:
        """Return the records of all kinds that so many segments need."""
        return segments * sum(self.objects.values())
