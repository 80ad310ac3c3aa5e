"""How many units of a scheme may rest on what stands in for a value before a night is held."""

from __future__ import annotations

import duckdb

from models.segmentation.compile import MISSING_INPUT
from orchestration.edge_cases.quality import TABLE
from orchestration.gate_book import Finding
from workspace.folder import Workspace

# Units on the scheme's own fallback for want of an input count, too; cells count in their schemes.
SHARES = """
    select
        e.scheme_id,
        count(*) as unit_count,
        count(*) filter (where f.unit_id is not null or e.fallback_code = ?) as resting_count
    from segments.segment_explanations as e
    left join (select distinct scheme_id, unit_id from segments.assignment_fallbacks) as f
        using (scheme_id, unit_id)
    group by e.scheme_id
    order by e.scheme_id
"""


def fallback_share_is_within_its_limit(
    connection: duckdb.DuckDBPyConnection, workspace: Workspace
) -> Finding:
    """No scheme rests on fallbacks for a larger share of its units than the workspace allows."""
    limit = workspace.file.gates.maximum_fallback_share
    found = connection.execute(SHARES, [MISSING_INPUT]).fetchall()
    over = [
        f"{scheme}: {resting} of {units} units rest on a fallback, limit {limit:.0%}."
        for scheme, units, resting in found
        if resting > limit * units
    ]
    return Finding(
        gate=f"{TABLE}.fallback_share_is_within_its_limit",
        table=TABLE,
        kind="cross_table",
        is_passed=not over,
        evaluated_count=sum(units for _, units, _ in found),
        failed_count=sum(resting for _, _, resting in found),
        detail=" ".join(over),
    )
