"""Time-driven activity-based costing: order lines pay for what they use, idle capacity stays apart.

A pool of cost has a practical capacity, in minutes or in whatever its activities are counted by.
Its capacity cost rate is cost over capacity, and a line pays the rate times what it used. What
nobody used is reported, not spread: spread over fewer and fewer lines it would make each look
dearer until none is left (the death spiral). Source: Kaplan & Anderson (2004), Harv. Bus. Rev.
82(11), 131-138.

Where more was used than there practically was, capacity or equation is wrong, and which one cannot
be told from here. The cost of the pool is then shared by use and not charged beyond what it was,
and the excess is reported.

To the last digit: work in whole ten-thousandths is put in a row, activity by activity and line by
line, and each part pays what has been paid up to it, rounded, less what had been paid before. So
parts add up to what they are parts of, and none is off by more than a ten-thousandth.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import polars as pl

TEN_THOUSANDTHS = 10_000
POOL_MONTH = ("pool_id", "month_start_date")


@dataclass(frozen=True, kw_only=True)
class Work:
    """What an activity takes of its pool; `quantity` is SQL over a row of order lines, `l`."""

    activity_id: str
    pool_id: str
    element: str
    quantity: str


@dataclass(frozen=True, kw_only=True)
class Charge:
    """What an activity's lines are charged by in a month, in whole ten-thousandths.

    `before` is what other activities of the pool used, in a row before it; `every` all parts.
    """

    cost: int
    before: int
    every: int


def usage_query(works: Sequence[Work], lines: str) -> str:
    """Return SQL for a row per month and activity: activity_id, pool_id, used_units, line_count.

    `line_count` counts lines that use anything, `negative_count` those that use less than nothing.
    """
    each = [
        f"""
        select
            month_start_date, '{work.activity_id}' as activity_id,
            cast(sum(w{at}) as decimal(38, 4)) as used_units,
            count(*) filter (where w{at} <> 0) as line_count,
            count(*) filter (where w{at} < 0) as negative_count,
            min(order_line_id) filter (where w{at} < 0) as negative_line_id
        from worked group by month_start_date
        """
        for at, work in enumerate(works)
    ]
    quantities = ", ".join(
        f"cast({work.quantity} as decimal(18, 4)) as w{at}" for at, work in enumerate(works)
    )
    return (
        f"with worked as materialized (select l.order_line_id, l.month_start_date, {quantities} "
        f"from {lines} as l) {' union all '.join(each)}"
    )


def allocation(pools: pl.DataFrame, works: Sequence[Work], usage: pl.DataFrame) -> pl.DataFrame:
    """Return where the cost of each pool and month went: a row per activity, and one for the rest.

    `pools` holds pool_id, month_start_date, cost_amount and practical_capacity_units; `usage`
    month_start_date, activity_id and used_units, from 0. Columns of the result: pool_id,
    month_start_date, activity_id ((idle) on the row of what a pool's activities left,
    (unallocated) of a pool that has none), used_units, idle_units, excess_units (used beyond
    capacity), rate_amount (per unit), allocated_amount, idle_amount and unallocated_amount. Of
    each pool and month the three amounts add up to its cost. Raises ValueError for a pool with
    activities and without capacity, a negative cost and negative use.
    """
    spent = _in_a_row(_spent(pools, works, usage))
    _check(spent)
    before = pl.col("parts_before")
    worked = spent.select(
        *(*POOL_MONTH, "activity_id", "used_units"),
        rate_amount=_RATE,
        allocated_amount=_shared(before + pl.col("_used")) - _shared(before),
    )
    left = (
        spent.group_by(POOL_MONTH)
        .agg(pl.col("_used").sum(), pl.col("_capacity", "all_parts", "cost_amount").first())
        .select(
            *POOL_MONTH,
            activity_id=pl.lit("(idle)"),
            idle_units=_units(pl.col("all_parts") - pl.col("_used")),
            excess_units=_units(pl.col("all_parts") - pl.col("_capacity")),
            rate_amount=_RATE,
            idle_amount=pl.col("cost_amount") - _shared(pl.col("_used")),
        )
    )
    sustaining = pools.join(spent, on=POOL_MONTH, how="anti").select(
        *POOL_MONTH, activity_id=pl.lit("(unallocated)"), unallocated_amount="cost_amount"
    )
    amounts = pl.col("allocated_amount", "idle_amount", "unallocated_amount")
    return (
        pl.concat([worked, left, sustaining], how="diagonal_relaxed")
        .with_columns(amounts.fill_null(0).cast(pl.Decimal(18, 4)))
        .sort(*POOL_MONTH, "activity_id")
    )


def charges(
    pools: pl.DataFrame, works: Sequence[Work], usage: pl.DataFrame
) -> dict[date, dict[str, Charge]]:
    """Return by month and activity what lines are charged by. Arguments as `allocation`."""
    found: dict[date, dict[str, Charge]] = {}
    spent = _in_a_row(_spent(pools, works, usage)).with_columns(_cost=_whole("cost_amount"))
    names = ("month_start_date", "activity_id", "_cost", "parts_before", "all_parts")
    for month, activity, cost, before, every in spent.select(names).iter_rows():
        charge = Charge(cost=cost, before=before, every=every)
        found.setdefault(month, {})[activity] = charge
    return found


def quantity_query(works: Sequence[Work], lines: str) -> str:
    """Return SQL for what the lines of a month use, in whole ten-thousandths, by line.

    Columns are order_line_id and, of the n-th activity, w<n>; the month is its only parameter.
    """
    quantities = "".join(
        f", cast(cast({work.quantity} as decimal(18, 4)) * {TEN_THOUSANDTHS} as bigint) as w{n}"
        for n, work in enumerate(works)
    )
    return (
        f"select l.order_line_id{quantities} from {lines} as l where l.month_start_date = ? "
        "order by l.order_line_id"
    )


def line_costs(
    used: pl.DataFrame,
    works: Sequence[Work],
    charged: Mapping[str, Charge],
    elements: Sequence[str],
) -> pl.DataFrame:
    """Return what each line of a month pays: order_line_id, and `<element>_amount` of each element.

    `used` is what `quantity_query` gives. An activity that is not charged costs nothing.
    """
    paid: dict[str, list[pl.Expr]] = {element: [] for element in elements}
    for n, work in enumerate(works):
        if (charge := charged.get(work.activity_id)) is not None:
            paid[work.element].append(_paid(pl.col(f"w{n}"), charge))
    return used.select(
        "order_line_id",
        **{
            f"{element}_amount": _units(sum(own, pl.lit(0, pl.Int128)))
            for element, own in paid.items()
        },
    )


def _paid(used: pl.Expr, charge: Charge) -> pl.Expr:
    """Return what each line pays in a row of lines: up to it, less up to the one before."""
    cost, every = pl.lit(charge.cost, pl.Int128), pl.lit(charge.every, pl.Int128)
    up_to = _share(cost, used.cum_sum().cast(pl.Int128) + charge.before, every)
    first = (2 * charge.cost * charge.before + charge.every) // (2 * charge.every)
    return up_to - up_to.shift(1, fill_value=pl.lit(first, pl.Int128))


def _spent(pools: pl.DataFrame, works: Sequence[Work], usage: pl.DataFrame) -> pl.DataFrame:
    """Return each activity in each month of its pool, and what it used there."""
    named = pl.DataFrame(
        [(work.pool_id, work.activity_id) for work in works],
        schema={"pool_id": pl.String, "activity_id": pl.String},
        orient="row",
    )
    used = usage.select("month_start_date", "activity_id", "used_units")
    return (
        pools.join(named, on="pool_id")
        .join(used, on=["month_start_date", "activity_id"], how="left")
        .with_columns(pl.col("used_units").fill_null(0))
    )


def _in_a_row(spent: pl.DataFrame) -> pl.DataFrame:
    """Add, in whole ten-thousandths, what the activities of a pool used before, and all parts."""
    return (
        spent.sort(*POOL_MONTH, "activity_id")
        .with_columns(_used=_whole("used_units"), _capacity=_whole("practical_capacity_units"))
        .with_columns(
            parts_before=pl.col("_used").cum_sum().over(POOL_MONTH) - pl.col("_used"),
            all_parts=pl.max_horizontal("_capacity", pl.col("_used").sum().over(POOL_MONTH)),
        )
    )


def _check(spent: pl.DataFrame) -> None:
    if idle := spent.filter(~(pl.col("_capacity").fill_null(0) > 0))["pool_id"].to_list():
        raise ValueError(f"pool {idle[0]} has activities and no practical capacity")
    if below := spent.filter(pl.col("cost_amount") < 0)["pool_id"].to_list():
        raise ValueError(f"pool {below[0]} has a negative cost")
    if below := spent.filter(pl.col("_used") < 0)["activity_id"].to_list():
        raise ValueError(f"activity {below[0]} uses less than nothing")


_RATE = (
    pl.col("cost_amount").cast(pl.Float64) * TEN_THOUSANDTHS / pl.col("all_parts").cast(pl.Float64)
)


def _whole(name: str) -> pl.Expr:
    return (pl.col(name).cast(pl.Decimal(38, 4)) * TEN_THOUSANDTHS).cast(pl.Int128)


def _units(whole: pl.Expr) -> pl.Expr:
    return (whole.cast(pl.Decimal(38, 4)) / TEN_THOUSANDTHS).cast(pl.Decimal(18, 4))


def _shared(parts: pl.Expr) -> pl.Expr:
    """Return the amount of cost_amount that is paid once so many of all_parts have paid."""
    return _units(_share(_whole("cost_amount"), parts, pl.col("all_parts")))


def _share(cost: pl.Expr, parts: pl.Expr, every: pl.Expr) -> pl.Expr:
    """Return what of a cost is paid once so many of all parts have paid, half upwards."""
    return (2 * cost * parts + every) // (2 * every)


def daily_rate(yearly: Decimal) -> Decimal:
    """Return the 365th part of a yearly rate, to twelve decimals."""
    return (yearly / 365).quantize(Decimal("0.000000000001"))
