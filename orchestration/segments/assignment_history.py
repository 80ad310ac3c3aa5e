"""Who was in which segment, when, and since when that is known: the history of assignments.

A history has two times. From `valid_from` to `valid_to` a unit was in a segment, by business date;
from `recorded_from` to `recorded_to` releases said so (Snodgrass 1999). What turns out otherwise is
never written over: its row is closed in recorded time and another one takes its place. So what was
known on an earlier day is still there.

Tonight's history is derived from that of the release before, which a night that is run again
follows a second time. What golden ids go through is carried by `segment_inheritance`.
"""

from __future__ import annotations

import duckdb

from orchestration.segments.inheritance import DEPARTED, EVENTS, INHERITED, UNIT_EVENTS, WITHDRAWN

TABLE = "segments.segment_assignment_history"
# Three nested parts: all that was known before tonight; of it what is still believed; of that the
# rows that a unit stands in by itself.
KNOWN = """
    create or replace temp table known as
    select
        h.* replace (
            case when h.recorded_to < p.business_date then h.recorded_to end as recorded_to
        )
    from prior.segment_assignment_history as h
    cross join night.parameters as p
    where h.recorded_from < p.business_date
"""
BELIEVED = "create or replace temp view believed as select * from known where recorded_to is null"
STANDING = """
    create or replace temp view standing as
    select * from believed where valid_to is null and origin_unit_id = unit_id
"""
# Each unit whose segment is not the one it stood in, and why. What its id has gone through says
# most; else its values moved it, unless the rules are others than those of the night before.
MOVES = """
    create or replace temp table moves as
    with schemes as (
        select distinct scheme_id from segments.segment_assignment
    ),

    placed as (
        select distinct scheme_id, unit_id from believed where origin_unit_id = unit_id
    )

    select
        coalesce(a.scheme_id, s.scheme_id) as scheme_id,
        coalesce(a.unit_id, s.unit_id) as unit_id,
        case
            when e.event_type is not null then e.event_type
            when s.unit_id is null and placed.unit_id is null then 'first'
            when s.unit_id is null then 'returned'
            when schemes.scheme_id is null then 'scheme'
            when a.unit_id is null then 'unit'
            when a.hold_reason = 'metric_untrusted' then a.hold_reason
            when before.rule_hash <> a.rule_hash then 'rules'
            else 'features'
        end as cause,
        coalesce(e.origin, 'rules') as actor,
        e.event_id
    from segments.segment_assignment as a
    full join standing as s on s.scheme_id = a.scheme_id and s.unit_id = a.unit_id
    left join unit_events as e on e.unit_id = coalesce(a.unit_id, s.unit_id)
    left join prior.segment_assignment as before
        on before.scheme_id = a.scheme_id and before.unit_id = a.unit_id
    left join placed on placed.scheme_id = a.scheme_id and placed.unit_id = a.unit_id
    left join schemes on schemes.scheme_id = s.scheme_id
    where a.segment_id is distinct from s.segment_id
"""
# Rows that end tonight, or on the day on which an id has left, be that earlier.
ENDED = """
    create or replace temp table ended as
    select
        believed.* replace (
            moves.cause as ended_by, moves.actor as actor, moves.event_id as event_id
        ),
        parameters.business_date,
        coalesce(departed.event_date, parameters.business_date) as end_date
    from believed
    cross join night.parameters as parameters
    join moves on moves.scheme_id = believed.scheme_id and moves.unit_id = believed.unit_id
    left join departed on departed.unit_id = believed.unit_id
    where
        believed.origin_unit_id = believed.unit_id
        and coalesce(
            believed.valid_to > coalesce(departed.event_date, parameters.business_date), true
        )
"""
RESULT = """
    with replaced as (
        select scheme_id, unit_id, origin_unit_id, valid_from, recorded_from from ended
        union
        select scheme_id, unit_id, origin_unit_id, valid_from, recorded_from from withdrawn
    ),

    kept as (
        select
            known.* replace (
                case
                    when replaced.unit_id is null then known.recorded_to
                    else parameters.business_date
                end as recorded_to
            )
        from known
        cross join night.parameters as parameters
        left join replaced using (scheme_id, unit_id, origin_unit_id, valid_from, recorded_from)
    ),

    closed as (
        select
            * exclude (business_date, end_date)
            replace (end_date as valid_to, business_date as recorded_from)
        from ended
        where valid_from < end_date
    ),

    begun as (
        select
            a.scheme_id, a.unit_type, a.unit_id, a.product_id, a.site_id, a.customer_id,
            a.sales_channel_id, a.unit_id as origin_unit_id, a.segment_id, a.valid_from,
            cast(null as date) as valid_to,
            a.as_of_date as recorded_from, cast(null as date) as recorded_to, a.rule_id,
            a.rule_hash, md5(reasons.inputs) as inputs_hash, moves.cause as began_by,
            cast(null as varchar) as ended_by, moves.actor, moves.event_id
        from segments.segment_assignment as a
        join segments.segment_explanations as reasons using (scheme_id, unit_id)
        join moves using (scheme_id, unit_id)
    ),

    final as (
        select * from kept
        union all by name
        select * from closed
        union all by name
        select * from inherited
        union all by name
        select * from begun
    )

    select * from final
"""


def history(connection: duckdb.DuckDBPyConnection) -> str:
    """Return the query of segment_assignment_history."""
    for statement in (KNOWN, BELIEVED, STANDING, EVENTS, UNIT_EVENTS, DEPARTED, MOVES, ENDED):
        connection.execute(statement)
    for statement in (WITHDRAWN, INHERITED):
        connection.execute(statement)
    return RESULT
