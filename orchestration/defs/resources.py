"""The resources of the code location."""

import dagster as dg
from dagster_dbt import DbtCliResource

from orchestration.dbt import EXECUTABLE, PROJECT
from orchestration.resource import Night


@dg.definitions
def resources() -> dg.Definitions:
    """Bind the night and dbt."""
    return dg.Definitions(
        resources={"night": Night(), "dbt": DbtCliResource(PROJECT, dbt_executable=EXECUTABLE)}
    )
