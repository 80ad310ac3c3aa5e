"""The scores of schemes that score."""

import dagster as dg

from orchestration.python_table import python_table
from orchestration.segments.scores import TABLE, scores
from orchestration.segments.unit_features import SUBSTITUTES
from workspace.table_contract import feature_tables
from workspace.units import UNIT_KINDS


@dg.definitions
def segment_scores() -> dg.Definitions:
    """Make the asset of what scores hang on."""
    read = [
        *(table.name for table in feature_tables()),
        *(kind.universe for kind in UNIT_KINDS.values()),
        SUBSTITUTES,
    ]
    return dg.Definitions(assets=[python_table(TABLE, scores, deps=read, kind="sql")])
