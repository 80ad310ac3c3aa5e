"""Lint of the night's rules."""

import dagster as dg

from orchestration.python_table import python_table
from orchestration.segments.rule_lint import TABLE, rule_lint


@dg.definitions
def lint() -> dg.Definitions:
    """Make the asset of what lint has found."""
    return dg.Definitions(
        assets=[python_table(TABLE, rule_lint, deps=["night.parameters"], kind="yaml")]
    )
