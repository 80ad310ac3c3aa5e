"""The vocabulary of segments: its codes, local codes and copies, and how functions agree."""

import dagster as dg

from orchestration import taxonomy as tables
from orchestration.python_table import python_table
from orchestration.segments import copies as segment_copies

RAW = ("raw.customers", "raw.customer_hierarchy", "control.raw_extracts")


@dg.definitions
def taxonomy() -> dg.Definitions:
    """Make the assets of the vocabulary; an unknown code stops the night here."""
    return dg.Definitions(
        assets=[
            python_table(
                "segments.dim_segment", tables.segments, deps=["night.parameters"], kind="yaml"
            ),
            python_table("segments.taxonomy_crosswalk", tables.crosswalk, deps=RAW, kind="sql"),
            python_table("segments.taxonomy_account", tables.accounts, deps=RAW, kind="sql"),
            python_table("segments.taxonomy_customer", tables.customers, kind="sql"),
            python_table("segments.taxonomy_confusion", tables.confusion, kind="sql"),
            python_table("segments.taxonomy_agreement", tables.agreement, kind="numpy"),
            python_table("segments.sync_deviation", segment_copies.deviations, kind="sql"),
            python_table("segments.sync_reconciliation", segment_copies.reconciliation, kind="sql"),
        ]
    )
