"""Which items are measured tonight, and which are taken over from the release before.

An item is measured anew where its weeks have news, where what it goes by besides is another, and
where demand is or was inherited: there are few of those, and a share may have changed.
"""

from __future__ import annotations

from datetime import date

import duckdb
import polars as pl

from orchestration.demand.histories import SERIES
from workspace.config.workspace_file import DemandProfileSettings
from workspace.night_inputs import code_hash
from workspace.releases import digest
from workspace.warehouse import one_row

# Months of the release before that tonight has not carried over.
NOT_CARRIED = """
    select before.month_start_date
    from prior.demand_month as before
    cross join night.parameters as parameters
    left join features.demand_month as now
        on
            before.month_start_date = now.month_start_date
            and now.made_date < parameters.business_date
    where now.month_start_date is null
    order by before.month_start_date
"""
# Weeks that are the same in both leave no trace in what does not mind the order. DuckDB joins the
# hashes of several values by multiplying and xor, of which the last one would come through a second
# xor unmixed: hence the hash of the hash.
NEWS = """
    insert into news
    select product_id, site_id
    from (
        {made}
        union all
        select * from ({before}) where {weeks}
    )
    where demand_units > 0
    group by product_id, site_id
    having bit_xor(hash(hash(week_start_date, demand_units, is_estimated))) <> 0
"""
COMPARABLE = """
    select count(*) from prior.feat_demand_profile where basis_fingerprint = '{basis}'
"""
SAME = """
    create or replace temp table same as
    select before.product_id, before.site_id
    from prior.feat_demand_profile as before
    semi join facts.int_product_site as items
        on before.product_id = items.product_id and before.site_id = items.site_id
    anti join news
        on before.product_id = news.product_id and before.site_id = news.site_id
    anti join chains on before.product_id = chains.successor_id
    where before.basis_fingerprint = '{basis}' and before.predecessor_count = 0
"""
CHANGED = """
    create or replace temp table changed as
    select
        cast(row_number() over (order by items.product_id, items.site_id) - 1 as integer) as series,
        items.product_id,
        items.site_id,
        '{basis}' as basis_fingerprint
    from facts.int_product_site as items
    anti join same
        on items.product_id = same.product_id and items.site_id = same.site_id
"""
ROWS = """
    select changed.series, histories.week, histories.size, histories.is_estimated
    from histories
    inner join changed
        on histories.product_id = changed.product_id and histories.site_id = changed.site_id
"""


def tell_changed(
    connection: duckdb.DuckDBPyConnection, settings: DemandProfileSettings, last: date
) -> tuple[int, pl.DataFrame]:
    """Create `changed`: the items to be measured, numbered as `series` in the order of their keys.

    Creates `same` as well: the items that are as the release before has them. Returns the number of
    weeks that are known, of all items where that is history, and the histories of the changed.
    """
    observed = None
    if settings.adi_definition.counts_from_the_start:
        (observed,) = one_row(connection, "select coalesce(1 - min(week), 0) from histories")
    depends_on = {
        "code": code_hash(),
        "last_week": last.isoformat(),
        "observed_weeks": observed,
        **settings.model_dump(mode="json"),
    }
    basis = digest(depends_on)[:16]
    _lay_out_news(connection, settings.series, basis)
    connection.execute(SAME.format(basis=basis))
    connection.execute(CHANGED.format(basis=basis))
    rows = connection.sql(ROWS).pl()
    longest = 1 - rows.select(pl.col("week").min().fill_null(1)).item()
    return longest if observed is None else observed, rows


def _lay_out_news(connection: duckdb.DuckDBPyConnection, series: str, basis: str) -> None:
    """Create `news`: the items whose weeks are not those of the release before.

    Where nothing of that release can be taken over, nobody asks, and it is empty.
    """
    connection.execute("create or replace temp table news (product_id text, site_id text)")
    (comparable,) = one_row(connection, COMPARABLE.format(basis=basis))
    if not comparable:
        return
    made, before = (
        SERIES[series].format(table=table)
        for table in ("features.int_demand_cleansed_made", "prior.demand_cleansed")
    )
    months = [
        f"week_start_date between date '{month}' and last_day(date '{month}')"
        for (month,) in connection.execute(NOT_CARRIED).fetchall()
    ]
    connection.execute(NEWS.format(made=made, before=before, weeks=" or ".join(months) or "false"))
