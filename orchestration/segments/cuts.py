"""Reviews: the cut values that rankings go by, found when one is due and kept otherwise."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import duckdb

from models.segmentation.compile import compile_cuts
from models.segmentation.methods.ranking import CUT_VALUES, Ranking
from models.segmentation.scheme import Scheme, cuts_hash
from orchestration.segments.overlaid import parts_of
from orchestration.segments.scheme_faults import refused_as_configured
from orchestration.segments.unit_features import lay_out_units
from workspace.folder import Workspace
from workspace.ingest.parsing import literal
from workspace.schemes import in_order
from workspace.table_contract import feature_columns
from workspace.units import UNIT_KINDS

TABLE = "segments.segment_cut"
NOTHING_RANKED = "select * from prior.segment_cut where false"
# What a review of the same ranking has found stays until the next period begins. A group that no
# review has seen is reviewed tonight.
REVIEWED = """
    with tonight as (
        {statement}
    ),

    kept as (
        select before.*
        from prior.segment_cut as before
        cross join night.parameters as parameters
        where
            before.scheme_id = {scheme} and before.cuts_hash = {cuts_hash}
            and {is_standing}
    ),

    fresh as (
        select tonight.*, parameters.business_date as reviewed_date
        from tonight
        cross join night.parameters as parameters
        anti join kept on tonight.group_key = kept.group_key
    ),

    final as (
        select
            {scheme} as scheme_id, group_key, segment_id, cut_value, unit_count, reviewed_date,
            {cuts_hash} as cuts_hash
        from fresh
        union all by name
        select * from kept
    )

    select * from final
"""


def review(connection: duckdb.DuckDBPyConnection, workspace: Workspace) -> str:
    """Find the cut values of each ranking that is due; return segment_cut's query.

    Values that are not trusted count with the last that was. An overlay moves where the ranking of
    all units is cut for its own: who is ranked among whom is the scheme's.
    """
    schemes = [scheme for scheme in in_order(workspace) if isinstance(scheme.method, Ranking)]
    lay_out_units(connection, [scheme.unit for scheme in schemes])
    reviews = {
        cuts_hash(part.scheme): _review_of(part.scheme, workspace)
        for scheme in schemes
        for part in parts_of(connection, workspace, scheme)
    }
    return (
        " union all by name ".join(f"select * from ({each})" for each in reviews.values())
        or NOTHING_RANKED
    )


def _review_of(scheme: Scheme, workspace: Workspace) -> str:
    with refused_as_configured(scheme):
        statement = compile_cuts(
            replace(scheme, band=Decimal(0)),  # a review finds cuts, it moves nobody
            f"{scheme.unit}_trusted",
            feature_columns(UNIT_KINDS[scheme.unit].key),
        )
    return REVIEWED.format(
        statement=statement,
        scheme=literal(scheme.scheme_id),
        cuts_hash=literal(cuts_hash(scheme)),
        is_standing=_is_standing(workspace.schemes[scheme.scheme_id].value.review.every),
    )


def lay_out_cuts(connection: duckdb.DuckDBPyConnection, scheme: Scheme) -> None:
    """Create the view of cut values that a ranking reads: one row per group, a column per cut."""
    assert isinstance(scheme.method, Ranking)
    connection.execute(
        f"create or replace temp view {CUT_VALUES} as "
        f"select group_key, max(reviewed_date) as reviewed_date, {scheme.method.by_group()} "
        f"from {TABLE} "
        f"where scheme_id = {literal(scheme.scheme_id)} "
        f"and cuts_hash = {literal(cuts_hash(scheme))} group by group_key"
    )


def _is_standing(every: str) -> str:
    """Return whether an earlier review is of the same period as tonight."""
    if every == "night":
        return "false"
    return (
        f"date_trunc('{every}', before.reviewed_date) = "
        f"date_trunc('{every}', parameters.business_date)"
    )
