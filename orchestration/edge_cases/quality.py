"""How well a class is founded: which substitutes the rule that fired has read, and a mark for it.

A: no substitute. B, C, D: by the least confidence of those it has read. D as well of a unit that is
held for a value that is not trusted. E: no rule decided, for want of a value or of a rule. A cell
is as well founded as the worst of its segments.
"""

from __future__ import annotations

from collections.abc import Iterable

import duckdb
import pyarrow as pa

from models.segmentation.methods.matrix import Matrix
from models.segmentation.reads import Reads, columns_read
from models.segmentation.scheme import Scheme
from orchestration.segments.unit_features import SUBSTITUTES
from workspace.folder import Workspace
from workspace.ingest.parsing import literal
from workspace.table_contract import feature_columns
from workspace.units import UNIT_KINDS, unit_key

TABLE = "segments.assignment_fallbacks"
USED = "segments.int_fallbacks_used"  # what rules have read tonight, as the schemes add theirs
USED_COLUMNS = "scheme_id varchar, unit_type varchar, unit_id varchar, column_name varchar"
# A confidence from which a mark is given.
MARKS = (("B", "0.8"), ("C", "0.5"))
MARK = f"""
    case
        when kind in ('exclude', 'none') then 'E'
        {" ".join(f"when confidence_rate >= {least} then '{mark}'" for mark, least in MARKS)}
        else 'D'
    end
"""
READ = """
    insert into {used} by name
    select distinct
        {scheme} as scheme_id, s.unit_type, s.unit_id, s.column_name
    from {substitutes} as s
    join said on said.unit_id = s.unit_id
    left join (select distinct rule_id from reads_by_rule) as rule on rule.rule_id = said.rule_id
    join reads_by_rule as read
        on read.rule_id = coalesce(rule.rule_id, '') and read.column_name = s.column_name
    where s.unit_type = {unit}
"""
DOUBTS = f"""
    create or replace temp table doubts as
    with found as (
        select scheme_id, unit_id, {MARK} as quality_mark
        from {USED}
        join {SUBSTITUTES} using (unit_type, unit_id, column_name)
        union all
        select
            scheme_id, unit_id, case when fallback_code is null then 'D' else 'E' end
        from assigned
        where fallback_code is not null or hold_reason = 'metric_untrusted'
    )

    select scheme_id, unit_id, max(quality_mark) as quality_mark
    from found group by scheme_id, unit_id
"""
# The doubts of a matrix itself are those of its first rules.
DOUBTED_CELLS = """
    create or replace temp table doubts as
    select {scheme} as scheme_id, unit_id, max(quality_mark) as quality_mark
    from (
        {of_axes}
        union all
        select unit_id, quality_mark from doubts where scheme_id = {scheme}
    ) as of_cells
    group by unit_id
    union all
    select * from doubts where scheme_id <> {scheme}
"""
OF_AXIS = "select unit_id, quality_mark from doubts where scheme_id = {axis}"
OF_OTHER_UNITS = """
    select {cell} as unit_id, d.quality_mark
    from {unit}_features as f
    join doubts as d on d.scheme_id = {axis} and d.unit_id = {part}
"""
MARKED = """
    select assigned.*, coalesce(doubts.quality_mark, 'A') as quality_mark
    from assigned
    left join doubts using (scheme_id, unit_id)
"""


def lay_out_used(connection: duckdb.DuckDBPyConnection) -> None:
    """Create the table that takes what rules have read."""
    connection.execute(f"create or replace table {USED} ({USED_COLUMNS})")


def note_used(connection: duckdb.DuckDBPyConnection, scheme: Scheme) -> None:
    """Note which substitutes have been read by the rules that fired, as `said` has them."""
    pairs = [(rule, c) for rule, columns in reads_of(scheme).items() for c in columns]
    table = pa.table({"rule_id": [r for r, _ in pairs], "column_name": [c for _, c in pairs]})
    connection.register("reads_by_rule", table.cast(_READS))
    connection.execute(
        READ.format(
            used=USED,
            substitutes=SUBSTITUTES,
            scheme=literal(scheme.scheme_id),
            unit=literal(scheme.unit),
        )
    )
    connection.unregister("reads_by_rule")


_READS = pa.schema({"rule_id": pa.string(), "column_name": pa.string()})


def reads_of(scheme: Scheme) -> dict[str, tuple[str, ...]]:
    """Return the columns that have been read by first rule; those of the method have no name."""
    columns = feature_columns(scheme.keys)
    if isinstance(scheme.method, Matrix):
        columns |= dict.fromkeys(scheme.method.axes, "varchar")
    read: Reads = columns_read(scheme, columns)
    return {**read.by_first_rule, "": read.by_method}


def marked(
    connection: duckdb.DuckDBPyConnection, workspace: Workspace, schemes: Iterable[Scheme]
) -> str:
    """Return the query of all that is assigned, each with its quality mark."""
    connection.execute(DOUBTS)
    for scheme in schemes:
        if isinstance(scheme.method, Matrix):
            of_axes = [_of_axis(workspace, scheme, axis) for axis in scheme.method.axes]
            connection.execute(
                DOUBTED_CELLS.format(
                    scheme=literal(scheme.scheme_id), of_axes=" union all ".join(of_axes)
                )
            )
    return MARKED


def _of_axis(workspace: Workspace, scheme: Scheme, axis: str) -> str:
    """Write what is doubted of the units of an axis, as of the units of the matrix."""
    unit = workspace.schemes[axis].value.unit
    if unit == scheme.unit:
        return OF_AXIS.format(axis=literal(axis))
    return OF_OTHER_UNITS.format(
        axis=literal(axis),
        unit=scheme.unit,
        cell=unit_key(scheme.keys, "f"),
        part=unit_key(UNIT_KINDS[unit].key, "f"),
    )


def fallbacks_used(connection: duckdb.DuckDBPyConnection, workspace: Workspace) -> str:
    """Return the query of assignment_fallbacks: the substitutes that classes of tonight rest on."""
    del connection, workspace
    return f"""
        select
            used.scheme_id, s.unit_type, s.unit_id, s.column_name, s.reason, s.rung_number, s.kind,
            s.value, s.value_date, s.since_date, s.confidence_rate, {MARK} as quality_mark
        from {USED} as used
        join {SUBSTITUTES} as s using (unit_type, unit_id, column_name)
    """
