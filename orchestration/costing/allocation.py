"""What each order line has cost: pools and equations applied to the lines of a night."""

from __future__ import annotations

from dataclasses import dataclass
from typing import get_args

import duckdb
import polars as pl

from models.cost_to_serve.activity_costing import (
    Work,
    allocation,
    charges,
    daily_rate,
    line_costs,
    quantity_query,
    usage_query,
)
from orchestration.costing.cost_pools import refuse_unfit
from workspace.config.costing_file import Agreement, CostingFile, Element
from workspace.costing import LINES, Costing

ALLOCATION = "features.activity_cost_allocation"
LINE_COSTS = "features.int_order_line_costs"
FREIGHT = "(freight)"
ELEMENTS: tuple[str, ...] = get_args(Element)
POOLS = """
    select pool_id, month_start_date, cost_amount, practical_capacity_units, capacity_unit,
        capacity_unit_count, ledger_account
    from features.int_cost_pools
    where is_in_scope
    order by pool_id, month_start_date
"""
NO_USAGE = pl.DataFrame(
    schema={
        "month_start_date": pl.Date,
        "activity_id": pl.String,
        "used_units": pl.Decimal(38, 4),
        "line_count": pl.Int64,
    }
)
ALLOCATED = """
    select
        a.pool_id, a.month_start_date, a.activity_id,
        g.element, g.driver, g.approver, g.approved_date,
        p.ledger_account, p.capacity_unit, p.practical_capacity_units,
        a.used_units, a.idle_units, a.excess_units, u.line_count,
        cast(cast(a.rate_amount as decimal(38, 12)) as double) as rate_amount,
        p.cost_amount as pool_amount, a.allocated_amount, a.idle_amount, a.unallocated_amount
    from allocated as a
    join pools as p using (pool_id, month_start_date)
    left join agreements as g using (activity_id)
    left join usage as u using (month_start_date, activity_id)
    union all by name
    select
        f.*, g.element, g.driver, g.approver, g.approved_date,
        sum(f.allocated_amount + f.unallocated_amount)
            over (partition by f.month_start_date) as pool_amount
    from ({freight}) as f
    left join agreements as g using (activity_id)
"""
# A charge is of the month of the line that it carried; where no line is known, of its own.
FREIGHT_ROWS = """
    select
        '(freight)' as pool_id, month_start_date, '{name}' as activity_id,
        count(*) filter (where {name}_amount > 0) as line_count,
        sum({name}_amount) as allocated_amount,
        cast(0 as decimal(18, 4)) as idle_amount, cast(0 as decimal(18, 4)) as unallocated_amount
    from {lines} group by month_start_date having sum({name}_amount) <> 0
"""
FREIGHT_LEFT = """
    select
        '(freight)' as pool_id, month_start_date, '(unallocated)' as activity_id,
        cast(null as bigint) as line_count,
        cast(0 as decimal(18, 4)) as allocated_amount, cast(0 as decimal(18, 4)) as idle_amount,
        sum(amount) as unallocated_amount
    from (
        select
            cast(date_trunc('month', leg_date) as date) as month_start_date,
            freight_amount as amount
        from features.int_freight_shares
        where
            order_line_id is null
            and date_trunc('month', leg_date) between
                (select min(month_start_date) from pools) and
                (select max(month_start_date) from pools)
        {not_charged}
    )
    where amount <> 0
    group by month_start_date
"""


@dataclass(frozen=True, kw_only=True)
class Night:
    """What is costed: the activities, the pools in scope, and what the activities used of them."""

    works: tuple[Work, ...]
    pools: pl.DataFrame
    usage: pl.DataFrame


def allocate_pools(connection: duckdb.DuckDBPyConnection, costing: Costing) -> str:
    """Allocate the pools of a night; return the query of activity_cost_allocation.

    Raises COST_POOL and COST_EQUATION for pools and equations that cannot be applied.
    """
    night = _night(connection, costing)
    connection.register("pools", night.pools)
    connection.register("usage", night.usage)
    connection.register("allocated", allocation(night.pools, night.works, night.usage))
    connection.register("agreements", _agreements(costing))
    return ALLOCATED.format(freight=_freight(costing.file))


def cost_lines(connection: duckdb.DuckDBPyConnection, costing: Costing) -> str:
    """Charge the order lines of a night; return the query of int_order_line_costs.

    Raises as `allocate_pools`.
    """
    _pay(connection, _night(connection, costing))
    file = costing.file
    credit = daily_rate(file.credit.yearly_rate) if file and file.credit else 0
    return f"""
        select
            paid.*,
            {_charged("freight", file)}, {_charged("premium_freight", file)},
            cast(
                cast(l.revenue_amount as decimal(20, 4)) * coalesce(l.payment_days, 0) * {credit}
                as decimal(18, 4)
            ) as credit_amount
        from paid
        join {LINES} as l using (order_line_id)
        where {"true" if file else "false"}
    """


def _night(connection: duckdb.DuckDBPyConnection, costing: Costing) -> Night:
    works = costing.works()
    usage = connection.sql(usage_query(works, LINES)).pl() if works else NO_USAGE
    pools = connection.sql(POOLS).pl()
    refuse_unfit(costing, pools, usage)
    return Night(works=works, pools=pools, usage=usage)


def _pay(connection: duckdb.DuckDBPyConnection, night: Night) -> None:
    """Fill the temporary table `paid` with what each line pays, month by month."""
    columns = ", ".join(f"{element}_amount decimal(18, 4)" for element in ELEMENTS)
    connection.execute(f"create or replace temp table paid (order_line_id varchar, {columns})")
    charged = charges(night.pools, night.works, night.usage)
    months = f"select distinct month_start_date from {LINES} order by all"
    for (month,) in connection.execute(months).fetchall():
        used = connection.sql(quantity_query(night.works, LINES), params=[month]).pl()
        lines = line_costs(used, night.works, charged.get(month, {}), ELEMENTS)
        connection.register("month_paid", lines)
        connection.execute("insert into paid by name select * from month_paid")


def _charged(name: str, file: CostingFile | None) -> str:
    """Return SQL of a line's freight: nothing, where nobody has agreed to charge it."""
    is_agreed = file is not None and getattr(file, name) is not None
    return f"l.{name}_amount" if is_agreed else f"cast(0 as decimal(18, 4)) as {name}_amount"


def _freight(file: CostingFile | None) -> str:
    """Return SQL for the rows of freight: what lines bear, and what no line does."""
    queries, not_charged = [], ""
    for name in ("freight", "premium_freight"):
        if file is not None and getattr(file, name) is not None:
            queries.append(FREIGHT_ROWS.format(name=name, lines=LINES))
        else:
            not_charged += f"union all select month_start_date, {name}_amount from {LINES}\n"
    return " union all ".join([*queries, FREIGHT_LEFT.format(not_charged=not_charged)])


def _agreements(costing: Costing) -> pl.DataFrame:
    """Return what was agreed of each activity, and of freight, by name."""
    found: list[tuple[str, str, Agreement]] = [
        (name, activity.element, activity) for name, activity in costing.activities.items()
    ]
    if costing.file is not None:
        freight = {"freight": costing.file.freight, "premium_freight": costing.file.premium_freight}
        found += [(name, name, agreed) for name, agreed in freight.items() if agreed is not None]
    names = ("activity_id", "element", "driver", "approver")
    return pl.DataFrame(
        [(name, element, a.driver, a.approver, a.approved) for name, element, a in found],
        schema={**dict.fromkeys(names, pl.String), "approved_date": pl.Date},
        orient="row",
    )
