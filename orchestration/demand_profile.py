"""The demand profile of a night: whose demand it describes, and what successors inherit."""

from __future__ import annotations

import duckdb
import polars as pl

from models.demand.item_profile import item_profile
from models.demand.supersession import inheritance, inherited
from orchestration.demand_cleansing import last_complete_week
from workspace.folder import Workspace

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
        from features.demand_cleansed
    """,
    "raw": """
        select
            product_id,
            site_id,
            week_start_date,
            cast(raw_units as double) as demand_units,
            false as is_estimated
        from features.demand_cleansed
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
IN_FORCE = """
    select product_id, site_id, max(exception_kind) as exception_kind
    from features.demand_exceptions
    where is_in_force
    group by product_id, site_id
"""
# A product that others take the place of wholly is no longer sold, whatever its record says.
ITEMS = """
    select
        items.product_id, items.site_id,
        coalesce(
            products.discontinued_date <= parameters.business_date
            or replaced.share >= 1, false
        ) as is_discontinued
    from facts.int_product_site as items
    cross join night.parameters as parameters
    left join golden.golden_product as products on items.product_id = products.product_id
    left join (
        select product_id, sum(share) as share from replacements group by product_id
    ) as replaced on items.product_id = replaced.product_id
"""


def profile_demand(connection: duckdb.DuckDBPyConnection, workspace: Workspace) -> str:
    """Profile the weekly demand of every product at a site; return feat_demand_profile's query."""
    settings = workspace.file.demand_profile
    replacements = connection.sql(REPLACEMENTS).pl()
    connection.register("replacements", replacements)
    chains = inheritance(replacements)
    items = connection.sql(ITEMS).pl()
    profile = item_profile(
        inherited(connection.sql(SERIES[settings.series]).pl(), chains),
        items,
        last_week=last_complete_week(connection),
        half_life_weeks=settings.half_life_weeks,
        adi_definition=settings.adi_definition,
    )
    in_force = connection.sql(IN_FORCE).pl()
    heirs = chains.group_by(product_id="successor_id").agg(
        predecessor_count=pl.len().cast(pl.Int64)
    )
    connection.register(
        "profile",
        profile.join(heirs, on="product_id", how="left", maintain_order="left")
        .join(in_force, on=["product_id", "site_id"], how="left", maintain_order="left")
        .with_columns(
            pl.col("predecessor_count").fill_null(0),
            demand_series=pl.lit(settings.series.value),
        ),
    )
    return "select * from profile"
