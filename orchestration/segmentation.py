"""Running schemes: each compiles to one statement over the features of its units."""

from __future__ import annotations

import duckdb
import pyarrow as pa

from models.segmentation.compile import compile_scheme
from models.segmentation.methods.matrix import Matrix
from models.segmentation.methods.ranking import Ranking
from models.segmentation.reads import columns_read
from models.segmentation.scheme import Scheme, rule_hash
from orchestration.scheme_faults import refused_as_configured
from orchestration.segment_cuts import lay_out_cuts
from orchestration.unit_features import doubt, lay_out_features, lay_out_trusted
from workspace.folder import Workspace
from workspace.ingest.parsing import literal
from workspace.schemes import KEY_COLUMNS, UNIT_KEYS, in_order, segments_of, unit_key
from workspace.table_contract import feature_columns

COLUMNS = """
    scheme_id varchar, unit_type varchar, unit_id varchar, {keys}, segment_id varchar,
    engine_segment_id varchar, hold_reason varchar, rule_id varchar, rule_hash varchar,
    inputs varchar, contributions varchar, fallback_code varchar, flip_column varchar,
    flip_value double, flip_segment_id varchar, value_at_stake_amount decimal(18, 4)
""".format(keys=", ".join(f"{column} varchar" for column in KEY_COLUMNS))
# Beside what is in force, what the rules say of the values as they are.
TABLES = ("assigned", "engine")
UNTOUCHED = """
    select
        *, segment_id as engine_segment_id, cast(null as varchar) as hold_reason
    from judged
"""
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
# A cell is held when one of its two segments is; the other one moves.
HELD_CELLS = """
    select
        judged.*, engine.segment_id as engine_segment_id, held.hold_reason
    from judged
    join engine on engine.scheme_id = {scheme} and engine.unit_id = judged.unit_id
    left join (
        select unit_id, max(hold_reason) as hold_reason
        from assigned where scheme_id in ({parents}) group by unit_id
    ) as held on held.unit_id = judged.unit_id
"""
# Releases of an earlier version know products at sites only, and have no column for the unit.
FORMER_UNIT = "coalesce(p.unit_id, concat_ws('@', p.product_id, p.site_id))"
# A segment that stays keeps the day since which it holds.
RESULT = f"""
    with prior as (
        select scheme_id, {FORMER_UNIT} as unit_id, segment_id, valid_from
        from prior.segment_assignment as p
    ),

    assigned as (
        select * from segments.segment_explanations
    ),

    final as (
        select
            assigned.* exclude (
                inputs, contributions, flip_column, flip_value, flip_segment_id
            ),
            case
                when prior.segment_id = assigned.segment_id then prior.valid_from
                else parameters.business_date
            end as valid_from,
            parameters.business_date as as_of_date
        from assigned
        cross join night.parameters as parameters
        left join prior
            on prior.scheme_id = assigned.scheme_id and prior.unit_id = assigned.unit_id
    )

    select * from final
"""


def compiled(scheme: Scheme, relation: str | None = None) -> str:
    """Return the statement of a scheme; its relation is `<unit>_features`, `cells` for a matrix.

    Raises TierwiseError for a condition that is refused or a column that no feature has.
    """
    columns = feature_columns(UNIT_KEYS[scheme.unit])
    relation = relation or f"{scheme.unit}_features"
    if isinstance(scheme.method, Matrix):
        relation = "cells"
        columns |= {scheme.method.row_scheme: "varchar", scheme.method.column_scheme: "varchar"}
    with refused_as_configured(scheme):
        return compile_scheme(scheme, relation, columns)


def assign(connection: duckdb.DuckDBPyConnection, workspace: Workspace) -> str:
    """Run all schemes; return the query of segment_explanations."""
    schemes = in_order(workspace)
    for table in TABLES:
        connection.execute(f"create or replace temp table {table} ({COLUMNS})")
    is_doubted = doubt(connection)
    for unit in sorted({scheme.unit for scheme in schemes}):
        lay_out_features(connection, unit)
        lay_out_trusted(connection, unit)
    for scheme in schemes:
        if is_doubted:
            _judge(connection, scheme, source="engine", features="features")
            connection.execute(f"insert into engine by name {UNTOUCHED}")
        _judge(connection, scheme, source="assigned", features="trusted")
        standing = _held(connection, workspace, scheme) if is_doubted else UNTOUCHED
        connection.execute(f"insert into assigned by name {standing}")
    return "select * from assigned"


def in_force(connection: duckdb.DuckDBPyConnection, workspace: Workspace) -> str:
    """Return the query of segment_assignment: what stands tonight, and since when."""
    del connection, workspace
    return RESULT


def _judge(
    connection: duckdb.DuckDBPyConnection, scheme: Scheme, *, source: str, features: str
) -> None:
    """Create the table `judged`: what the rules say, over one of the two views of features.

    A matrix joins the segments that its parents have in `source`.
    """
    relation = f"{scheme.unit}_{features}"
    if isinstance(scheme.method, Matrix):
        connection.execute(cells_statement(scheme, scheme.method, relation, source))
    if isinstance(scheme.method, Ranking):
        lay_out_cuts(connection, scheme)
    connection.execute(
        f"""
        create or replace temp table judged as
        select
            {literal(scheme.scheme_id)} as scheme_id, {literal(scheme.unit)} as unit_type,
            {unit_key(scheme.keys, "result")} as unit_id,
            {literal(rule_hash(scheme))} as rule_hash, result.* exclude (banded_segment_id)
        from ({compiled(scheme, relation)}) as result
        """
    )


def _held(connection: duckdb.DuckDBPyConnection, workspace: Workspace, scheme: Scheme) -> str:
    """Return the query of what is in force of a scheme, where some values are not trusted."""
    name = literal(scheme.scheme_id)
    if isinstance(scheme.method, Matrix):
        parents = (scheme.method.row_scheme, scheme.method.column_scheme)
        return HELD_CELLS.format(scheme=name, parents=", ".join(map(literal, parents)))
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


def cells_statement(scheme: Scheme, matrix: Matrix, relation: str, source: str) -> str:
    """Return the statement that gives a matrix its relation: features and the two segments."""
    unit = unit_key(scheme.keys, "f")
    return f"""
        create or replace temp view cells as
        select
            f.*,
            rows.segment_id as {matrix.row_scheme},
            columns.segment_id as {matrix.column_scheme}
        from {relation} as f
        left join {source} as rows
            on rows.scheme_id = {literal(matrix.row_scheme)} and rows.unit_id = {unit}
        left join {source} as columns
            on columns.scheme_id = {literal(matrix.column_scheme)} and columns.unit_id = {unit}
    """
