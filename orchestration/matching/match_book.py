"""What matching found, as rows of its tables: pairs with their ids, records with their reasons."""

from __future__ import annotations

import duckdb

from models.matching.clusters import Resolution
from models.matching.registry import Registered
from workspace.given_rows import create_from
from workspace.matching.objects import OBJECTS
from workspace.matching.scoring import Scores

# Table → what the temp tables with its rows begin with; there is one for each object.
BOOKED = {
    "golden.match_records": "remembered",
    "golden.match_basis": "bases",
    "golden.match_pairs": "outcomes",
    "golden.entity_events": "events",
    "golden.int_records_matched": "members",
}
BASES = """
    create or replace temp table bases_{object_type} as
    select '{object_type}' as object_type, * from {basis}
"""
# A pair keeps its first day for as long as no release leaves it out.
OUTCOMES = """
    create or replace temp table outcomes_{object_type} as
    select
        '{object_type}' as object_type,
        pairs.record_key_l,
        pairs.record_key_r,
        l.golden_id as golden_id_l,
        r.golden_id as golden_id_r,
        coalesce(pairs.basis, 'decision') as basis,
        coalesce(pairs.found_by, 'decision') as found_by,
        pairs.match_weight,
        pairs.match_probability,
        pairs.evidence_weight,
        pairs.outcome,
        pairs.is_question,
        pairs.contradiction_l,
        pairs.contradiction_r,
        pairs.decided_by,
        pairs.comparison,
        coalesce(before.first_seen_date, parameters.business_date) as first_seen_date
    from pairs_resolved as pairs
    cross join night.parameters as parameters
    left join records_named as l on pairs.record_key_l = l.record_key
    left join records_named as r on pairs.record_key_r = r.record_key
    left join prior.match_pairs as before
        on before.object_type = '{object_type}'
        and before.record_key_l = pairs.record_key_l
        and before.record_key_r = pairs.record_key_r
"""
# Of all that joins a record to others the most telling is its reason: an identifier, in the order
# of the declaration, before the word of a steward, before likeness.
MEMBERS = """
    create or replace temp table members_{object_type} as
    with joined as (
        select record_key_l as record_key, basis, match_probability, decided_by
        from outcomes_{object_type}
        where golden_id_l = golden_id_r
        union all
        select record_key_r as record_key, basis, match_probability, decided_by
        from outcomes_{object_type}
        where golden_id_l = golden_id_r
    ),

    ranked as (
        select
            record_key,
            case
                when basis like 'identifier:%' then substr(basis, 12)
                when decided_by is not null or basis = 'decision' then 'decision'
                else 'model'
            end as match_rule,
            match_probability
        from joined
    ),

    reasons as (
        select
            record_key,
            match_rule,
            max(match_probability) as match_probability,
            row_number() over (
                partition by record_key order by list_position({rules}, match_rule)
            ) as reason_rank
        from ranked
        group by record_key, match_rule
    )

    select
        '{object_type}' as object_type,
        named.namespace,
        named.source_key,
        named.record_key,
        named.golden_id,
        coalesce(reasons.match_rule, 'own key') as match_rule,
        case
            when reasons.match_rule = 'model' then coalesce(reasons.match_probability, 1)
            else 1
        end as match_score,
        named.survivorship_rank
    from records_named as named
    left join reasons on named.record_key = reasons.record_key and reasons.reason_rank = 1
"""


def book(
    connection: duckdb.DuckDBPyConnection,
    object_type: str,
    scores: Scores,
    registered: Registered,
    resolution: Resolution,
) -> None:
    """Write the temp tables of BOOKED for one object."""
    identifiers = [name for name in OBJECTS[object_type].identifiers if name != "delivered_record"]
    rules = [*identifiers, "delivered_record", "decision", "model"]
    create_from(connection, f"events_{object_type}", registered.events, is_temporary=True)
    create_from(connection, "records_named", registered.members, is_temporary=True)
    create_from(connection, "pairs_resolved", resolution.pairs, is_temporary=True)
    for statement in (BASES, OUTCOMES, MEMBERS):
        named = {"object_type": object_type, "rules": rules, "basis": scores.basis}
        connection.execute(statement.format(**named))
