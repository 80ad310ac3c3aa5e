"""The demand profile of a night: whose demand it describes, and what successors inherit."""

from __future__ import annotations

import os

import duckdb

from models.demand.item_profile import add_standing, item_profile
from orchestration.demand.cleansing import last_complete_week
from orchestration.demand.histories import heirs, lay_out_histories
from orchestration.demand.news import tell_changed
from workspace.config.value_settings import in_units
from workspace.folder import Workspace

CHANGED = "select product_id, site_id, basis_fingerprint from changed order by series"
# What was measured, tonight or before, and what the profile says of today and not of the history. A
# product that others take the place of wholly is no longer sold, whatever its record says.
PROFILE = """
    select
        profile.*,
        '{series}' as demand_series,
        coalesce(
            products.discontinued_date <= parameters.business_date
            or replaced.share >= 1, false
        ) as is_discontinued,
        coalesce(heirs.predecessor_count, 0) as predecessor_count,
        exceptions.exception_kind
    from (
        select {columns} from measured
        union all
        select {columns}
        from prior.feat_demand_profile as before
        semi join same on before.product_id = same.product_id and before.site_id = same.site_id
    ) as profile
    cross join night.parameters as parameters
    left join golden.golden_product as products on profile.product_id = products.product_id
    left join (
        select product_id, sum(share) as share from replacements group by product_id
    ) as replaced on profile.product_id = replaced.product_id
    left join (
        select successor_id, count(*) as predecessor_count from chains group by successor_id
    ) as heirs on profile.product_id = heirs.successor_id
    left join (
        select product_id, site_id, max(exception_kind) as exception_kind
        from features.demand_exceptions
        where is_in_force
        group by product_id, site_id
    ) as exceptions
        on profile.product_id = exceptions.product_id and profile.site_id = exceptions.site_id
"""


def profile_demand(connection: duckdb.DuckDBPyConnection, workspace: Workspace) -> str:
    """Profile the weekly demand of every product at a site; return feat_demand_profile's query."""
    settings = workspace.file.demand_profile
    last = last_complete_week(connection)
    chains = heirs(connection)
    lay_out_histories(connection, settings.series, chains, last)
    observed, histories = tell_changed(connection, settings, last)
    measured = item_profile(
        histories,
        connection.sql(CHANGED).pl(),
        last_week=last,
        observed_weeks=observed,
        half_life_weeks=in_units(settings.half_life_weeks),
        adi_definition=settings.adi_definition,
        threads=os.cpu_count() or 1,
    )
    connection.register("measured", measured)
    query = PROFILE.format(series=settings.series.value, columns=", ".join(measured.columns))
    connection.register("profile", add_standing(connection.sql(query).pl()))
    return "select * from profile"
