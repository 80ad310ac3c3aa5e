"""Drivers side by side: how they rank the same items, and what classing by each would cost."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from models.choice.concentration import concentration
from models.choice.driver_pairs import Ranked, agreement, sampled, switched
from models.choice.drivers import (
    Classing,
    classed_cost,
    classes,
    kendall_tau,
    least_cost,
    lot_cost,
    rejected,
)
from models.choice.equal_service import fill_rate_of_classes, holding_at_fill_rate
from models.choice.measured import DRIVERS, Measured
from models.inventory.arrays import Floats
from models.inventory.random_numbers import Keys

NOT_BLENDED = "blends a driver that "
Z95 = 1.959964


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """The drivers on the same items, with the same class sizes and service levels.

    `reasons` are those of rejection, None where a driver ranks. `before` holds the same items a
    year earlier, by which it is told how far a driver's order and classes last; of risk there is no
    year before.
    """

    now: Measured
    classing: Classing
    weights: Mapping[str, float]
    reference: str
    before: Measured | None
    reasons: Mapping[str, str | None]
    ranked: Mapping[str, Ranked]

    @cached_property
    def drivers(self) -> pl.DataFrame:
        """One row per driver: what its classes cost, and more or less than the reference's.

        The winner costs least.
        """
        reference, costs = self.ranked.get(self.reference), self._costs()
        earlier = (
            _dated(self.before.drivers(self.weights), self.weights)
            if self.before is not None
            else {}
        )
        rows = [
            {
                "driver": name,
                "rejection_reason": reason,
                "is_reference": name == self.reference,
                "is_winner": name == min(costs, key=lambda driver: costs[driver], default=None),
                **_bounds(self.now, self.classing),
                **_ranks(self.now, self.ranked.get(name)),
                **_effect(self.ranked.get(name), reference),
                **_at_equal_service(self.now, self.ranked.get(name), reference, self.classing),
                **_lasting(self.ranked.get(name), earlier.get(name), self.now.keys, self.classing),
            }
            for name, reason in self.reasons.items()
        ]
        return pl.DataFrame(rows, schema=_SCHEMA)

    @cached_property
    def agreement(self) -> pl.DataFrame:
        """One row per two drivers: how alike they rank, and how many items they class otherwise."""
        return agreement(self.ranked, sampled(self.now.keys))

    @cached_property
    def switches(self) -> pl.DataFrame:
        """One row per two drivers and two classes."""
        return switched(self.now.margin, self.ranked, self.classing)

    def _costs(self) -> dict[str, float]:
        return {name: float(each.cost.total.sum()) for name, each in self.ranked.items()}


def compare_drivers(
    now: Measured,
    *,
    classing: Classing,
    weights: Mapping[str, float],
    reference: str,
    before: Measured | None = None,
) -> Comparison:
    """Rank items by each driver that can, and class them."""
    values = now.drivers(weights)
    reasons = {name: _reason(name, values, weights) for name in DRIVERS}
    usable = [name for name in DRIVERS if reasons[name] is None]
    return Comparison(
        now=now,
        classing=classing,
        weights=weights,
        reference=reference,
        before=before,
        reasons=reasons,
        ranked={name: _ranked(now, values[name], classing) for name in usable},
    )


_NUMBERS = (
    *("gini_ratio", "first_class_margin_rate", "first_class_revenue_rate", "holding_amount"),
    *("shortage_amount", "policy_cost_amount", "financial_effect_amount"),
    *("effect_half_width_amount", "year_before_tau_ratio", "year_before_kept_rate"),
    *("lot_cost_amount", "least_cost_amount", "fill_rate", "equal_service_holding_amount"),
)
_SCHEMA: Mapping[str, Any] = {
    "driver": pl.String,
    "rejection_reason": pl.String,
    "is_reference": pl.Boolean,
    "is_winner": pl.Boolean,
    **dict.fromkeys(_NUMBERS, pl.Float64),
}


def _reason(name: str, values: Mapping[str, Floats], weights: Mapping[str, float]) -> str | None:
    """Return why a driver is rejected; of a blend, also for what it blends."""
    blends = [part for part, weight in weights.items() if weight > 0] if name == "blend" else []
    for part in blends:
        if reason := rejected(values[part]):
            return f"{NOT_BLENDED}{reason}: {part}"
    return rejected(values[name])


def _dated(values: Mapping[str, Floats], weights: Mapping[str, float]) -> dict[str, Floats]:
    undated = {"risk"} | ({"blend"} if weights.get("risk", 0.0) > 0 else set())
    return {name: value for name, value in values.items() if name not in undated}


def _ranked(now: Measured, values: Floats, classing: Classing) -> Ranked:
    classed = classes(values, now.keys, classing)
    return Ranked(values=values, classed=classed, cost=classed_cost(now.stocked, classed, classing))


def _ranks(now: Measured, ranked: Ranked | None) -> dict[str, Any]:
    """Return what the first class holds, and what the classes cost."""
    if ranked is None:
        return {}
    first = ranked.classed == 0
    return {
        "gini_ratio": concentration(ranked.values).gini,
        "first_class_margin_rate": _share(now.margin, first),
        "first_class_revenue_rate": _share(now.revenue, first),
        "holding_amount": float(ranked.cost.holding.sum()),
        "shortage_amount": float(ranked.cost.shortage.sum()),
        "policy_cost_amount": float(ranked.cost.total.sum()),
    }


def _bounds(now: Measured, classing: Classing) -> dict[str, Any]:
    """Return what classes by lot cost, and what no classes can cost less than."""
    if not len(now.keys):
        return {}
    return {
        "lot_cost_amount": lot_cost(now.stocked, classing),
        "least_cost_amount": float(least_cost(now.stocked).total.sum()),
    }


def _share(amounts: Floats, chosen: NDArray[np.bool_]) -> float | None:
    total = float(amounts.sum())
    return float(amounts[chosen].sum()) / total if total > 0 else None


def _effect(ranked: Ranked | None, reference: Ranked | None) -> dict[str, Any]:
    """Return the difference of costs, with the half width of its 95 % interval over items."""
    if ranked is None or reference is None:
        return {}
    differences = ranked.cost.total - reference.cost.total
    count = len(differences)
    spread = float(np.std(differences, ddof=1)) if count > 1 else 0.0
    return {
        "financial_effect_amount": float(differences.sum()),
        "effect_half_width_amount": Z95 * spread * np.sqrt(count),
    }


def _at_equal_service(
    now: Measured, ranked: Ranked | None, reference: Ranked | None, classing: Classing
) -> dict[str, Any]:
    """Return the share of demand served, and what holding would cost at the reference's share.

    Of more items than rank correlations are measured on, of as many drawn by lot, scaled.
    """
    if ranked is None or reference is None:
        return {}
    drawn = sampled(now.keys)
    stock = now.stocked.at(drawn)
    served = fill_rate_of_classes(stock, reference.classed[drawn], classing)
    held = holding_at_fill_rate(stock, ranked.classed[drawn], classing, served)
    return {
        "fill_rate": fill_rate_of_classes(stock, ranked.classed[drawn], classing),
        "equal_service_holding_amount": held * len(now.keys) / len(drawn),
    }


def _lasting(
    ranked: Ranked | None,
    before: Floats | None,
    keys: Keys,
    classing: Classing,
) -> dict[str, Any]:
    """Return how far order and classes are those of the year before."""
    if ranked is None or before is None or rejected(before) is not None:
        return {}
    sample = sampled(keys)
    kept = ranked.classed == classes(before, keys, classing)
    return {
        "year_before_tau_ratio": kendall_tau(ranked.values[sample], before[sample]),
        "year_before_kept_rate": float(kept.mean()),
    }
