"""The resources of the code location."""

import dagster as dg

from orchestration.dbt import EXECUTABLE, FOLDER, Dbt
from orchestration.resource import Night


@dg.definitions
def resources() -> dg.Definitions:
    """Bind the night and dbt."""
    return dg.Definitions(
        resources={
            "night": Night(),
            "dbt": Dbt(
                project_dir=str(FOLDER), profiles_dir=str(FOLDER), dbt_executable=EXECUTABLE
            ),
        }
    )
