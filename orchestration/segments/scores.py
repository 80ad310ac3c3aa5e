"""What scores are made of, and how far each weight may move before a class or a rank changes."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import duckdb

from models.segmentation.methods.weighted_score import WeightedScore
from models.segmentation.score_weights import compile_weights
from orchestration.segments.overlaid import Part, parts_of
from orchestration.segments.scheme_faults import refused_as_configured
from orchestration.segments.unit_features import lay_out_units
from workspace.folder import Workspace
from workspace.ingest.parsing import literal
from workspace.schemes import in_order
from workspace.table_contract import contract, feature_columns
from workspace.units import UNIT_KINDS, unit_key

TABLE = "segments.segment_scores"


def scores(connection: duckdb.DuckDBPyConnection, workspace: Workspace) -> str:
    """Return the query of segment_scores, by values that are trusted."""
    schemes = [each for each in in_order(workspace) if isinstance(each.method, WeightedScore)]
    lay_out_units(connection, [scheme.unit for scheme in schemes])
    connection.execute(f"create or replace temp table scored as {contract(TABLE).no_rows()}")
    for scheme in schemes:
        for part in parts_of(connection, workspace, scheme):
            connection.execute(f"insert into scored by name {_scores_of(connection, part)}")
    return "select * from scored"


def _scores_of(connection: duckdb.DuckDBPyConnection, part: Part) -> str:
    scheme = part.scheme
    with refused_as_configured(scheme):
        statement = compile_weights(
            replace(scheme, band=Decimal(0)),  # a score is what it is, wherever the unit stood
            part.of(connection, f"{scheme.unit}_trusted"),
            feature_columns(UNIT_KINDS[scheme.unit].key),
        )
    return (
        f"select {literal(scheme.scheme_id)} as scheme_id, {literal(scheme.unit)} as unit_type, "
        f"{unit_key(scheme.keys, 'result')} as unit_id, "
        f"result.* exclude ({', '.join(scheme.keys)}) from ({statement}) as result"
    )
