"""The tables of the stock policy."""

import dagster as dg

from orchestration.python_table import python_table
from orchestration.stock_policy import (
    REORDER,
    SAFETY_STOCK,
    TARGET,
    reorder,
    safety_stock,
    service_target,
)


@dg.definitions
def policies() -> dg.Definitions:
    """Make the assets of the stock policy."""
    return dg.Definitions(
        assets=[
            python_table(TARGET, service_target, deps=["segments.segment_assignment"], kind="yaml"),
            python_table(SAFETY_STOCK, safety_stock),
            python_table(REORDER, reorder),
        ]
    )
