"""Values that lie too far from the rest, with the decision on each."""

import dagster as dg

from orchestration.python_table import python_table
from orchestration.resource import served_workspace
from orchestration.screening import screen_metrics, screened_tables


@dg.definitions
def outliers() -> dg.Definitions:
    """Read which tables the workspace has screened."""
    served = served_workspace()
    read = ["facts.int_product_site", *screened_tables(served)]
    return dg.Definitions(assets=[python_table("control.dq_outliers", screen_metrics, deps=read)])
