"""Between what the rules say and what is in force: the nightly step of schemes that hold still.

What must be known of the nights before stands in `segment_stability` of the release before, so that
a night that is run again follows the same state. A unit whose values are not trusted is not looked
at: its state stays. One that stands apart for a time is not on the ladder. When the rules
themselves have changed, what is known is of other rules: every unit is placed by the new ones at
once.
"""

from __future__ import annotations

from datetime import date

import duckdb
import numpy as np
import polars as pl

from models.segmentation.scheme import Scheme, cuts_hash
from models.stability.replay import EPOCH
from models.stability.step import Codes, Hold, Lane, Said, due_days, step
from orchestration.segments.ladder_cuts import crossed_limit, is_on_one_measure
from orchestration.segments.refresh_calendar import is_review_tonight, last_review
from orchestration.segments.standing_before import lay_out_standing
from orchestration.segments.standing_state import (
    codes_of,
    columns_of,
    dates_of,
    kept_where,
    names_of,
    standing_of,
)
from workspace.config.stability_settings import StabilitySettings
from workspace.folder import Workspace
from workspace.ingest.parsing import literal
from workspace.warehouse import one_row

TABLE = "segments.segment_stability"
STATE = "segments.int_segment_stability"  # tonight's state, as the schemes add theirs
STATE_COLUMNS = """
    scheme_id varchar, unit_type varchar, unit_id varchar, segment_id varchar,
    said_segment_id varchar, hold_reason varchar, is_on_ladder boolean, moved_date date,
    moved_column_name varchar, moved_limit_value double,
    left_segment_id varchar, segments_left varchar, candidates varchar, pending_segment_id varchar,
    confirmed_date date, effective_date date, rules_hash varchar
"""
TONIGHT = """
    select
        said.unit_type, said.unit_id, said.segment_id as said, said.banded_segment_id,
        starts_with(said.rule_id, {kind})
            and unsteady.hold_reason is distinct from 'exception' as is_open,
        stood.* exclude (unit_id, was_on_ladder),
        coalesce(stood.was_on_ladder, false) as was_on_ladder,
        coalesce(unsteady.hold_reason <> 'exception', false) as is_silent,
        unsteady.segment_id as standing_segment_id,
        triggered.unit_id is not null as is_triggered,
        cast(row_number() over (
            order by said.value_at_stake_amount desc nulls last, said.unit_id nulls last
        ) as integer) as rank
    from said
    join unsteady using (unit_id)
    left join stood using (unit_id)
    left join triggered using (unit_id)
    order by said.unit_id
"""
# A unit with a trigger that has fired since the last review may move before the next.
TRIGGERED = """
    create or replace temp table triggered as
    select distinct unit_id
    from segments.reclass_triggers
    where scheme_id = {scheme} and fired_date > date {since}
"""
STEADIED = """
    select
        unsteady.* replace (
            coalesce(steadied.segment_id, unsteady.segment_id) as segment_id,
            coalesce(unsteady.hold_reason, steadied.hold_reason) as hold_reason
        )
    from unsteady
    left join steadied using (unit_id)
"""


# A move says what crossed which limit on its night; later nights carry that along.
CITED = """
    select
        s.*,
        case
            when s.moved_date is null then null
            when s.moved_date = p.business_date then {column}
            else stood.moved_column_name
        end as moved_column_name,
        case
            when s.moved_date is null then null
            when s.moved_date = p.business_date then {limit}
            else stood.moved_limit_value
        end as moved_limit_value
    from steadied_tonight as s
    cross join night.parameters as p
    join said using (unit_id)
    left join stood using (unit_id)
"""


def lay_out_state(connection: duckdb.DuckDBPyConnection) -> None:
    """Create the table that takes the state of tonight's schemes."""
    connection.execute(f"create or replace table {STATE} ({STATE_COLUMNS})")


def steadied(
    connection: duckdb.DuckDBPyConnection,
    scheme: Scheme,
    settings: StabilitySettings,
    standing: str,
) -> str:
    """Step from what is `said` to what is in force; return its query.

    `standing` is the query of what would be in force without stability: where it holds a unit back,
    that stands. The state of the night is added to STATE.
    """
    if not scheme.band:
        lay_out_standing(connection, scheme)
    connection.execute(f"create or replace temp table unsteady as {standing}")
    today = one_row(connection, "select business_date from night.parameters")[0]
    between = _lay_out_lane(connection, scheme, settings, today)
    query = TONIGHT.format(kind=literal(f"{scheme.method.kind}."))
    tonight = connection.sql(query).pl()
    found = stepped(tonight, scheme, settings, (today - EPOCH).days, between)
    connection.register("steadied_tonight", found.to_arrow())
    cited = {"column": "null", "limit": "null"}
    if is_on_one_measure(scheme):
        cited["column"] = literal(scheme.method.reads[0])
        cited["limit"] = crossed_limit(scheme, "said", "s.left_segment_id", "s.segment_id")
    connection.execute(f"insert into {STATE} by name {CITED.format(**cited)}")
    connection.execute(
        "create or replace temp table steadied as "
        "select unit_id, segment_id, hold_reason from steadied_tonight"
    )
    connection.unregister("steadied_tonight")
    return STEADIED


def _lay_out_lane(
    connection: duckdb.DuckDBPyConnection, scheme: Scheme, settings: StabilitySettings, today: date
) -> int | None:
    """Create the table `triggered`; return how many units may move for a trigger tonight.

    None on a night of review, on which all may.
    """
    evaluated, since, moved = last_review(connection, scheme.scheme_id)
    connection.execute(
        TRIGGERED.format(scheme=literal(scheme.scheme_id), since=literal(since.isoformat()))
    )
    if is_review_tonight(evaluated, today, settings.moves):
        return None
    return settings.moves_between - moved


def stepped(
    tonight: pl.DataFrame,
    scheme: Scheme,
    settings: StabilitySettings,
    day: int,
    room: int | None,
) -> pl.DataFrame:
    """Return the state after tonight, a row for each unit of TONIGHT in the order given.

    `room` is how many may move tonight for a trigger; none on a night on which all may.
    """
    segments, stability = scheme.method.segments, settings.stability()
    before = standing_of(tonight, segments, among=stability.among)
    said = Said(
        day=day,
        raw=_said(tonight, "said", segments),
        banded=_said(tonight, "banded_segment_id", segments),
        between=None if room is None else _lane(tonight, room),
    )
    night = step(before, said, stability)
    is_silent, was_there = (tonight[c].to_numpy() for c in ("is_silent", "was_on_ladder"))
    after = kept_where(is_silent & was_there, before, night.standing)
    on_ladder = (after.segment < len(segments)) & ~(is_silent & ~was_there)
    is_ours = pl.Series(on_ladder & ~is_silent)
    reasons = pl.Series([None, *(hold.name.lower() for hold in Hold if hold)], dtype=pl.String)
    return tonight.select(
        pl.lit(scheme.scheme_id).alias("scheme_id"),
        "unit_type",
        "unit_id",
        pl.when(is_ours)
        .then(names_of(after.segment, segments))
        .otherwise("standing_segment_id")
        .alias("segment_id"),
        pl.col("said").alias("said_segment_id"),
        reasons.gather(np.where(is_silent, 0, night.hold)).alias("hold_reason"),
        pl.Series("is_on_ladder", on_ladder),
        *(column.alias(name) for name, column in columns_of(after, segments).items()),
        dates_of(due_days(after, stability)).alias("effective_date"),
        pl.lit(cuts_hash(scheme)).alias("rules_hash"),
    )


def _lane(tonight: pl.DataFrame, room: int) -> Lane:
    """Return who may move on a night between two reviews."""
    is_triggered, rank = tonight["is_triggered"].to_numpy(), tonight["rank"].to_numpy()
    return Lane(is_triggered=is_triggered, rank=rank, room=room)


def _said(tonight: pl.DataFrame, column: str, segments: tuple[str, ...]) -> Codes:
    """Return what the rules say as places of the ladder, and the place after it for all else."""
    codes = codes_of(tonight[column], segments, otherwise=len(segments))
    return np.where(tonight["is_open"].to_numpy(), codes, len(segments)).astype(np.int32)


def state(connection: duckdb.DuckDBPyConnection, workspace: Workspace) -> str:
    """Return the query of segment_stability: tonight's state of the units that are in force."""
    del connection, workspace
    return f"""
        select state.*, a.valid_from as in_force_since_date
        from {STATE} as state
        join segments.segment_assignment as a using (scheme_id, unit_id)
    """
