"""Time-driven activity-based costing: order lines pay for what they use, idle capacity stays apart.

A pool of cost has a practical capacity, in minutes or in whatever its activity is counted by. Its
capacity cost rate is cost over capacity. A line pays the rate times what it used; what nobody used
is reported, not spread: spread over fewer and fewer lines it would make each look dearer until
none is left (the death spiral). Source: Kaplan & Anderson (2004), Harv. Bus. Rev. 82(11), 131-138.

Amounts are whole cents and quantities whole ten-thousandths, so that the costs of all lines and of
idle capacity add up to the pool, to the cent.
"""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

CENTS = 100
TEN_THOUSANDTHS = 10_000


def time_equation(base: float, drivers: Mapping[str, float]) -> pl.Expr:
    """Return the minutes of a line: a base, and so much for each unit of each driver column.

    A driver that is not known counts as none. Raises ValueError for a negative time: no work is
    undone by more of it.
    """
    if base < 0 or any(minutes < 0 for minutes in drivers.values()):
        raise ValueError("a time equation has a negative time")
    parts = [minutes * pl.col(name).fill_null(0) for name, minutes in drivers.items()]
    return pl.sum_horizontal(pl.lit(float(base)), *parts)


def capacity_cost_rates(pools: pl.DataFrame, uses: pl.DataFrame) -> pl.DataFrame:
    """Return what each pool's capacity costs and how much of it was used: one row per pool.

    `pools` holds pool_id, cost_amount and practical_capacity; `uses` holds pool_id and
    used_quantity, from 0, any number of rows for a pool. Columns of the result: pool_id,
    cost_amount, practical_capacity, rate_amount (per unit of capacity), used_quantity,
    used_cost_amount, unused_quantity and unused_cost_amount, which are negative where more was
    used than there practically was: overtime, which the pool's cost does not cover. Raises
    ValueError for a pool without capacity, a negative quantity, or an unknown pool.
    """
    _check(pools, uses)
    used = uses.group_by("pool_id").agg(_used=_whole("used_quantity").sum())
    cost, capacity = _cents("cost_amount"), _whole("practical_capacity")
    return (
        pools.join(used, on="pool_id", how="left")
        .with_columns(pl.col("_used").fill_null(0))
        .with_columns(_used_cents=_rounded(pl.col("_used") * cost, capacity))
        .select(
            "pool_id",
            "cost_amount",
            "practical_capacity",
            rate_amount=pl.col("cost_amount").cast(pl.Float64)
            / pl.col("practical_capacity").cast(pl.Float64),
            used_quantity=_quantity(pl.col("_used")),
            used_cost_amount=_amount(pl.col("_used_cents")),
            unused_quantity=_quantity(capacity - pl.col("_used")),
            unused_cost_amount=_amount(cost - pl.col("_used_cents")),
        )
        .sort("pool_id")
    )


def activity_costs(pools: pl.DataFrame, uses: pl.DataFrame) -> pl.DataFrame:
    """Return what each line pays for each activity: one row per row of `uses`.

    `uses` holds line_id, pool_id and used_quantity. Columns of the result: line_id, pool_id,
    used_quantity and cost_amount, by pool and line. A line pays the difference of two running
    totals, each rounded to the cent, so that the lines of a pool add up to its used cost: no line
    is more than a cent off. Raises ValueError as `capacity_cost_rates`.
    """
    _check(pools, uses)
    running = pl.col("_whole").cum_sum().over("pool_id") * pl.col("_cost")
    return (
        uses.sort("pool_id", "line_id")
        .join(
            pools.select(
                "pool_id", _cost=_cents("cost_amount"), _capacity=_whole("practical_capacity")
            ),
            on="pool_id",
            how="left",
            maintain_order="left",
        )
        .with_columns(_whole=_whole("used_quantity"))
        .with_columns(_paid=_rounded(running, pl.col("_capacity")))
        .with_columns(_before=pl.col("_paid").shift(1).over("pool_id").fill_null(0))
        .select(
            "line_id",
            "pool_id",
            "used_quantity",
            cost_amount=_amount(pl.col("_paid") - pl.col("_before")),
        )
    )


def whale_curve(profits: pl.DataFrame) -> pl.DataFrame:
    """Return cumulated profit, the most profitable first: the curve that rises above its end.

    `profits` holds customer_id and profit_amount. Columns of the result: customer_id,
    profit_amount, customer_share_rate (from 1/n to 1), cumulated_profit_amount and
    cumulated_profit_ratio (to the profit of all; null where that is not positive).
    """
    total = pl.col("profit_amount").sum()
    count = pl.len().cast(pl.Float64)
    return (
        profits.sort("profit_amount", "customer_id", descending=[True, False])
        .with_columns(
            customer_share_rate=(pl.int_range(pl.len()) + 1) / count,
            cumulated_profit_amount=pl.col("profit_amount").cum_sum(),
            _total=total,
        )
        .with_columns(
            cumulated_profit_ratio=pl.when(pl.col("_total") > 0).then(
                pl.col("cumulated_profit_amount").cast(pl.Float64)
                / pl.col("_total").cast(pl.Float64)
            )
        )
        .drop("_total")
    )


def _cents(name: str) -> pl.Expr:
    return (pl.col(name).cast(pl.Decimal(38, 2)) * CENTS).cast(pl.Int128)


def _whole(name: str) -> pl.Expr:
    return (pl.col(name).cast(pl.Decimal(38, 4)) * TEN_THOUSANDTHS).cast(pl.Int128)


def _rounded(numerator: pl.Expr, denominator: pl.Expr) -> pl.Expr:
    """Divide whole numbers from 0, half a cent upwards."""
    return (2 * numerator + denominator) // (2 * denominator)


def _amount(cents: pl.Expr) -> pl.Expr:
    return (cents.cast(pl.Decimal(38, 2)) / CENTS).cast(pl.Decimal(18, 2))


def _quantity(whole: pl.Expr) -> pl.Expr:
    return (whole.cast(pl.Decimal(38, 4)) / TEN_THOUSANDTHS).cast(pl.Decimal(18, 4))


def _check(pools: pl.DataFrame, uses: pl.DataFrame) -> None:
    if idle := pools.filter(~(pl.col("practical_capacity") > 0))["pool_id"].to_list():
        raise ValueError(f"pool {idle[0]} has no practical capacity")
    if pools.select((pl.col("cost_amount") < 0).any()).item():
        raise ValueError("a pool has a negative cost")
    if uses.select((pl.col("used_quantity") < 0).any()).item():
        raise ValueError("a line uses a negative quantity")
    if unknown := uses.join(pools, on="pool_id", how="anti")["pool_id"].to_list():
        raise ValueError(f"pool {unknown[0]} is not among the pools")
