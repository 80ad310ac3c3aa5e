"""What keeps segments still, how restless they are, and what other settings would do."""

import dagster as dg

from orchestration.metric_trust import TABLE as TRUST
from orchestration.python_table import python_table
from orchestration.segments.assignment_history import TABLE as HISTORY
from orchestration.segments.churn import RATES, churn, rates
from orchestration.segments.churn import TABLE as CHURN
from orchestration.segments.evaluations import TABLE as EVALUATIONS
from orchestration.segments.evaluations import evaluations
from orchestration.segments.hysteresis import TABLE as FRONTIER
from orchestration.segments.hysteresis import frontiers
from orchestration.segments.refresh_calendar import TABLE as CALENDAR
from orchestration.segments.refresh_calendar import refresh_calendar
from orchestration.segments.stability import TABLE as STABILITY
from orchestration.segments.stability import state
from orchestration.segments.triggers import TABLE as TRIGGERS
from orchestration.segments.triggers import watched
from orchestration.segments.unit_features import SUBSTITUTES
from workspace.table_contract import feature_tables
from workspace.units import UNIT_KINDS

ASSIGNMENT = "segments.segment_assignment"
EXPLANATIONS = "segments.segment_explanations"


@dg.definitions
def stability() -> dg.Definitions:
    """Make the assets that tell of stability."""
    read = [
        *(table.name for table in feature_tables()),
        *(kind.universe for kind in UNIT_KINDS.values()),
        TRUST,
        SUBSTITUTES,
    ]
    return dg.Definitions(
        assets=[
            python_table(TRIGGERS, watched, deps=read),
            python_table(STABILITY, state, deps=[ASSIGNMENT, EXPLANATIONS]),
            python_table(CALENDAR, refresh_calendar, deps=[STABILITY], kind="yaml"),
            python_table(CHURN, churn, deps=[ASSIGNMENT]),
            python_table(
                EVALUATIONS,
                evaluations,
                deps=[ASSIGNMENT, EXPLANATIONS, "facts.fct_order_line"],
                kind="sql",
            ),
            python_table(RATES, rates, deps=[HISTORY, EVALUATIONS]),
            python_table(FRONTIER, frontiers, deps=[EVALUATIONS, ASSIGNMENT]),
        ]
    )
