"""Metrics that schemes read, and which of their values may move a unit."""

import dagster as dg

from orchestration.metric_trust import TABLE, check_metrics
from orchestration.python_table import python_table
from orchestration.resource import served_workspace
from workspace.table_contract import feature_tables


@dg.definitions
def metric_trust() -> dg.Definitions:
    """Read which facts the workspace's controls add up."""
    served = served_workspace()
    metrics = served.quality.metrics.metrics.values()
    facts = {f"facts.{metric.control.table}" for metric in metrics if metric.control}
    read = [*(table.name for table in feature_tables()), *sorted(facts)]
    return dg.Definitions(assets=[python_table(TABLE, check_metrics, deps=read, kind="sql")])
