"""The segments of the night: assignments, the rules behind them, and what changed."""

import dagster as dg
import duckdb
import pyarrow as pa

from orchestration.metric_trust import TABLE as TRUST
from orchestration.python_table import python_table
from orchestration.segments.agreement import TABLE as AGREEMENT
from orchestration.segments.agreement import agreements
from orchestration.segments.assignment import assign, in_force
from orchestration.segments.assignment_history import TABLE as HISTORY
from orchestration.segments.assignment_history import history
from orchestration.segments.cuts import TABLE as CUTS
from orchestration.segments.cuts import review
from orchestration.segments.margin_sensitivity import margin_sensitivity, segment_margins
from orchestration.segments.matrices import CONFLICTS, segment_conflict, segment_matrix
from orchestration.segments.matrices import TABLE as MATRIX
from orchestration.segments.rule_registry import TABLE as REGISTRY
from orchestration.segments.rule_registry import registry
from orchestration.segments.triggers import TABLE as TRIGGERS
from orchestration.segments.unit_features import SUBSTITUTES
from workspace.folder import Workspace
from workspace.given_rows import arrow_table
from workspace.table_contract import feature_tables
from workspace.units import UNIT_KINDS

ASSIGNMENT = "segments.segment_assignment"
EXPLANATIONS = "segments.segment_explanations"
SENSITIVITY = "segments.segment_margin_sensitivity"


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
        *(TRUST, REGISTRY, SUBSTITUTES),
    ]
    worths = sorted({kind.worth for kind in UNIT_KINDS.values()})
    return dg.Definitions(
        assets=[
            python_table(
                REGISTRY, registry, deps=["night.parameters", "control.raw_extracts"], kind="yaml"
            ),
            python_table(CUTS, review, deps=read, kind="sql"),
            python_table(EXPLANATIONS, assign, deps=[CUTS, TRIGGERS, *read], kind="sql"),
            python_table(ASSIGNMENT, in_force, deps=["night.parameters"], kind="sql"),
            python_table(AGREEMENT, agreements, deps=[ASSIGNMENT]),
            python_table(
                MATRIX, segment_matrix, deps=[ASSIGNMENT, EXPLANATIONS, *worths], kind="sql"
            ),
            python_table(CONFLICTS, segment_conflict, deps=[EXPLANATIONS], kind="sql"),
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
