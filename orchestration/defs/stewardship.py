"""Where data come from and whose they are: the map of fields, and the cases of the stewards."""

import dagster as dg

from orchestration.python_table import python_table
from orchestration.stewardship import cases_of_the_night
from workspace.config.entities import entities
from workspace.field_sources import field_source_map


@dg.definitions
def stewardship() -> dg.Definitions:
    """Make the assets that come after lineage and gates."""
    raw = [f"raw.{name}" for name in entities()]
    return dg.Definitions(
        assets=[
            python_table(
                "control.field_source_map",
                field_source_map,
                deps=["control.asset_lineage", "control.raw_extracts", *raw],
                kind="sql",
            ),
            python_table(
                "control.dq_stewardship",
                cases_of_the_night,
                deps=[
                    "control.dq_gates",
                    "control.quarantine",
                    "control.dq_outliers",
                    "golden.match_pairs",
                    "golden.entity_events",
                    "hierarchies.hier_disagreement",
                    "segments.sync_deviation",
                ],
                kind="sql",
            ),
        ]
    )
