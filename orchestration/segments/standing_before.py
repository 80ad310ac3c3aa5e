"""Where the units of a scheme stood on the night before, and what was known of them."""

from __future__ import annotations

import duckdb

from models.segmentation.scheme import Scheme, cuts_hash
from orchestration.segments.held_units import FORMER_UNIT
from workspace.ingest.parsing import literal
from workspace.units import unit_key

# Where units stood. Of a scheme that has only begun to hold still, the release before knows that.
# What a first rule or a fallback gave is not on the ladder, whatever its name.
STOOD = """
    create or replace temp table stood as
    select
        p.unit_id,
        coalesce(state.segment_id, p.segment_id) as stood,
        case
            when state.unit_id is null
                then starts_with(p.rule_id, {kind})
                    and p.hold_reason is distinct from 'exception'
            else state.is_on_ladder and state.rules_hash = {rules_hash}
        end as was_on_ladder,
        state.moved_date, state.moved_column_name, state.moved_limit_value,
        state.left_segment_id, state.segments_left, state.candidates,
        state.pending_segment_id, state.confirmed_date
    from (
        select scheme_id, {former_unit} as unit_id, segment_id, rule_id, hold_reason
        from prior.segment_assignment as p
        where scheme_id = {scheme}
    ) as p
    left join prior.segment_stability as state
        on state.scheme_id = p.scheme_id and state.unit_id = p.unit_id
"""


def lay_out_stood(connection: duckdb.DuckDBPyConnection, scheme: Scheme, relation: str) -> str:
    """Create the view of `relation` with `_stood`, the segment of each unit on the ladder.

    Returns its name. `_stood` is null for units that were not on it.
    """
    lay_out_standing(connection, scheme)
    connection.execute(
        f"""
        create or replace temp view steady_features as
        select f.*, case when stood.was_on_ladder then stood.stood end as _stood
        from {relation} as f
        left join stood on stood.unit_id = {unit_key(scheme.keys, "f")}
        """
    )
    return "steady_features"


def lay_out_standing(connection: duckdb.DuckDBPyConnection, scheme: Scheme) -> None:
    """Create the table `stood`: where each unit stood on the night before, and what was known."""
    connection.execute(
        STOOD.format(
            scheme=literal(scheme.scheme_id),
            kind=literal(f"{scheme.method.kind}."),
            rules_hash=literal(cuts_hash(scheme)),
            former_unit=FORMER_UNIT,
        )
    )
