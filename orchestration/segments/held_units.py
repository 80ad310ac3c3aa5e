"""Units whose values are not trusted: they stay where they are, and the cells that hang on them."""

from __future__ import annotations

import duckdb
import pyarrow as pa

from models.segmentation.methods.matrix import Matrix
from models.segmentation.reads import columns_read
from models.segmentation.scheme import Scheme
from orchestration.segments.cells import held_cells
from workspace.folder import Workspace
from workspace.ingest.parsing import literal
from workspace.schemes import segments_of
from workspace.table_contract import feature_columns

# Releases of an earlier version know products at sites only, and have no column for the unit.
FORMER_UNIT = "coalesce(p.unit_id, concat_ws('@', p.product_id, p.site_id))"
# A unit is held when the rule that fired on its values has read one that is not trusted. It keeps
# its segment; where it has none that the scheme still knows, the last trusted value decides, and
# without one the fallback.
HELD = """
    with held as (
        select distinct engine.unit_id
        from engine
        join untrusted as u on u.unit_type = engine.unit_type and u.unit_id = engine.unit_id
        left join columns_by_rule as rule on rule.rule_id = engine.rule_id
        join columns_by_rule as read
            on read.rule_id = coalesce(rule.rule_id, '') and read.column_name = u.column_name
        where engine.scheme_id = {scheme}
    ),

    former as (
        select {former_unit} as unit_id, segment_id
        from prior.segment_assignment as p
        where scheme_id = {scheme} and segment_id in (select segment_id from known_segments)
            and p.hold_reason is distinct from 'exception'
    ),

    stands as (
        select
            engine.* exclude (segment_id, hold_reason, fallback_code, value_at_stake_amount,
                flip_column, flip_value, flip_segment_id),
            coalesce(former.segment_id, judged.segment_id) as segment_id,
            'metric_untrusted' as hold_reason,
            case
                when former.segment_id is null and judged.fallback_code is not null
                    then 'METRIC_UNTRUSTED'
            end as fallback_code,
            cast(null as varchar) as flip_column,
            cast(null as double) as flip_value,
            cast(null as varchar) as flip_segment_id,
            judged.value_at_stake_amount
        from engine
        join held using (unit_id)
        join judged using (unit_id)
        left join former using (unit_id)
        where engine.scheme_id = {scheme}
    )

    select * from stands
    union all by name
    select judged.*, judged.segment_id as engine_segment_id, cast(null as varchar) as hold_reason
    from judged
    anti join held using (unit_id)
"""


def standing_of(connection: duckdb.DuckDBPyConnection, workspace: Workspace, scheme: Scheme) -> str:
    """Return the query of what is in force of a scheme, where some values are not trusted."""
    name = literal(scheme.scheme_id)
    if isinstance(scheme.method, Matrix):
        return held_cells(workspace, scheme)
    read = columns_read(scheme, feature_columns(scheme.keys))
    pairs = [(rule, column) for rule, names in read.by_first_rule.items() for column in names]
    pairs += [("", column) for column in read.by_method]
    known = segments_of(workspace, scheme.scheme_id)
    connection.register(
        "columns_by_rule",
        pa.table({"rule_id": [r for r, _ in pairs], "column_name": [c for _, c in pairs]}),
    )
    connection.register("known_segments", pa.table({"segment_id": known}))
    return HELD.format(scheme=name, former_unit=FORMER_UNIT)
