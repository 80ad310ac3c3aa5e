"""The weekly histories that a demand profile describes."""

from __future__ import annotations

from datetime import date

import duckdb
import polars as pl

from models.demand.supersession import inheritance, inherited

# A week in which nothing could be sold says nothing of how often it is asked for: what it is
# estimated to have lost is no demand that was seen.
SERIES = {
    "cleansed": """
        select
            product_id,
            site_id,
            week_start_date,
            cast(baseline_units as double) as demand_units,
            lost_units > 0 and raw_units <= one_off_units as is_estimated
        from {table}
    """,
    "raw": """
        select
            product_id,
            site_id,
            week_start_date,
            cast(raw_units as double) as demand_units,
            false as is_estimated
        from {table}
    """,
}
REPLACEMENTS = """
    select
        before.golden_id as product_id,
        after.golden_id as successor_id,
        max(cast(r.share_rate as double)) as share
    from staging.stg_product_replacements as r
    cross join night.parameters as p
    inner join golden.golden_xref as before
        on before.object_type = 'product' and before.valid_to is null
        and before.namespace = r._namespace and before.source_key = r.product_id
    inner join golden.golden_xref as after
        on after.object_type = 'product' and after.valid_to is null
        and after.namespace = r._namespace and after.source_key = r.successor_id
    where r.valid_from <= p.business_date
    group by before.golden_id, after.golden_id
"""
# Weeks count from the last complete one, which is 0.
HISTORIES = """
    create or replace temp view histories as
    select
        product_id,
        site_id,
        cast(date_diff('day', date '{last}', week_start_date) // 7 as integer) as week,
        demand_units as size,
        is_estimated
    from ({series})
    where demand_units > 0 and week_start_date <= date '{last}'
"""


def heirs(connection: duckdb.DuckDBPyConnection) -> pl.DataFrame:
    """Return who inherits whose demand: product_id, successor_id, share.

    Creates the views `replacements`, as declared, and `chains`, which is what is returned.
    """
    replacements = connection.sql(REPLACEMENTS).pl()
    chains = inheritance(replacements)
    connection.register("replacements", replacements)
    connection.register("chains", chains)
    return chains


def lay_out_histories(
    connection: duckdb.DuckDBPyConnection, series: str, chains: pl.DataFrame, last: date
) -> None:
    """Create the view `histories`: product_id, site_id, week, size and is_estimated.

    The few products that inherit have, in place of their own demand, all that they go by.
    """
    query = SERIES[series].format(table="features.demand_cleansed")
    if not chains.is_empty():
        products = "select product_id from chains union select successor_id from chains"
        touched = connection.sql(f"select * from ({query}) where product_id in ({products})").pl()
        is_heir = pl.col("product_id").is_in(chains["successor_id"].unique().implode())
        connection.register("inherited", inherited(touched, chains).filter(is_heir))
        query = (
            f"select * from ({query}) where product_id not in (select successor_id from chains) "
            "union all by name select * from inherited"
        )
    connection.execute(HISTORIES.format(series=query, last=last))
