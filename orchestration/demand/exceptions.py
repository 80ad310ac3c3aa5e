"""One-off orders of a night: those that say so, and those that are proposed to be looked at."""

from __future__ import annotations

import duckdb

from models.demand.one_offs import odd_lines
from workspace.folder import Workspace

TABLE = "features.demand_exceptions"
LAPSE_DAYS = 28  # after the day a one-off is asked for, during which it still occupies planning
# A line of less than two usual weeks is never odd, so that of a million items few are looked at.
CANDIDATES = """
    create or replace temp table candidates as
    with usual as (
        select product_id, site_id, avg(baseline_units) as week_units
        from features.demand_cleansed
        where raw_units > one_off_units
        group by product_id, site_id
    )

    select
        row_number() over (order by lines.order_line_id) as line,
        dense_rank() over (order by lines.product_id, lines.site_id) as series,
        lines.order_line_id,
        lines.product_id,
        lines.site_id,
        lines.quantity_units
    from facts.fct_order_line as lines
    cross join night.parameters as parameters
    inner join usual using (product_id, site_id)
    left join features.demand_cleansed as weeks
        on
            weeks.product_id = lines.product_id
            and weeks.site_id = lines.site_id
            and weeks.is_promotion_week
            and lines.demand_date between weeks.week_start_date and weeks.week_start_date + 6
    where
        lines.transaction_type = 'sale'
        and lines.demand_kind = 'regular'
        and not lines.is_cancelled
        and lines.order_date <= parameters.business_date
        and lines.quantity_units > 2 * usual.week_units
        and weeks.product_id is null
"""
WEEKS = """
    select items.series, cast(weeks.baseline_units as double) as units
    from features.demand_cleansed as weeks
    inner join (select distinct series, product_id, site_id from candidates) as items
        using (product_id, site_id)
    where weeks.raw_units > weeks.one_off_units
    order by items.series, weeks.week_start_date
"""
EXCEPTIONS = f"""
    with proposed as (
        select candidates.order_line_id, odd.typical_units, odd.limit_units
        from odd inner join candidates using (line)
    )

    select
        lines.order_line_id,
        lines.product_id,
        lines.site_id,
        lines.demand_kind as exception_kind,
        lines.demand_kind = 'regular' as is_proposed,
        lines.quantity_units,
        cast(proposed.typical_units as decimal(18, 4)) as typical_units,
        cast(proposed.limit_units as decimal(18, 4)) as limit_units,
        lines.order_date as valid_from,
        lines.demand_date + {LAPSE_DAYS} as valid_to,
        lines.demand_kind <> 'regular'
        and lines.demand_date + {LAPSE_DAYS} > parameters.business_date as is_in_force
    from facts.fct_order_line as lines
    cross join night.parameters as parameters
    left join proposed using (order_line_id)
    where
        lines.transaction_type = 'sale'
        and not lines.is_cancelled
        and lines.order_date <= parameters.business_date
        and (lines.demand_kind <> 'regular' or proposed.order_line_id is not null)
"""


def find_exceptions(connection: duckdb.DuckDBPyConnection, workspace: Workspace) -> str:
    """Find one-off orders, declared and proposed; return the query of demand_exceptions."""
    del workspace
    connection.execute(CANDIDATES)
    lines = connection.sql(
        "select line, series, cast(quantity_units as double) as units from candidates order by line"
    ).pl()
    connection.register("odd", odd_lines(connection.sql(WEEKS).pl(), lines))
    return EXCEPTIONS
