"""Which classes hang on how surely a margin is known, and how surely each segment's margin is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal

import duckdb

from models.segmentation.methods.matrix import Matrix
from models.segmentation.methods.ranking import Ranking
from models.segmentation.reads import columns_read
from models.segmentation.scheme import Scheme
from orchestration.segments.assignment import compiled
from orchestration.segments.cells import cells_statement
from orchestration.segments.cuts import lay_out_cuts
from orchestration.segments.overlaid import Part, parts_of
from orchestration.segments.unit_features import lay_out_units
from workspace.folder import Workspace
from workspace.ingest.parsing import literal
from workspace.schemes import in_order
from workspace.table_contract import feature_columns
from workspace.units import KEY_COLUMNS, UNIT_KINDS, unit_key

ENDS = ("lower", "upper")
# Features that are a margin, and what their ends are called.
MARGINS = {
    "margin_12m_amount": "margin_{end}_12m_amount",
    "graded_margin_12m_amount": "margin_{end}_12m_amount",
    "graded_margin_rate_12m": "margin_{end}_rate_12m",
}
# A unit that is held keeps its segment whatever its margin is.
SENSITIVITY = """
    with assignments as (
        select * from segments.segment_assignment
    ),

    final as (
        select
            a.scheme_id, a.unit_type, a.unit_id, {keys}, a.segment_id,
            l.segment_id as margin_lower_segment_id,
            u.segment_id as margin_upper_segment_id,
            a.hold_reason is null
            and (l.segment_id <> a.segment_id or u.segment_id <> a.segment_id)
                as is_margin_sensitive
        from assignments as a
        join moved_lower as l using (scheme_id, unit_id)
        join moved_upper as u using (scheme_id, unit_id)
    )

    select * from final
"""
# Lines are added up by unit first: a unit is in as many segments as there are schemes.
BY_SEGMENT = """
    with assignments as (
        select scheme_id, segment_id, unit_type, unit_id from segments.segment_assignment
    ),

    sensitive as (
        select scheme_id, unit_id from segments.segment_margin_sensitivity
        where is_margin_sensitive
    ),

    lines as (
        select lines.*{channel}
        from features.int_order_line_margins as lines
        cross join night.parameters as parameters
        {channels}
        where lines.order_date > cast(parameters.business_date - interval 12 month as date)
    ),

    units as (
        {units}
    ),

    summed as (
        select
            a.scheme_id,
            a.segment_id,
            count(*) as unit_count,
            count(s.unit_id) as margin_sensitive_count,
            coalesce(sum(units.value_amount), 0) as value_amount,
            {grades},
            coalesce(bool_or(units.is_unknown), false) as is_unknown,
            coalesce(sum(units.margin_amount), 0) as margin_amount,
            coalesce(sum(units.lower_amount), 0) as lower_amount,
            coalesce(sum(units.upper_amount), 0) as upper_amount
        from assignments as a
        left join units on units.unit_type = a.unit_type and units.unit_id = a.unit_id
        left join sensitive as s on s.scheme_id = a.scheme_id and s.unit_id = a.unit_id
        group by a.scheme_id, a.segment_id
    ),

    final as (
        select
            scheme_id,
            segment_id,
            unit_count,
            margin_sensitive_count,
            {shares},
            case when not is_unknown then margin_amount end as graded_margin_12m_amount,
            case when not is_unknown then lower_amount end as margin_lower_12m_amount,
            case when not is_unknown then upper_amount end as margin_upper_12m_amount
        from summed
    )

    select * from final
"""
CHANNELS = "left join facts.int_customer_channel as channels using (customer_id)"
GRADES = ("actual", "standard", "allocated", "estimated")


def margin_sensitivity(connection: duckdb.DuckDBPyConnection, workspace: Workspace) -> str:
    """Class every unit at both ends of its margin; return segment_margin_sensitivity's query."""
    schemes = in_order(workspace)
    for end in ENDS:
        connection.execute(
            f"create or replace temp table moved_{end} "
            "(scheme_id varchar, unit_id varchar, segment_id varchar)"
        )
    lay_out_units(connection, [scheme.unit for scheme in schemes])
    for unit in sorted({scheme.unit for scheme in schemes}):
        for end in ENDS:
            _lay_out_end(connection, unit, end)
    evaluated: set[str] = set()
    for scheme in schemes:
        if _reads_margin(scheme, evaluated):
            evaluated.add(scheme.scheme_id)
            for part in parts_of(connection, workspace, scheme):
                for end in ENDS:
                    _move(connection, workspace, part, end)
    keys = ", ".join(f"a.{column}" for column in KEY_COLUMNS)
    return SENSITIVITY.format(keys=keys)


def segment_margins(connection: duckdb.DuckDBPyConnection, workspace: Workspace) -> str:
    """Return the query of segment_margin_quality."""
    del connection
    kinds = sorted({scheme.unit for scheme in in_order(workspace)})
    has_channels = any("sales_channel_id" in UNIT_KINDS[unit].key for unit in kinds)
    return BY_SEGMENT.format(
        units=" union all ".join(map(_unit_sums, kinds)),
        channel=", channels.sales_channel_id" if has_channels else "",
        channels=CHANNELS if has_channels else "",
        grades=", ".join(
            f"coalesce(sum(units.{grade}_amount), 0) as {grade}_amount" for grade in GRADES
        ),
        shares=", ".join(
            f"cast(cast(cast({grade}_amount as double) / nullif(cast(value_amount as double), 0) "
            f"as decimal(38, 12)) as double) as {grade}_margin_rate"
            for grade in GRADES
        ),
    )


def _reads_margin(scheme: Scheme, evaluated: set[str]) -> bool:
    if isinstance(scheme.method, Matrix):
        return bool(evaluated & set(scheme.method.axes))
    read = columns_read(scheme, feature_columns(scheme.keys))
    return bool(_ends_of(scheme.unit, "lower").keys() & set(read.by_method))


def _ends_of(unit: str, end: str) -> Mapping[str, str]:
    """Return the margins among the features of a unit, and the column that holds their end."""
    known = feature_columns(UNIT_KINDS[unit].key)
    named = {column: name.format(end=end) for column, name in MARGINS.items()}
    return {column: name for column, name in named.items() if {column, name} <= set(known)}


def _lay_out_end(connection: duckdb.DuckDBPyConnection, unit: str, end: str) -> None:
    """Create the view `<unit>_<end>`: features as trusted, margins at one end of what they may be.

    A margin that is not known at all takes the end of its estimate.
    """
    ends = ", ".join(
        f"coalesce(f.{name}, f.{column}) as {column}"
        for column, name in _ends_of(unit, end).items()
    )
    chosen = f"f.* replace ({ends})" if ends else "f.*"
    connection.execute(
        f"create or replace temp view {unit}_{end} as select {chosen} from {unit}_trusted as f"
    )


def _move(
    connection: duckdb.DuckDBPyConnection, workspace: Workspace, part: Part, end: str
) -> None:
    """Add the segment of each unit at one end to `moved_<end>`; cut values are held."""
    scheme = part.scheme
    ends = part.of(connection, f"{scheme.unit}_{end}")
    if isinstance(scheme.method, Matrix):
        connection.execute(
            f"""
            create or replace temp view parents as
            select scheme_id, unit_id, segment_id from moved_{end}
            union all
            select a.scheme_id, a.unit_id, a.segment_id from segments.segment_assignment as a
            anti join moved_{end} as m on m.scheme_id = a.scheme_id and m.unit_id = a.unit_id
            """
        )
        connection.execute(cells_statement(workspace, scheme, ends, "parents"))
    if isinstance(scheme.method, Ranking):
        lay_out_cuts(connection, scheme)
    connection.execute(
        f"insert into moved_{end} by name select {literal(scheme.scheme_id)} as scheme_id, "
        f"{unit_key(scheme.keys, 'result')} as unit_id, result.segment_id "
        f"from ({compiled(replace(scheme, band=Decimal(0)), ends)}) as result"
    )


def _unit_sums(unit: str) -> str:
    key = unit_key(UNIT_KINDS[unit].key, "lines")
    grades = ", ".join(
        f"sum(case when lines.cost_grade = '{grade}' then abs(lines.revenue_amount) else 0 end) "
        f"as {grade}_amount"
        for grade in GRADES
    )
    return f"""
        select
            {literal(unit)} as unit_type, {key} as unit_id,
            sum(abs(lines.revenue_amount)) as value_amount,
            {grades},
            bool_or(lines.cost_amount is null) as is_unknown,
            sum(lines.revenue_amount - lines.cost_amount) as margin_amount,
            sum(lines.revenue_amount)
            - greatest(sum(lines.low_cost_amount), sum(lines.high_cost_amount)) as lower_amount,
            sum(lines.revenue_amount)
            - least(sum(lines.low_cost_amount), sum(lines.high_cost_amount)) as upper_amount
        from lines group by all
    """
