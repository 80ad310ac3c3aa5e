"""Versions of rules: what decided when, approved by whom, begun with which code and data."""

from __future__ import annotations

import duckdb
import pyarrow as pa

from models.segmentation.scheme import rule_hash
from orchestration.segments.assignment import compiled
from workspace.decisions import decision_class
from workspace.folder import Workspace
from workspace.given_rows import arrow_table
from workspace.ingest.delivery import read_inputs_hash
from workspace.ingest.parsing import literal
from workspace.schemes import in_order
from workspace.variants import BASE, Variant, variants_of
from workspace.warehouse import one_row

TABLE = "segments.rule_set_registry"
TONIGHT = {
    **dict.fromkeys(
        (
            *("scheme_id", "overlay_id", "applies_to", "decision_class"),
            *("rule_hash", "title", "method", "definition", "overlay_definition", "sql_text"),
        ),
        pa.string(),
    ),
    "semantic_version": pa.string(),
    "legal_tags": pa.string(),
    "approved_by": pa.string(),
    "approved_date": pa.date32(),
}
# A row is a time in which a version was in force, for the base's units or an overlay's: one that
# comes back has two. What is in force keeps the day, the code and the data it began with; its
# approval is what the file says tonight.
RESULT = """
    with tonight as (
        select * from rules_tonight
    ),

    known as (
        select * replace (coalesce(overlay_id, {base}) as overlay_id)
        from prior.rule_set_registry
    ),

    standing as (
        select
            tonight.*, known.effective_from, known.effective_to, known.code_sha256,
            known.inputs_sha256
        from tonight
        join known using (scheme_id, overlay_id, rule_hash)
        where
            known.effective_to is null
            and known.applies_to is not distinct from tonight.applies_to
    ),

    begun as (
        select
            tonight.*,
            parameters.business_date as effective_from,
            cast(null as date) as effective_to,
            parameters.code_sha256,
            {inputs} as inputs_sha256
        from tonight
        cross join night.parameters as parameters
        anti join standing using (scheme_id, overlay_id, rule_hash)
    ),

    past as (
        select
            known.* replace (
                coalesce(known.effective_to, parameters.business_date) as effective_to
            )
        from known
        cross join night.parameters as parameters
        anti join standing using (scheme_id, overlay_id, rule_hash, effective_from)
    ),

    final as (
        select * from standing
        union all by name
        select * from begun
        union all by name
        select * from past
    )

    select * from final
"""


def registry(connection: duckdb.DuckDBPyConnection, workspace: Workspace) -> str:
    """Return the query of rule_set_registry."""
    day = one_row(connection, "select business_date from night.parameters")[0]
    rows = [
        _version(variant, decision_class(workspace, scheme.scheme_id))
        for scheme in in_order(workspace)
        for variant in variants_of(workspace, scheme.scheme_id, day)
    ]
    connection.register("rules_tonight", arrow_table(TONIGHT, rows))
    return RESULT.format(inputs=literal(read_inputs_hash(connection)), base=literal(BASE))


def _version(variant: Variant, decides: str) -> tuple[object, ...]:
    """Return the row of a scheme as it holds for some units, in the order of TONIGHT."""
    scheme, overlay, base = variant.scheme, variant.overlay, variant.read.value
    stated = overlay.value if overlay else base  # an overlay answers for itself what it changes
    approval = stated.approval
    tags = dict.fromkeys([*base.legal_tags, *stated.legal_tags])
    return (
        scheme.scheme_id,
        variant.overlay_id,
        variant.applies_to,
        decides,
        rule_hash(scheme),
        scheme.title,
        scheme.method.kind,
        variant.definition,
        variant.overlay_definition,
        compiled(scheme),
        stated.version,
        ", ".join(tags) or None,
        approval.by if approval else None,
        approval.day if approval else None,
    )
