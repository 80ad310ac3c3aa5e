"""What a choice of scheme rests on: axis, grain, driver, number of segments and objective."""

import dagster as dg

from orchestration.choice.plan import AIMS, CONTRIBUTIONS, aims_of_the_plan, contributions
from orchestration.choice.reports import (
    AGREEMENT,
    AXES,
    COUNTS,
    DRIVERS,
    GRAINS,
    OBJECTIVES,
    SWITCHES,
    axis_selection_report,
    driver_agreement,
    driver_comparison,
    driver_switch,
    grain_assessment,
    objective_frontier,
    segment_count_frontier,
)
from orchestration.python_table import python_table

LINES = (
    *("night.parameters", "facts.int_customer_channel", "features.int_customer_requests"),
    *("features.feat_cost_to_serve", "facts.int_contracts_resolved"),
    *("staging.stg_shipment_lines", "staging.stg_order_lines", "golden.golden_product"),
)
ITEMS = (
    *("night.parameters", "facts.fct_order_line", "facts.fct_stock", "features.int_components"),
    *("features.feat_item_value", "features.feat_margin_quality", "features.feat_demand_profile"),
    *("features.feat_supply_profile", "policies.policy_safety_stock"),
)
PLANNED = (
    *("night.parameters", "segments.segment_assignment", "facts.fct_order_line"),
    *("features.feat_cost_to_serve", "facts.fct_stock"),
)


@dg.definitions
def choice() -> dg.Definitions:
    """Make the assets that a choice of scheme rests on."""
    return dg.Definitions(
        assets=[
            python_table(AXES, axis_selection_report, deps=LINES),
            python_table(GRAINS, grain_assessment, deps=LINES),
            python_table(DRIVERS, driver_comparison, deps=ITEMS),
            python_table(AGREEMENT, driver_agreement, deps=ITEMS),
            python_table(SWITCHES, driver_switch, deps=ITEMS),
            python_table(COUNTS, segment_count_frontier, deps=ITEMS),
            python_table(OBJECTIVES, objective_frontier, deps=ITEMS),
            python_table(CONTRIBUTIONS, contributions, deps=PLANNED, kind="sql"),
            python_table(AIMS, aims_of_the_plan, kind="sql"),
        ]
    )
