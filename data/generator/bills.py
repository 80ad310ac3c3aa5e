"""Bills of materials: sets that the north puts together, some of them out of other sets.

A set is made of products launched before it, so that none is made of itself.
"""

from __future__ import annotations

from functools import cache

import numpy as np
import polars as pl

from data.generator.extracts import Master
from data.generator.plan import Plan
from data.generator.world import World
from data.generator.writing import Dialect

SYSTEM = "erp_north"
SET_SHARE, PHANTOM_SHARE, ENDED_SHARE, NESTED_SHARE = 0.06, 0.15, 0.12, 0.4
OPEN_END = "31.12.9999"
_BILL = {
    **dict.fromkeys(("parent_id", "parent", "component_id", "component"), pl.String),
    **dict.fromkeys(("quantity", "scrap"), pl.Int64),
    "is_phantom": pl.Boolean,
    **dict.fromkeys(("first", "last"), pl.Int64),
}


def bills(plan: Plan, world: World) -> pl.DataFrame:
    """One row per set and component, by product: quantity, scrap in percent, and validity."""
    kept = world.records.filter(pl.col("system") == SYSTEM).sort("record")
    keys, launched = kept["source_key"].to_list(), kept["launch"].to_list()
    true_ids = kept["product_id"].to_list()
    random = plan.stream("bills of materials")
    is_set = random.random(len(keys)) < SET_SHARE
    is_phantom = is_set & (random.random(len(keys)) < PHANTOM_SHARE)
    rows = []
    for at in np.flatnonzero(is_set[8:]) + 8:
        sets = np.flatnonzero(is_set[8:at]) + 8
        parts = set(random.choice(at, int(random.integers(2, 6)), replace=False).tolist())
        if len(sets) and random.random() < NESTED_SHARE:
            parts.add(int(random.choice(sets)))
        for part in sorted(parts):
            ended = random.random() < ENDED_SHARE
            first = max(launched[at], plan.start_day)
            rows.append(
                {
                    "parent_id": true_ids[at],
                    "parent": keys[at],
                    "component_id": true_ids[part],
                    "component": keys[part],
                    "quantity": int(random.integers(1, 9)),
                    "scrap": int(random.choice((0, 0, 0, 2, 5))),
                    "is_phantom": bool(is_phantom[part]),
                    "first": first,
                    "last": first + 200 if ended else None,
                }
            )
    return pl.DataFrame(rows, schema=_BILL).filter(pl.col("first") <= plan.as_of_day)


def master(plan: Plan, world: World, dialect: Dialect) -> Master:
    """Return the extract of the north, whose ERP writes the last day of a component."""
    rows = bills(plan, world)
    frame = rows.select(
        MATNR="parent",
        IDNRK="component",
        MENGE=dialect.number(pl.col("quantity") * 1_000, 3),
        AUSCH=dialect.number(pl.col("scrap") * 100, 2),
        DUMPS=pl.when("is_phantom").then(pl.lit("X")),
        DATUV=dialect.day(pl.col("first")),
        DATUB=pl.when(pl.col("last").is_null())
        .then(pl.lit(OPEN_END))
        .otherwise(dialect.day(pl.col("last"))),
    )
    return Master(frame=frame)


def depths(plan: Plan, world: World) -> pl.DataFrame:
    """One row per set that is made of something on the last day: its levels and components."""
    held = bills(plan, world).filter(pl.col("last").is_null() | (pl.col("last") >= plan.as_of_day))
    below: dict[str, dict[str, bool]] = {}
    for row in held.iter_rows(named=True):
        below.setdefault(row["parent_id"], {})[row["component_id"]] = row["is_phantom"]

    @cache
    def taken_apart(product: str) -> tuple[int, frozenset[str]]:
        levels, inside = 0, frozenset[str]()
        for part, is_phantom in below.get(product, {}).items():
            deeper, parts = taken_apart(part)
            levels = max(levels, deeper + (not is_phantom))
            inside |= parts if is_phantom else parts | {part}
        return levels, inside

    found = [(product, *taken_apart(product)) for product in sorted(below)]
    return pl.DataFrame(
        [(product, levels, len(inside)) for product, levels, inside in found],
        schema={"product_id": pl.String, "levels": pl.Int64, "components": pl.Int64},
        orient="row",
    )
