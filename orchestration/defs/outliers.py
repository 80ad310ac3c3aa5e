"""Values that lie too far from the rest, with the decision on each."""

import dagster as dg

from orchestration import settings
from orchestration.python_table import python_table
from orchestration.screening import screen_metrics, screened_tables
from workspace.folder import open_workspace


@dg.definitions
def outliers() -> dg.Definitions:
    """Read which tables the workspace has screened."""
    served = open_workspace(settings.workspace_root(), inbox=settings.inbox())
    read = ["facts.int_product_site", *screened_tables(served)]
    return dg.Definitions(assets=[python_table("control.dq_outliers", screen_metrics, deps=read)])
