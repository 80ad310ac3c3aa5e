"""How restless schemes are: what has moved tonight, and how often units have moved in a year."""

from __future__ import annotations

from datetime import date, timedelta

import duckdb
import polars as pl

from models.stability.churn import churn_rates, with_rates
from orchestration.segments.held_units import FORMER_UNIT
from orchestration.segments.hysteresis import moves_by_spikes
from workspace.folder import Workspace
from workspace.table_contract import contract
from workspace.warehouse import one_row

TABLE = "segments.segment_churn"
RATES = "segments.segment_churn_rate"
PING_PONG_DAYS = 90
YEAR = timedelta(days=365)
WAYS = f"""
    with before as (
        select scheme_id, {FORMER_UNIT} as unit_id, segment_id, value_at_stake_amount
        from prior.segment_assignment as p
    ),

    tonight as (
        select scheme_id, unit_id, segment_id, value_at_stake_amount
        from segments.segment_assignment
    ),

    final as (
        select
            scheme_id,
            coalesce(before.segment_id, '(none)') as from_segment_id,
            coalesce(tonight.segment_id, '(none)') as to_segment_id,
            count(*) as unit_count,
            coalesce(
                sum(coalesce(tonight.value_at_stake_amount, before.value_at_stake_amount)), 0
            ) as value_at_stake_amount
        from tonight
        full join before using (scheme_id, unit_id)
        group by all
    )

    select * from final
"""
# What is believed today of the units themselves. Those that have never moved are counted by the
# spell that they have in common: a million units are some hundred rows.
SPELLS = """
    with spells as (
        select
            scheme_id, unit_id, segment_id, valid_from, valid_to, began_by,
            count(*) over (partition by scheme_id, unit_id) as spell_count
        from segments.segment_assignment_history
        where recorded_to is null and origin_unit_id = unit_id
    )

    select scheme_id, unit_id, segment_id, valid_from, valid_to, began_by, 1 as stands_for
    from spells where spell_count > 1
    union all
    select
        scheme_id, min(unit_id) as unit_id, segment_id, valid_from, valid_to, began_by,
        count(*) as stands_for
    from spells where spell_count = 1
    group by scheme_id, segment_id, valid_from, valid_to, began_by
"""
RESULT = """
    select
        rates.*,
        coalesce(evaluated.month_count, 0) as evaluated_month_count,
        spikes.spike_move_count
    from rates_tonight as rates
    left join spikes_tonight as spikes using (scheme_id)
    left join (
        select scheme_id, count(distinct evaluated_date) as month_count
        from segments.segment_evaluation group by scheme_id
    ) as evaluated using (scheme_id)
"""


def churn(connection: duckdb.DuckDBPyConnection, workspace: Workspace) -> str:
    """Return from where to where units went since the previous release, and their share."""
    del workspace
    ways = connection.sql(WAYS).pl()
    connection.register("ways_tonight", with_rates(ways).to_arrow())
    return "select * from ways_tonight"


def rates(connection: duckdb.DuckDBPyConnection, workspace: Workspace) -> str:
    """Return how often the units of each scheme have moved over a year at most, and why."""
    today: date = one_row(connection, "select business_date from night.parameters")[0]
    spells = connection.sql(SPELLS).pl()
    begins = spells.group_by("scheme_id").agg(first_date=pl.col("valid_from").min())
    found = [
        churn_rates(
            spells.filter(pl.col("scheme_id") == scheme),
            first=max(begin, today - YEAR),
            last=today,
            window_days=PING_PONG_DAYS,
        ).with_columns(first_date=pl.lit(max(begin, today - YEAR)), last_date=pl.lit(today))
        for scheme, begin in begins.sort("scheme_id").iter_rows()
    ]
    if not found:
        return contract(RATES).no_rows()
    connection.register("rates_tonight", pl.concat(found).to_arrow())
    spikes = moves_by_spikes(connection, workspace, today - YEAR)
    connection.register("spikes_tonight", spikes.to_arrow())
    return RESULT
