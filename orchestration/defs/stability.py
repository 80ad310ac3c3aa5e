"""What keeps segments still, how restless they are, and what other settings would do."""

import dagster as dg

from orchestration.metric_trust import TABLE as TRUST
from orchestration.python_table import python_table
from orchestration.segment_calendar import TABLE as CALENDAR
from orchestration.segment_calendar import refresh_calendar
from orchestration.segment_churn import RATES, churn, rates
from orchestration.segment_churn import TABLE as CHURN
from orchestration.segment_evaluations import FRONTIER, evaluations, frontiers
from orchestration.segment_evaluations import TABLE as EVALUATIONS
from orchestration.segment_history import TABLE as HISTORY
from orchestration.segment_stability import TABLE as STABILITY
from orchestration.segment_stability import state
from orchestration.segment_triggers import TABLE as TRIGGERS
from orchestration.segment_triggers import watched
from workspace.schemes import UNITS
from workspace.table_contract import feature_tables

ASSIGNMENT = "segments.segment_assignment"
EXPLANATIONS = "segments.segment_explanations"


@dg.definitions
def stability() -> dg.Definitions:
    """Make the assets that tell of stability."""
    read = [*(table.name for table in feature_tables()), *UNITS.values(), TRUST]
    return dg.Definitions(
        assets=[
            python_table(TRIGGERS, watched, deps=read),
            python_table(STABILITY, state, deps=[ASSIGNMENT, EXPLANATIONS]),
            python_table(CALENDAR, refresh_calendar, deps=[STABILITY], kind="yaml"),
            python_table(CHURN, churn, deps=[ASSIGNMENT]),
            python_table(EVALUATIONS, evaluations, deps=[ASSIGNMENT, EXPLANATIONS], kind="sql"),
            python_table(RATES, rates, deps=[HISTORY, EVALUATIONS]),
            python_table(FRONTIER, frontiers, deps=[EVALUATIONS, ASSIGNMENT]),
        ]
    )
