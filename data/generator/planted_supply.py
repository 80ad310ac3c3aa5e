"""What is planted in supply: contract manufacturers, and minimum orders that do not fit demand.

Both are only written down: they change no order and no receipt of the company's history.
"""

from __future__ import annotations

import polars as pl

from data.generator.parties import NEVER
from data.generator.plan import Plan
from data.generator.world import World

SYSTEM = "erp_north"
EVERY, OFFSET = 17, 3  # of so many suppliers one has its goods made by the next in the list
MISMATCHES = 12
LOT_WEEKS = 104
SLOW_DAYS = 30


def makers(world: World) -> pl.Series:
    """Return for each supplier the one who makes its goods, itself for most."""
    count = world.suppliers.height
    return pl.Series(
        [(at + 1) % count if at % EVERY == OFFSET else at for at in range(count)], dtype=pl.Int64
    )


def rigid_items(plan: Plan, world: World) -> pl.DataFrame:
    """Return the items whose supplier has raised its minimum to two years of demand.

    They are lumpy or erratic, come from far in time, and are the dearest of that kind, each the
    only item of its product.
    """
    items = world.item_names.join(
        world.products.select("product", "cost", "supplier"), on="product", how="left"
    ).join(world.suppliers.select("supplier", "lead_mean_days"), on="supplier", how="left")
    alone = items.filter(pl.len().over("product") == 1)
    weekly = pl.col("probability") * pl.col("units_per_line") * (1 + pl.col("extra_lines"))
    return (
        alone.filter(
            pl.col("system") == SYSTEM,
            pl.col("demand_class").is_in(["lumpy", "erratic"]),
            pl.col("launch") <= plan.start_day,
            pl.col("discontinued") == NEVER,
            pl.col("lead_mean_days") >= SLOW_DAYS,
        )
        .with_columns(weekly=weekly)
        .sort(pl.col("weekly") * pl.col("cost"), "product", descending=[True, False])
        .head(MISMATCHES)
        .with_columns(minimum=(pl.col("weekly") * LOT_WEEKS).ceil().cast(pl.Int64))
    )


def with_raised_minimums(plan: Plan, world: World) -> pl.DataFrame:
    """Return the sources of all products as the north has them written down."""
    raised = rigid_items(plan, world).select("product", raised="minimum")
    return world.sources.join(raised, on="product", how="left", maintain_order="left").with_columns(
        minimum=pl.max_horizontal("minimum", "raised")
    )
