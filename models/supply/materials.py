"""How deep a product's bill of materials goes, and how many products stand in it."""

from __future__ import annotations

from contextlib import suppress
from graphlib import CycleError, TopologicalSorter

import polars as pl

PRODUCT, COMPONENT = "product_id", "component_product_id"


def process_complexity(components: pl.DataFrame) -> pl.DataFrame:
    """Return one row per product that is made of others, by product.

    `components` holds product_id, component_product_id and is_phantom. Columns of the result:

    process_level_count  longest way down to a component that is made of nothing
    component_count      distinct products below it, at all levels

    A phantom is never stocked: it is neither a level nor a component, what it is made of takes its
    place. Products on a circle, and those above one, have null: they cannot be taken apart.
    """
    below: dict[str, dict[str, bool]] = {}
    for product, component, is_phantom in components.select(
        PRODUCT, COMPONENT, "is_phantom"
    ).iter_rows():
        below.setdefault(product, {})[component] = bool(is_phantom)
    levels: dict[str, int] = {}
    inside: dict[str, frozenset[str]] = {}
    for product in _from_below(below):
        parts = below[product]
        if any(part in below and part not in levels for part in parts):
            continue  # above a circle
        steps = [levels.get(part, 0) + (not phantom) for part, phantom in parts.items()]
        stocked = frozenset(part for part, phantom in parts.items() if not phantom)
        levels[product] = max(steps)
        inside[product] = stocked.union(*(inside.get(part, frozenset()) for part in parts))
    rows = [
        (product, levels.get(product), len(inside[product]) if product in inside else None)
        for product in sorted(below)
    ]
    return pl.DataFrame(rows, schema=_SCHEMA, orient="row")


_SCHEMA = {PRODUCT: pl.String, "process_level_count": pl.Int64, "component_count": pl.Int64}


def _from_below(below: dict[str, dict[str, bool]]) -> list[str]:
    """Return products so that what one is made of comes before it; without those on a circle."""
    graph = {product: [part for part in parts if part in below] for product, parts in below.items()}
    sorter = TopologicalSorter(graph)
    with suppress(CycleError):  # what is on no circle is still given
        sorter.prepare()
    order: list[str] = []
    while sorter.is_active():
        ready = sorter.get_ready()
        if not ready:
            break
        order += sorted(ready)
        sorter.done(*ready)
    return order
