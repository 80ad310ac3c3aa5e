"""The resources of the code location."""

import dagster as dg

from orchestration.resource import Night


@dg.definitions
def resources() -> dg.Definitions:
    """Bind the night."""
    return dg.Definitions(resources={"night": Night()})
