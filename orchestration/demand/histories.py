"""The weekly histories that a demand profile describes, and which of them are not as they were."""

from __future__ import annotations

from datetime import date

import duckdb
import polars as pl

from models.demand.supersession import inheritance, inherited
from workspace.folder import Workspace
from workspace.night_inputs import code_hash
from workspace.releases import digest
from workspace.warehouse import one_row

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
# The parts of a fingerprint are joined by an operation that does not mind their order. DuckDB joins
# the hashes of several values by multiplying and xor, of which the last one would come through a
# second xor unmixed: hence the hash of the hash, and the salt only once all are joined.
FINGERPRINTS = """
    create or replace temp table fingerprints as
    select
        product_id,
        site_id,
        format(
            '{{:016x}}', hash(bit_xor(hash(hash(week, size, is_estimated))), count(*), '{salt}')
        ) as fingerprint
    from histories
    group by product_id, site_id
"""
# What was measured of a history that is still the same is not measured again.
CHANGED = """
    create or replace temp table changed as
    select
        cast(row_number() over (order by items.product_id, items.site_id) - 1 as integer) as series,
        items.product_id,
        items.site_id,
        coalesce(now.fingerprint, '{salt}') as history_fingerprint
    from facts.int_product_site as items
    left join fingerprints as now
        on items.product_id = now.product_id and items.site_id = now.site_id
    left join prior.feat_demand_profile as before
        on items.product_id = before.product_id and items.site_id = before.site_id
        and coalesce(now.fingerprint, '{salt}') = before.history_fingerprint
    where before.product_id is null
"""
ROWS = """
    select changed.series, histories.week, histories.size, histories.is_estimated
    from histories
    inner join changed
        on histories.product_id = changed.product_id and histories.site_id = changed.site_id
"""
SAME = """
    select before.*
    from prior.feat_demand_profile as before
    inner join facts.int_product_site as items
        on before.product_id = items.product_id and before.site_id = items.site_id
    anti join changed
        on before.product_id = changed.product_id and before.site_id = changed.site_id
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
    query = SERIES[series]
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


def tell_changed(
    connection: duckdb.DuckDBPyConnection, workspace: Workspace, last: date
) -> tuple[int, pl.DataFrame]:
    """Create `changed`: the items to be measured, numbered as `series` in the order of their keys.

    Returns the number of weeks that are known at all, and the histories of those items. An item is
    as the last release has it where history, last week, settings and code are.
    """
    settings = workspace.file.demand_profile
    (first,) = one_row(connection, "select coalesce(min(week), 1) from histories")
    observed = 1 - int(first)
    depends_on = {
        "code": code_hash(),
        "last_week": last.isoformat(),
        "observed_weeks": observed if settings.adi_definition.counts_from_the_start else None,
        **settings.model_dump(mode="json"),
    }
    salt = digest(depends_on)[:16]
    connection.execute(FINGERPRINTS.format(salt=salt))
    connection.execute(CHANGED.format(salt=salt))
    return observed, connection.sql(ROWS).pl()
