"""What is in each segment, and what combinations of classes became of the pairs of a matrix."""

from __future__ import annotations

import duckdb

from models.segmentation.methods.matrix import DISAGREED, Matrix
from models.segmentation.scheme import Scheme
from workspace.folder import Workspace
from workspace.ingest.parsing import literal
from workspace.schemes import in_order
from workspace.table_contract import contract
from workspace.units import UNIT_KINDS, unit_key

TABLE = "segments.segment_matrix"
CONFLICTS = "segments.segment_conflict"
WORTHS = ("revenue_12m_amount", "stock_value_amount")
# The classes that a cell is made of are among the inputs of its explanation. A class that a rule
# for conflicts gave, or that passed through, is of several combinations: it has no row.
CELLS = """
    with assignments as (
        select scheme_id, segment_id, unit_type, unit_id from segments.segment_assignment
    ),

    axes as (
        {axes}
    ),

    final as (
        select
            a.scheme_id,
            a.segment_id,
            case when min(axes.row_segment_id) = max(axes.row_segment_id)
                then min(axes.row_segment_id) end as row_segment_id,
            case when min(axes.column_segment_id) = max(axes.column_segment_id)
                then min(axes.column_segment_id) end as column_segment_id,
            case when min(axes.further_segment_ids) = max(axes.further_segment_ids)
                then min(axes.further_segment_ids) end as further_segment_ids,
            count(*) as item_count,
            coalesce(sum(worth.revenue_12m_amount), 0) as value_12m_amount,
            coalesce(sum(worth.stock_value_amount), 0) as stock_value_amount
        from assignments as a
        join worth using (unit_type, unit_id)
        left join axes using (scheme_id, unit_id)
        group by a.scheme_id, a.segment_id
    )

    select * from final
"""
NO_AXES = """
    select
        cast(null as varchar) as scheme_id, cast(null as varchar) as unit_id,
        cast(null as varchar) as row_segment_id, cast(null as varchar) as column_segment_id,
        cast(null as varchar) as further_segment_ids
    where false
"""
AXES = """
    select
        scheme_id, unit_id, {row} as row_segment_id, {column} as column_segment_id,
        {further} as further_segment_ids
    from segments.segment_explanations where scheme_id = {scheme}
"""
# A pair whose sides both pass through, or give one class, is in no conflict.
RESOLVED = """
    select
        scheme_id, coalesce({row}, '(none)') as row_segment_id,
        coalesce({column}, '(none)') as column_segment_id, segment_id,
        contains(rule_id, {disagreed}) as is_conflict,
        count(*) as unit_count,
        coalesce(sum(value_at_stake_amount), 0) as value_at_stake_amount
    from segments.segment_explanations
    where scheme_id = {scheme}
    group by all
"""


def segment_matrix(connection: duckdb.DuckDBPyConnection, workspace: Workspace) -> str:
    """Return count and value of each segment; the cells of a matrix name what they are made of."""
    schemes = in_order(workspace)
    worth = " union all ".join(_worth(unit) for unit in sorted({each.unit for each in schemes}))
    connection.execute(f"create or replace temp view worth as {worth}")
    axes = [
        AXES.format(scheme=literal(scheme.scheme_id), **_read(scheme.method))
        for scheme in schemes
        if isinstance(scheme.method, Matrix)
    ]
    return CELLS.format(axes=" union all ".join(axes) or NO_AXES)


def segment_conflict(connection: duckdb.DuckDBPyConnection, workspace: Workspace) -> str:
    """Return what each combination of classes gave, of matrices that have a rule for conflicts."""
    del connection
    resolved = [
        RESOLVED.format(
            scheme=literal(scheme.scheme_id), disagreed=literal(DISAGREED), **_read(scheme.method)
        )
        for scheme in in_order(workspace)
        if _is_resolved(scheme)
    ]
    return " union all ".join(f"({each})" for each in resolved) or contract(CONFLICTS).no_rows()


def _is_resolved(scheme: Scheme) -> bool:
    return isinstance(scheme.method, Matrix) and scheme.method.resolution is not None


def _read(method: object) -> dict[str, str]:
    """Return the SQL of the classes that a cell is made of."""
    assert isinstance(method, Matrix)
    row, column, *further = (f"json_extract_string(inputs, '$.{axis}')" for axis in method.axes)
    joined = f"concat_ws(' ', {', '.join(further)})" if further else "cast(null as varchar)"
    return {"row": row, "column": column, "further": joined}


def _worth(unit: str) -> str:
    """Return the query of what the units of a kind are worth; not all have stock."""
    kind = UNIT_KINDS[unit]
    known = {column.name for column in contract(kind.worth).columns}
    amounts = ", ".join(
        f"{f't.{name}' if name in known else 'cast(null as decimal(18, 4))'} as {name}"
        for name in WORTHS
    )
    return (
        f"select {literal(unit)} as unit_type, {unit_key(kind.key, 't')} as unit_id, {amounts} "
        f"from {kind.worth} as t"
    )
