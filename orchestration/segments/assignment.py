"""Running schemes: each compiles to one statement over the features of its units."""

from __future__ import annotations

import duckdb

from models.segmentation.compile import compile_scheme
from models.segmentation.methods.matrix import Matrix
from models.segmentation.methods.ranking import Ranking
from models.segmentation.scheme import Scheme, rule_hash
from orchestration.edge_cases.declared import lay_out_declared
from orchestration.edge_cases.exceptions import excepted
from orchestration.edge_cases.quality import lay_out_used, marked
from orchestration.segments.cells import are_held, cells_statement
from orchestration.segments.cuts import lay_out_cuts
from orchestration.segments.held_units import FORMER_UNIT, standing_of
from orchestration.segments.overlaid import Part, parts_of
from orchestration.segments.scheme_faults import refused_as_configured
from orchestration.segments.stability import lay_out_state, steadied
from orchestration.segments.standing_before import lay_out_stood
from orchestration.segments.unit_features import lay_out_units
from workspace.folder import Workspace
from workspace.ingest.parsing import literal
from workspace.schemes import in_order
from workspace.table_contract import feature_columns
from workspace.units import KEY_COLUMNS, UNIT_KINDS, unit_key

COLUMNS = """
    scheme_id varchar, overlay_id varchar, unit_type varchar, unit_id varchar, {keys},
    segment_id varchar,
    engine_segment_id varchar, hold_reason varchar, rule_id varchar, rule_hash varchar,
    inputs varchar, contributions varchar, fallback_code varchar, flip_column varchar,
    flip_value double, flip_segment_id varchar, value_at_stake_amount decimal(18, 4)
""".format(keys=", ".join(f"{column} varchar" for column in KEY_COLUMNS))
# Beside what is in force, what the rules say of the values as they are.
TABLES = ("assigned", "engine")
# The segments that the rules say of each unit, as the segments of a source.
BY_RULES = """
    create or replace temp view by_rules as
    select * replace (engine_segment_id as segment_id) from assigned
"""
UNTOUCHED = """
    select
        *, segment_id as engine_segment_id, cast(null as varchar) as hold_reason
    from judged
"""
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
                inputs, contributions, flip_column, flip_value, flip_segment_id, quality_mark
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
    columns = feature_columns(UNIT_KINDS[scheme.unit].key)
    relation = relation or f"{scheme.unit}_features"
    if isinstance(scheme.method, Matrix):
        relation = "cells"
        columns |= dict.fromkeys(scheme.method.axes, "varchar")
    with refused_as_configured(scheme):
        return compile_scheme(scheme, relation, columns)


def assign(connection: duckdb.DuckDBPyConnection, workspace: Workspace) -> str:
    """Run all schemes; return the query of segment_explanations."""
    schemes = in_order(workspace)
    for table in TABLES:
        connection.execute(f"create or replace temp table {table} ({COLUMNS})")
    lay_out_state(connection)
    lay_out_used(connection)
    is_doubted = lay_out_units(connection, [scheme.unit for scheme in schemes])
    lay_out_declared(connection, workspace)
    for scheme in schemes:
        for part in parts_of(connection, workspace, scheme):
            _assign_part(connection, workspace, part, is_doubted=is_doubted)
    return marked(connection, workspace, schemes)


def _assign_part(
    connection: duckdb.DuckDBPyConnection, workspace: Workspace, part: Part, *, is_doubted: bool
) -> None:
    """Add the units of a part to `assigned`."""
    scheme, is_held = part.scheme, is_doubted
    if is_doubted:
        _judge(connection, workspace, part, source="engine", features="features")
    elif isinstance(scheme.method, Matrix) and are_held(connection, scheme.method):
        connection.execute(BY_RULES)
        _judge(connection, workspace, part, source="by_rules", features="trusted")
        is_held = True
    if is_held:
        connection.execute(f"insert into engine by name {UNTOUCHED}")
    _judge(connection, workspace, part, source="assigned", features="trusted")
    standing = standing_of(connection, workspace, scheme) if is_held else UNTOUCHED
    standing = excepted(connection, scheme, standing)
    if part.stability is not None:
        standing = steadied(connection, scheme, part.stability, standing)
    connection.execute(f"insert into assigned by name {standing}")


def in_force(connection: duckdb.DuckDBPyConnection, workspace: Workspace) -> str:
    """Return the query of segment_assignment: what stands tonight, and since when."""
    del connection, workspace
    return RESULT


def _judge(
    connection: duckdb.DuckDBPyConnection,
    workspace: Workspace,
    part: Part,
    *,
    source: str,
    features: str,
) -> None:
    """Create the view `judged`: what the rules say, over one of the two views of features.

    A matrix joins the segments that its parents have in `source`. The table `said` has, too, what
    the rules say with bands, which depends on where each unit stood.
    """
    scheme = part.scheme
    relation = part.of(connection, f"{scheme.unit}_{features}")
    if isinstance(scheme.method, Matrix):
        connection.execute(cells_statement(workspace, scheme, relation, source))
    if scheme.band:
        relation = lay_out_stood(connection, scheme, relation)
    if isinstance(scheme.method, Ranking):
        lay_out_cuts(connection, scheme)
    connection.execute(
        f"""
        create or replace temp table said as
        select
            {literal(scheme.scheme_id)} as scheme_id,
            {literal(part.variant.overlay_id)} as overlay_id,
            {literal(scheme.unit)} as unit_type, {unit_key(scheme.keys, "result")} as unit_id,
            {literal(rule_hash(scheme))} as rule_hash, result.*
        from ({compiled(scheme, relation)}) as result
        """
    )
    connection.execute(
        "create or replace temp view judged as select * exclude (banded_segment_id) from said"
    )
