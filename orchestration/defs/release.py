"""The end of the night: the release."""

from datetime import date

import dagster as dg

from expectations.data_docs import write_data_docs
from orchestration.refusal import refusals
from orchestration.resource import NIGHTS, Night
from serving.report.render import write_report
from workspace.ingest.delivery import read_inputs_hash
from workspace.night_inputs import night_key
from workspace.release_builder import assemble, released_tables, staging_folder
from workspace.releases import previous_release, publish


@dg.asset(
    key=["release", "release"],
    deps=[dg.AssetKey([table.schema, table.table]) for table in released_tables()],
    description="An immutable folder with every public table, its report and its evidence.",
    group_name="release",
    kinds={"duckdb", "parquet"},
    partitions_def=NIGHTS,
)
def release(context: dg.AssetExecutionContext, night: Night) -> dg.MaterializeResult:
    """Assemble the tables, render the report, and swap the pointer."""
    workspace = night.workspace
    with refusals():
        business_date = date.fromisoformat(context.partition_key)
        previous = previous_release(workspace, business_date)
        staged = staging_folder(workspace, context.run_id)
        with night.warehouse() as connection:
            key = night_key(workspace, business_date, inputs=read_inputs_hash(connection))
            draft = assemble(connection, workspace, staged, key)
        write_data_docs(workspace.build / "suites", staged / "checks")
        write_report(staged, previous.folder if previous else None)
        published = publish(workspace, staged, draft.manifest(context.run_id))
    return dg.MaterializeResult(
        metadata={
            "release_id": published.release_id,
            "tables": len(published.manifest["identity"]["tables"]),
            "dagster/row_count": sum(
                table["rows"] for table in published.manifest["identity"]["tables"].values()
            ),
            "report": dg.MetadataValue.path(published.folder / "report.html"),
        }
    )
