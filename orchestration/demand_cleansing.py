"""Cleansed demand of a night, from the tables that dbt has built."""

from __future__ import annotations

from datetime import date, timedelta

import duckdb

from models.demand.cleansing import Touched, cleansing
from orchestration.gate_book import Finding
from workspace.folder import Workspace
from workspace.warehouse import one_row

TABLE = "features.demand_cleansed"
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
CLEANSED = """
    with adjustments as (
        select
            touched.product_id,
            touched.site_id,
            date '{last}' + cast(adjusted.week * 7 as integer) as week_start_date,
            cast(adjusted.promotion_units as decimal(18, 4)) as promotion_units,
            cast(adjusted.lost_units as decimal(18, 4)) as lost_units,
            adjusted.promotion_factor_ratio,
            adjusted.promotion_estimator,
            adjusted.lost_estimator
        from adjusted inner join touched using (series)
    ),

    parts as (
        select
            product_id,
            site_id,
            week_start_date,
            coalesce(demand.demand_units, 0) as demanded_units,
            coalesce(demand.returned_units, 0) as returned_units,
            coalesce(demand.one_off_units, 0) as one_off_units,
            coalesce(adjustments.promotion_units, 0) as promotion_units,
            coalesce(adjustments.lost_units, 0) as lost_units,
            coalesce(adjustments.promotion_factor_ratio, 1) as promotion_factor_ratio,
            coalesce(adjustments.promotion_estimator, 'none') as promotion_estimator,
            coalesce(adjustments.lost_estimator, 'none') as lost_estimator
        from facts.fct_demand_weekly as demand
        full join adjustments using (product_id, site_id, week_start_date)
    )

    select
        parts.*,
        demanded_units - returned_units as raw_units,
        demanded_units - returned_units - promotion_units - one_off_units + lost_units
            as baseline_units,
        coalesce(promotions.promotion_phase = 'during', false) as is_promotion_week,
        promotions.promotion_phase,
        promotions.promotion_id,
        coalesce(stock_outs.empty_days, 0) / 7.0 as stockout_rate
    from parts
    left join facts.int_promotion_weeks as promotions using (product_id, site_id, week_start_date)
    left join facts.int_stock_out_weeks as stock_outs using (product_id, site_id, week_start_date)
"""


def last_complete_week(connection: duckdb.DuckDBPyConnection) -> date:
    """Return the first day of the last week that was over on the business date."""
    business_date, starts_on = one_row(
        connection, "select business_date, week_starts_on from night.parameters"
    )
    # The week that holds the day after the business date is the first that is not over.
    after: date = business_date + timedelta(days=1)
    return after - timedelta(days=(after.isoweekday() - starts_on) % 7 + 7)


def cleanse_demand(connection: duckdb.DuckDBPyConnection, workspace: Workspace) -> str:
    """Cleanse what promotions or empty shelves touched; return the query of demand_cleansed."""
    del workspace
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
    return CLEANSED.format(last=last)


def demand_is_the_sum_of_its_parts(
    connection: duckdb.DuckDBPyConnection, workspace: Workspace
) -> Finding:
    """In each week, raw demand is baseline + promotion + one-off - lost, and nothing lost is less.

    All of weekly demand is there, so that what is cleansed is what was ordered.
    """
    del workspace
    weeks, wrong = one_row(
        connection,
        """
        select
            count(*),
            count(*) filter (
                where c.raw_units is null or c.lost_units < 0
                or c.raw_units
                <> c.baseline_units + c.promotion_units + c.one_off_units - c.lost_units
                or c.raw_units <> coalesce(d.demand_units - d.returned_units, 0)
            )
        from features.demand_cleansed as c
        full join facts.fct_demand_weekly as d using (product_id, site_id, week_start_date)
        """,
    )
    return Finding(
        gate=f"{TABLE}.demand_is_the_sum_of_its_parts",
        table=TABLE,
        kind="cross_table",
        is_passed=wrong == 0,
        evaluated_count=weeks,
        failed_count=wrong,
        detail=f"{wrong} of {weeks} weeks do not add up." if wrong else "",
    )
