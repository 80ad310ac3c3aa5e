"""Two drivers beside each other: how alike they rank, and which items they class otherwise."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations, product

import numpy as np
import polars as pl
from numpy.typing import NDArray

from models.choice.drivers import Classing, PolicyCost, Whole, kendall_tau, switches
from models.inventory.arrays import Floats
from models.inventory.random_numbers import Keys

TAU_ITEMS = 20_000


@dataclass(frozen=True, kw_only=True)
class Ranked:
    """What a driver makes of items: its values, their classes, and what these cost."""

    values: Floats
    classed: Whole
    cost: PolicyCost


def sampled(keys: Keys) -> NDArray[np.int64]:
    """Return the items that rank correlations are measured on: all, or 20,000 drawn by lot."""
    if len(keys) <= TAU_ITEMS:
        return np.arange(len(keys))
    return np.sort(np.argsort(keys, kind="stable")[:TAU_ITEMS])


def agreement(ranked: Mapping[str, Ranked], sample: NDArray[np.int64]) -> pl.DataFrame:
    """Return how alike every two drivers rank, and how many items they class otherwise."""
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


def switched(margin: Floats, ranked: Mapping[str, Ranked], classing: Classing) -> pl.DataFrame:
    """Return all pairs of classes, also those that no item changes between."""
    count = len(classing.names)
    rows = []
    for one, other in combinations(ranked, 2):
        pair = ranked[one].classed * count + ranked[other].classed
        items = switches(ranked[one].classed, ranked[other].classed, count)
        held = np.bincount(pair, weights=margin, minlength=count**2)
        change = ranked[other].cost.total - ranked[one].cost.total
        money = np.bincount(pair, weights=change, minlength=count**2)
        for at, (here, there) in enumerate(product(range(count), repeat=2)):
            named = (one, other, classing.names[here], classing.names[there])
            rows.append((*named, int(items[here, there]), float(held[at]), float(money[at])))
    schema = {
        **dict.fromkeys(("driver", "other_driver", "segment_id", "other_segment_id"), pl.String),
        "item_count": pl.Int64,
        **dict.fromkeys(("margin_amount", "cost_change_amount"), pl.Float64),
    }
    return pl.DataFrame(rows, schema=schema, orient="row")
