"""What cleansing takes from the weekly demand of a night, and adds to it."""

from __future__ import annotations

from datetime import date, timedelta

import duckdb

from models.demand.cleansing import Touched, cleansing
from workspace.folder import Workspace
from workspace.warehouse import one_row

TABLE = "features.int_demand_adjustments"
# Series are numbered and weeks counted from the last complete one, which is 0: whole numbers are
# what the arithmetic is done on.
TOUCHED = """
    create or replace temp table touched as
    select
        row_number() over (order by items.product_id, items.site_id) - 1 as series,
        items.product_id,
        items.site_id,
        products.discontinued_date
    from (
        select product_id, site_id from facts.int_promotion_weeks
        union
        select product_id, site_id from facts.int_stock_out_weeks
    ) as items
    left join golden.golden_product as products on items.product_id = products.product_id
"""
DEMAND = """
    select
        touched.series,
        date_diff('day', date '{last}', demand.week_start_date) // 7 as week,
        cast(
            demand.demand_units - demand.returned_units - demand.one_off_units as double
        ) as units
    from facts.fct_demand_weekly as demand
    inner join touched using (product_id, site_id)
    order by touched.series, week
"""
# A life begins with the first demand that is no one-off, and ends with the product.
LIVES = """
    select
        touched.series,
        min(date_diff('day', date '{last}', demand.week_start_date)) // 7 as first_week,
        least(
            0,
            coalesce(
                cast(
                    floor(
                        (date_diff('day', date '{last}', any_value(touched.discontinued_date)) - 1)
                        / 7
                    ) as bigint
                ),
                0
            )
        ) as last_week
    from facts.fct_demand_weekly as demand
    inner join touched using (product_id, site_id)
    where demand.demand_units - demand.returned_units - demand.one_off_units > 0
    group by touched.series
    having first_week <= last_week
    order by touched.series
"""
PROMOTIONS = """
    select
        touched.series,
        date_diff('day', date '{last}', weeks.week_start_date) // 7 as week,
        weeks.promotion_id,
        weeks.promotion_kind,
        weeks.promotion_phase,
        weeks.weeks_apart,
        weeks.affected_days / cast(7 as double) as share
    from facts.int_promotion_weeks as weeks
    inner join touched using (product_id, site_id)
    order by touched.series, week
"""
STOCK_OUTS = """
    select
        touched.series,
        date_diff('day', date '{last}', weeks.week_start_date) // 7 as week
    from facts.int_stock_out_weeks as weeks
    inner join touched using (product_id, site_id)
    order by touched.series, week
"""
# Weeks near a promotion or out of stock, of which something is adjusted or at least ordered.
ADJUSTED = """
    with weeks as (
        select
            product_id,
            site_id,
            week_start_date,
            promotions.promotion_phase,
            promotions.promotion_id,
            coalesce(stock_outs.empty_days, 0) / 7.0 as stockout_rate
        from facts.int_promotion_weeks as promotions
        full join facts.int_stock_out_weeks as stock_outs
            using (product_id, site_id, week_start_date)
    )

    select
        weeks.*,
        coalesce(cast(adjusted.promotion_units as decimal(18, 4)), 0) as promotion_units,
        coalesce(adjusted.promotion_factor_ratio, 1) as promotion_factor_ratio,
        coalesce(adjusted.promotion_estimator, 'none') as promotion_estimator,
        coalesce(cast(adjusted.lost_units as decimal(18, 4)), 0) as lost_units,
        coalesce(adjusted.lost_estimator, 'none') as lost_estimator
    from weeks
    inner join touched using (product_id, site_id)
    left join adjusted
        on
            adjusted.series = touched.series
            and adjusted.week = date_diff('day', date '{last}', weeks.week_start_date) // 7
    left join facts.fct_demand_weekly as demand using (product_id, site_id, week_start_date)
    where adjusted.series is not null or demand.demand_units is not null
"""


def last_complete_week(connection: duckdb.DuckDBPyConnection) -> date:
    """Return the first day of the last week that was over on the business date."""
    business_date, starts_on = one_row(
        connection, "select business_date, week_starts_on from night.parameters"
    )
    # The week that holds the day after the business date is the first that is not over.
    after: date = business_date + timedelta(days=1)
    return after - timedelta(days=(after.isoweekday() - starts_on) % 7 + 7)


def adjust_demand(connection: duckdb.DuckDBPyConnection, workspace: Workspace) -> str:
    """Cleanse the demand of a night; return the query of int_demand_adjustments."""
    del workspace
    return adjustments(connection)


def adjustments(connection: duckdb.DuckDBPyConnection) -> str:
    """Cleanse what promotions or empty shelves touched; return the query of the adjustments."""
    last = last_complete_week(connection)
    connection.execute(TOUCHED)
    demand, lives, promotions, stock_outs = (
        connection.sql(query.format(last=last)).pl()
        for query in (DEMAND, LIVES, PROMOTIONS, STOCK_OUTS)
    )
    adjusted = cleansing(
        Touched(demand=demand, lives=lives, promotions=promotions, stock_outs=stock_outs)
    )
    connection.register("adjusted", adjusted)
    return ADJUSTED.format(last=last)
