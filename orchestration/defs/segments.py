"""The segments of the night: assignments, the rules behind them, and what changed."""

import dagster as dg
import duckdb
import pyarrow as pa

from models.segmentation.methods.matrix import Matrix
from orchestration.metric_trust import TABLE as TRUST
from orchestration.python_table import python_table
from orchestration.segments.assignment import assign, in_force
from orchestration.segments.assignment_history import TABLE as HISTORY
from orchestration.segments.assignment_history import history
from orchestration.segments.cuts import TABLE as CUTS
from orchestration.segments.cuts import review
from orchestration.segments.margin_sensitivity import margin_sensitivity, segment_margins
from orchestration.segments.rule_registry import TABLE as REGISTRY
from orchestration.segments.rule_registry import registry
from orchestration.segments.triggers import TABLE as TRIGGERS
from workspace.folder import Workspace
from workspace.given_rows import arrow_table
from workspace.ingest.parsing import literal
from workspace.schemes import in_order
from workspace.table_contract import feature_tables
from workspace.units import UNIT_KINDS, unit_key

ASSIGNMENT = "segments.segment_assignment"
EXPLANATIONS = "segments.segment_explanations"
SENSITIVITY = "segments.segment_margin_sensitivity"


def _matrix(connection: duckdb.DuckDBPyConnection, workspace: Workspace) -> str:
    """Return count and value of each segment; the cells of a matrix name row and column."""
    schemes = in_order(workspace)
    parents = [
        (scheme.scheme_id, scheme.method.row_scheme, scheme.method.column_scheme)
        for scheme in schemes
        if isinstance(scheme.method, Matrix)
    ]
    connection.execute(
        "create or replace temp table parents "
        "(scheme_id varchar, row_scheme_id varchar, column_scheme_id varchar)"
    )
    if parents:
        connection.executemany("insert into parents values (?, ?, ?)", parents)
    worth = " union all by name ".join(
        f"select {literal(kind.name)} as unit_type, {unit_key(kind.key, 't')} as unit_id, t.* "
        f"from {kind.worth} as t"
        for kind in (UNIT_KINDS[unit] for unit in sorted({scheme.unit for scheme in schemes}))
    )
    connection.execute(f"create or replace temp view worth as {worth}")
    return CELLS


CELLS = """
    with assignments as (
        select * from segments.segment_assignment
    ),

    placed as (
        select
            a.scheme_id, a.segment_id, a.unit_type, a.unit_id,
            r.segment_id as row_segment_id, c.segment_id as column_segment_id
        from assignments as a
        left join parents as p on p.scheme_id = a.scheme_id
        left join assignments as r on r.scheme_id = p.row_scheme_id and r.unit_id = a.unit_id
        left join assignments as c on c.scheme_id = p.column_scheme_id and c.unit_id = a.unit_id
    ),

    final as (
        select
            placed.scheme_id,
            placed.segment_id,
            min(placed.row_segment_id) as row_segment_id,
            min(placed.column_segment_id) as column_segment_id,
            count(*) as item_count,
            sum(worth.revenue_12m_amount) as value_12m_amount,
            coalesce(sum(worth.stock_value_amount), 0) as stock_value_amount
        from placed
        join worth using (unit_type, unit_id)
        group by placed.scheme_id, placed.segment_id
    )

    select * from final
"""


STARTERS = {name: pa.string() for name in ("overlay_id", "namespace", "scheme_id", "segment_id")}


def _provisional(connection: duckdb.DuckDBPyConnection, workspace: Workspace) -> str:
    """Return the segments that customers of firms kept apart have until an approval."""
    rows = [
        (name, read.value.namespace, scheme, segment)
        for name, read in workspace.overlays.items()
        for scheme, segment in read.value.starter.items()
    ]
    connection.register("starters", arrow_table(STARTERS, rows))
    return """
        select
            starters.scheme_id, records.namespace, records.source_key, starters.overlay_id,
            starters.segment_id, records.golden_id
        from golden.match_provisional as records
        join starters using (namespace)
        where records.object_type = 'customer'
    """


def _history(connection: duckdb.DuckDBPyConnection, workspace: Workspace) -> str:
    """Return who was in which segment, when, and since when that is known."""
    del workspace
    return history(connection)


@dg.definitions
def segments() -> dg.Definitions:
    """Make the assets of the segment tables."""
    read = [
        *(table.name for table in feature_tables()),
        *(kind.universe for kind in UNIT_KINDS.values()),
        TRUST,
        REGISTRY,
    ]
    return dg.Definitions(
        assets=[
            python_table(
                REGISTRY, registry, deps=["night.parameters", "control.raw_extracts"], kind="yaml"
            ),
            python_table(CUTS, review, deps=read, kind="sql"),
            python_table(EXPLANATIONS, assign, deps=[CUTS, TRIGGERS, *read], kind="sql"),
            python_table(ASSIGNMENT, in_force, deps=["night.parameters"], kind="sql"),
            python_table("segments.segment_matrix", _matrix, deps=[ASSIGNMENT], kind="sql"),
            python_table(
                SENSITIVITY, margin_sensitivity, deps=[ASSIGNMENT, CUTS, *read], kind="sql"
            ),
            python_table(
                "segments.segment_margin_quality",
                segment_margins,
                deps=[ASSIGNMENT, SENSITIVITY, "night.parameters"],
                kind="sql",
            ),
            python_table("segments.segment_provisional", _provisional, kind="yaml"),
            python_table(
                HISTORY,
                _history,
                deps=[ASSIGNMENT, EXPLANATIONS, "golden.entity_events"],
                kind="sql",
            ),
        ]
    )
