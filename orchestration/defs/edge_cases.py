"""Units that are not as usual: what stands in for their values, and exceptions."""

import dagster as dg

from orchestration.edge_cases.exceptions import TABLE as EXCEPTIONS
from orchestration.edge_cases.exceptions import exceptions
from orchestration.edge_cases.quality import TABLE as FALLBACKS
from orchestration.edge_cases.quality import fallbacks_used
from orchestration.edge_cases.substitutes import substitutes
from orchestration.metric_trust import TABLE as TRUST
from orchestration.python_table import python_table
from orchestration.segments.unit_features import SUBSTITUTES
from workspace.table_contract import feature_tables
from workspace.units import UNIT_KINDS

EXPLANATIONS = "segments.segment_explanations"


@dg.definitions
def edge_cases() -> dg.Definitions:
    """Make the assets of substitutes, and of what rests on them."""
    read = [
        *(table.name for table in feature_tables()),
        *(kind.universe for kind in UNIT_KINDS.values()),
        TRUST,
    ]
    freshness = "control.source_freshness"
    return dg.Definitions(
        assets=[
            python_table(SUBSTITUTES, substitutes, deps=[freshness, *read], kind="sql"),
            python_table(FALLBACKS, fallbacks_used, deps=[EXPLANATIONS], kind="sql"),
            python_table(
                EXCEPTIONS,
                exceptions,
                deps=[EXPLANATIONS, SUBSTITUTES, "golden.golden_xref", *read],
                kind="sql",
            ),
        ]
    )
