"""What cleansing takes from the weekly demand of a night, and adds to it."""

from __future__ import annotations

import os
from datetime import date, timedelta

import duckdb
import polars as pl

from models.demand.cleansing import Touched, cleansing
from workspace.folder import Workspace
from workspace.warehouse import one_row

TABLE = "features.int_demand_adjustments"
# Weeks near a promotion or out of stock, in the order of series and week. Series are numbered and
# weeks counted from the last complete one, which is 0: whole numbers are what the arithmetic is
# done on, and what is joined and sorted by. There are none where all that cleansing follows from is
# what it was: no month is then made, and nobody reads adjustments.
TOUCHED = """
    create or replace temp table touched as
    select
        cast(row_number() over (order by items.product_id, items.site_id) - 1 as integer) as series,
        items.product_id,
        items.site_id,
        products.discontinued_date
    from (
        select product_id, site_id from facts.int_promotion_weeks
        union
        select product_id, site_id from facts.int_stock_out_weeks
    ) as items
    left join golden.golden_product as products on items.product_id = products.product_id
    cross join features.int_cleansing_basis as basis
    where not basis.is_as_before
"""
WEEKS = """
    select
        touched.series,
        cast(date_diff('day', date '{last}', weeks.week_start_date) // 7 as integer) as week,
        weeks.promotion_id,
        weeks.promotion_kind,
        weeks.promotion_phase,
        weeks.weeks_apart,
        weeks.affected_days / cast(7 as double) as share,
        weeks.empty_days is not null as is_short,
        cast(coalesce(weeks.empty_days, 0) / 7.0 as double) as stockout_rate
    from (
        from facts.int_promotion_weeks
        full join facts.int_stock_out_weeks using (product_id, site_id, week_start_date)
    ) as weeks
    inner join touched using (product_id, site_id)
    order by touched.series, week
"""
DEMAND = """
    select
        touched.series,
        cast(date_diff('day', date '{last}', demand.week_start_date) // 7 as integer) as week,
        cast(
            demand.demand_units - demand.returned_units - demand.one_off_units as double
        ) as units
    from facts.fct_demand_weekly as demand
    inner join touched using (product_id, site_id)
"""
# A life begins with the first demand that is no one-off, and ends with the product.
LIVES = """
    select
        touched.series,
        sold.first_week,
        least(
            0,
            coalesce(
                cast(
                    floor((date_diff('day', date '{last}', touched.discontinued_date) - 1) / 7)
                    as integer
                ),
                0
            )
        ) as last_week
    from touched
    left join (
        select series, min(week) as first_week from demand where units > 0 group by series
    ) as sold using (series)
    order by touched.series
"""
ITEMS = "select product_id, site_id from touched order by series"
ADJUSTED = """
    select
        product_id,
        site_id,
        date '{last}' + 7 * week as week_start_date,
        promotion_phase,
        promotion_id,
        stockout_rate,
        cast(promotion_units as decimal(18, 4)) as promotion_units,
        promotion_factor_ratio,
        promotion_estimator,
        cast(lost_units as decimal(18, 4)) as lost_units,
        lost_estimator
    from adjusted
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
    """Cleanse what promotions or empty shelves touched; return the query of the adjustments.

    Its rows are in the order of product, site and week.
    """
    last = last_complete_week(connection)
    connection.execute(TOUCHED)
    weeks, demand = (connection.sql(query.format(last=last)).pl() for query in (WEEKS, DEMAND))
    connection.register("demand", demand)
    lives = connection.sql(LIVES.format(last=last)).pl()
    touched = Touched(demand=demand, lives=lives, weeks=weeks)
    adjusted = cleansing(touched, threads=os.cpu_count() or 1)
    items = connection.sql(ITEMS).pl()[adjusted["series"]]
    connection.register("adjusted", pl.concat([items, adjusted], how="horizontal"))
    return ADJUSTED.format(last=last)
