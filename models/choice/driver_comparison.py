"""Drivers side by side: how they rank the same items, and what classing by each would cost."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations, product
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from models.choice.concentration import concentration
from models.choice.drivers import (
    Classing,
    PolicyCost,
    Stocked,
    Whole,
    blended,
    classed_cost,
    classes,
    economic_priority,
    kendall_tau,
    least_cost,
    rejected,
    switches,
)
from models.inventory.arrays import Floats
from models.inventory.random_numbers import item_keys

DRIVERS = ("revenue", "margin", "volume", "risk", "blend", "economic")
BLENDED = ("revenue", "margin", "volume", "risk")
NOT_BLENDED = "blends a driver that "
TAU_ITEMS = 20_000
Z95 = 1.959964


@dataclass(frozen=True, kw_only=True)
class Measured:
    """Items that all drivers know: names, revenue, margin, units and risk, and their stock."""

    names: tuple[str, ...]
    revenue: Floats
    margin: Floats
    volume: Floats
    risk: Floats
    stocked: Stocked

    def drivers(self, weights: Mapping[str, float]) -> dict[str, Floats]:
        """Return each driver's value of each item; `weights` are those of the blend."""
        plain = {name: getattr(self, name) for name in BLENDED}
        stock = self.stocked
        economic = economic_priority(
            stock.shortage_cost, stock.demand, stock.holding_cost, stock.order_quantity
        )
        return {**plain, "blend": blended(plain, weights), "economic": economic}


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """One row per driver; per two drivers; and per two drivers and two classes."""

    drivers: pl.DataFrame
    agreement: pl.DataFrame
    switches: pl.DataFrame


@dataclass(frozen=True, kw_only=True)
class _Ranked:
    values: Floats
    classed: Whole
    cost: PolicyCost


def compare_drivers(
    now: Measured,
    *,
    classing: Classing,
    weights: Mapping[str, float],
    reference: str,
    before: Measured | None = None,
) -> Comparison:
    """Compare the drivers on the same items, with the same class sizes and service levels.

    The reference is what the company has declared; the effect of another driver is the cost of its
    classes less that of the reference's, with the half width of its 95 % interval over items. The
    winner costs least. `before` holds the same items a year earlier, by which it is told how far a
    driver's order and classes last.
    """
    values = now.drivers(weights)
    reasons = {name: _reason(name, values, weights) for name in DRIVERS}
    ranked = {
        name: _ranked(now, values[name], classing)
        for name in DRIVERS
        if reasons[name] is None and now.names
    }
    sample = _sample(now.names)
    compared = ranked.get(reference)
    earlier = before.drivers(weights) if before else {}
    winner = min(ranked, key=lambda n: float(ranked[n].cost.total.sum())) if ranked else None
    rows = [
        {
            "driver": name,
            "rejection_reason": reasons[name],
            "is_reference": name == reference,
            "is_winner": name == winner,
            **_ranks(now, ranked.get(name)),
            **_effect(ranked.get(name), compared),
            **_lasting(ranked.get(name), earlier.get(name), now.names, classing, sample),
        }
        for name in DRIVERS
    ]
    least = float(least_cost(now.stocked).total.sum()) if now.names else None
    return Comparison(
        drivers=pl.DataFrame(rows, schema=_SCHEMA).with_columns(
            least_cost_amount=pl.lit(least, dtype=pl.Float64)
        ),
        agreement=_agreement(ranked, sample),
        switches=_switches(now, ranked, classing),
    )


_NUMBERS = (
    *("gini_ratio", "first_class_margin_rate", "first_class_revenue_rate", "holding_amount"),
    *("shortage_amount", "policy_cost_amount", "financial_effect_amount"),
    *("effect_half_width_amount", "year_before_tau_ratio", "year_before_kept_rate"),
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


def _ranked(now: Measured, values: Floats, classing: Classing) -> _Ranked:
    classed = classes(values, now.names, classing)
    return _Ranked(
        values=values, classed=classed, cost=classed_cost(now.stocked, classed, classing)
    )


def _ranks(now: Measured, ranked: _Ranked | None) -> dict[str, Any]:
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


def _share(amounts: Floats, chosen: NDArray[np.bool_]) -> float | None:
    total = float(amounts.sum())
    return float(amounts[chosen].sum()) / total if total > 0 else None


def _effect(ranked: _Ranked | None, reference: _Ranked | None) -> dict[str, Any]:
    if ranked is None or reference is None:
        return {}
    differences = ranked.cost.total - reference.cost.total
    count = len(differences)
    spread = float(np.std(differences, ddof=1)) if count > 1 else 0.0
    return {
        "financial_effect_amount": float(differences.sum()),
        "effect_half_width_amount": Z95 * spread * np.sqrt(count),
    }


def _lasting(
    ranked: _Ranked | None,
    before: Floats | None,
    names: tuple[str, ...],
    classing: Classing,
    sample: NDArray[np.int64],
) -> dict[str, Any]:
    """Return how far order and classes are those of the year before."""
    if ranked is None or before is None or rejected(before) is not None:
        return {}
    kept = ranked.classed == classes(before, names, classing)
    return {
        "year_before_tau_ratio": kendall_tau(ranked.values[sample], before[sample]),
        "year_before_kept_rate": float(kept.mean()),
    }


def _sample(names: tuple[str, ...]) -> NDArray[np.int64]:
    """Return the items that rank correlations are measured on: all, or 20,000 drawn by lot."""
    if len(names) <= TAU_ITEMS:
        return np.arange(len(names))
    return np.sort(np.argsort(item_keys(names), kind="stable")[:TAU_ITEMS])


def _agreement(ranked: Mapping[str, _Ranked], sample: NDArray[np.int64]) -> pl.DataFrame:
    rows = [
        (
            *(one, other),
            kendall_tau(ranked[one].values[sample], ranked[other].values[sample]),
            int((ranked[one].classed != ranked[other].classed).sum()),
        )
        for one, other in combinations(ranked, 2)
    ]
    schema = {
        "driver": pl.String,
        "other_driver": pl.String,
        "kendall_tau_ratio": pl.Float64,
        "switched_count": pl.Int64,
    }
    return pl.DataFrame(rows, schema=schema, orient="row")


def _switches(now: Measured, ranked: Mapping[str, _Ranked], classing: Classing) -> pl.DataFrame:
    """Return all pairs of classes, also those that no item changes between."""
    count = len(classing.names)
    rows = []
    for one, other in combinations(ranked, 2):
        pair = ranked[one].classed * count + ranked[other].classed
        items = switches(ranked[one].classed, ranked[other].classed, count)
        margin = np.bincount(pair, weights=now.margin, minlength=count**2)
        change = ranked[other].cost.total - ranked[one].cost.total
        money = np.bincount(pair, weights=change, minlength=count**2)
        for at, (here, there) in enumerate(product(range(count), repeat=2)):
            named = (one, other, classing.names[here], classing.names[there])
            rows.append((*named, int(items[here, there]), float(margin[at]), float(money[at])))
    schema = {
        **dict.fromkeys(("driver", "other_driver", "segment_id", "other_segment_id"), pl.String),
        "item_count": pl.Int64,
        **dict.fromkeys(("margin_amount", "cost_change_amount"), pl.Float64),
    }
    return pl.DataFrame(rows, schema=schema, orient="row")
