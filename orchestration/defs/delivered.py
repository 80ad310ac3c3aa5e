"""One asset for each delivered table: landed, counted, parsed; made from the contracts."""

from collections.abc import Iterator

import dagster as dg

from orchestration.lineage import Metadata
from orchestration.refusal import refusals
from orchestration.resource import NIGHTS, Night, served_workspace
from workspace.config.source_file import SourceFile
from workspace.ingest.control import table_of
from workspace.ingest.landing import Landed, land


def _key(system: str, extract: str) -> dg.AssetKey:
    return dg.AssetKey(["delivered", f"{system}__{extract}"])


def _landing(source: SourceFile) -> dg.AssetsDefinition:
    """Return the assets of one system, landed in one step."""

    @dg.multi_asset(
        name=f"delivered_{source.system}",
        specs=[
            dg.AssetSpec(
                _key(source.system, name),
                deps=[["night", "parameters"]],
                description=f"{extract.description} Delivered as {extract.path}.",
                kinds={"duckdb", "csv"},
            )
            for name, extract in source.extracts.items()
        ],
        group_name="delivered",
        partitions_def=NIGHTS,
    )
    def landing(night: Night) -> Iterator[dg.MaterializeResult]:
        with night.warehouse() as connection:
            for name in source.extracts:
                with refusals():
                    landed = land(connection, night.workspace, source, name)
                yield dg.MaterializeResult(
                    asset_key=_key(source.system, name), metadata=_metadata(source, name, landed)
                )

    return landing


def _metadata(source: SourceFile, name: str, landed: Landed) -> Metadata:
    columns = source.extracts[name].columns
    return {
        "dagster/row_count": landed.record_count,
        "dagster/table_name": table_of(source.system, name),
        "dagster/column_schema": dg.TableSchema(
            columns=[
                dg.TableColumn(name=column, type="text", description=f"Delivered {spec.type}.")
                for column, spec in columns.items()
            ]
        ),
        "files": landed.file_count,
        "files read for the first time": landed.built_count,
        "usable": landed.typed_count,
        "faulty": landed.faulty_count,
        "skipped": landed.skipped_count,
        "sha256": list(landed.hashes),  # the archive keeps each file under its hash
    }


@dg.definitions
def delivered() -> dg.Definitions:
    """Read the contracts of the workspace this process serves."""
    workspace = served_workspace()
    return dg.Definitions(assets=[_landing(read.value) for read in workspace.sources.values()])
