"""What serving costs, held against what finance and carriers delivered: to the last digit."""

from __future__ import annotations

import duckdb

from orchestration.gate_book import Finding
from workspace.folder import Workspace
from workspace.warehouse import one_row

TABLE = "features.feat_cost_to_serve"
# Each column of lines that is charged from a pool, or from freight, with its element.
CHARGED = (
    "order_processing", "handling", "returns_handling", "special_handling", "dedicated_stock",
    "freight", "premium_freight",
)  # fmt: skip

# Pools come from what is staged, not from what costing read of them.
POOLS = """
    with months as (
        select
            cast(date_trunc('month', max(month_start_date)) - interval 11 month as date) as first,
            max(month_start_date) as last
        from staging.stg_cost_pools cross join night.parameters
        where last_day(month_start_date) <= business_date
    ),

    delivered as (
        select
            s.pool_id, s.month_start_date,
            sum(cast(s.cost_amount * r.rate_to_reporting as decimal(18, 4))) as amount
        from staging.stg_cost_pools as s
        join months on s.month_start_date between months.first and months.last
        left join golden.int_exchange_rate_days as r
            on r.currency_code = s.currency_code and r.stated_date = s.month_start_date
        group by all
    ),

    accounted as (
        select
            pool_id, month_start_date,
            sum(allocated_amount + idle_amount + unallocated_amount) as amount
        from features.activity_cost_allocation where pool_id <> '(freight)'
        group by all
    )

    select pool_id || ' of ' || strftime(month_start_date, '%Y-%m') as name, d.amount, a.amount
    from delivered as d full join accounted as a using (pool_id, month_start_date)
"""
LINES = """
    with charged as (
        select month_start_date, element, sum(amount) as amount
        from (
            unpivot (select month_start_date, {columns} from features.feat_cost_to_serve)
            on {names} into name element value amount
        )
        group by all
    ),

    allocated as (
        select month_start_date, element, sum(allocated_amount) as amount
        from features.activity_cost_allocation where element is not null
        group by all
    )

    select
        element || ' on lines of ' || strftime(month_start_date, '%Y-%m') as name,
        coalesce(a.amount, 0), coalesce(c.amount, 0)
    from allocated as a full join charged as c using (month_start_date, element)
"""
FREIGHT = """
    with charges as (
        select l.leg_key, cast(l.freight_amount * r.rate_to_reporting as decimal(18, 4)) as amount
        from staging.stg_transport_legs as l
        left join golden.int_exchange_rate_days as r
            on r.currency_code = l.currency_code and r.stated_date = l.leg_date
    ),

    borne as (
        select leg_key, sum(freight_amount) as amount
        from features.int_freight_shares group by leg_key
    )

    select 'freight charge ' || leg_key as name, c.amount, b.amount
    from charges as c full join borne as b using (leg_key)
"""


def cost_to_serve_reconciles(
    connection: duckdb.DuckDBPyConnection, workspace: Workspace
) -> Finding:
    """Lines, idle and unallocated cost are what was delivered: no digit is lost, none is made."""
    return reconciled(connection, is_agreed=workspace.costing.file is not None)


def reconciled(connection: duckdb.DuckDBPyConnection, *, is_agreed: bool) -> Finding:
    """Compare each pool and month, each element on the lines of a month, each freight charge.

    Where costs are agreed on, every line in scope must be costed, and where not, none.
    """
    columns = ", ".join(f"{name}_amount as {name}" for name in CHARGED)
    lines = LINES.format(columns=columns, names=", ".join(CHARGED))
    compared = " union all ".join(f"({query})" for query in (POOLS, lines, FREIGHT))
    count, wrong, shown = one_row(
        connection,
        f"""
        select
            count(*),
            count(*) filter (where stated is distinct from found),
            min(name || ': ' || coalesce(cast(found as varchar), 'nothing') || ' against '
                || coalesce(cast(stated as varchar), 'nothing'))
                filter (where stated is distinct from found)
        from ({compared}) as compared (name, stated, found)
        """,
    )
    (in_scope,) = one_row(connection, "select count(*) from features.int_order_line_work")
    (costed,) = one_row(connection, f"select count(*) from {TABLE}")
    missing = in_scope - costed if is_agreed else costed
    detail = f"{wrong} sums differ, first {shown}." if wrong else ""
    if missing:
        detail += f" {costed} of {in_scope} lines are costed."
    return Finding(
        gate=f"{TABLE}.cost_to_serve_reconciles",
        table=TABLE,
        kind="cross_table",
        is_passed=wrong == 0 and missing == 0,
        evaluated_count=count,
        failed_count=wrong + abs(missing),
        detail=detail.strip(),
    )
