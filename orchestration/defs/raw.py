"""The canonical entities, and the books that say where each delivered record went."""

from collections.abc import Iterator

import dagster as dg

from orchestration.lineage import Metadata, lineage_metadata, table_metadata
from orchestration.refusal import refusals
from orchestration.resource import NIGHTS, Night, served_workspace
from workspace.config.entities import SQL_TYPES, Entity, entities
from workspace.folder import Workspace
from workspace.ingest.accounts import close_books
from workspace.ingest.keeping_apart import keep_apart
from workspace.ingest.mapping import fill
from workspace.ingest.mapping_lineage import entity_upstream
from workspace.ingest.meaning import set_aside
from workspace.ingest.withholding import withhold
from workspace.table_contract import contract
from workspace.warehouse import row_count

BOOKS = (
    "control.raw_extracts",
    "control.quarantine",
    "control.source_freshness",
    "control.extract_history",
)


def _specs(workspace: Workspace) -> list[dg.AssetSpec]:
    specs: list[dg.AssetSpec] = []
    for name, entity in entities().items():
        upstream = entity_upstream(workspace, name)
        delivered = sorted({table for sources in upstream.values() for table, _ in sources})
        referred = [["raw", reference.entity] for reference in entity.references]
        specs.append(
            dg.AssetSpec(
                ["raw", name],
                deps=[*(table.split(".", 1) for table in delivered), *referred],
                description=entity.description,
                group_name="raw",
                kinds={"duckdb"},
            )
        )
    books = [
        dg.AssetSpec(
            book.split("."),
            deps=[["raw", name] for name in entities()],
            description=contract(book).description,
            group_name="control",
        )
        for book in BOOKS
    ]
    return [*specs, *books]


def _metadata(workspace: Workspace, entity: Entity, rows: int) -> Metadata:
    return {
        "dagster/row_count": rows,
        "dagster/table_name": f"raw.{entity.entity}",
        "dagster/column_schema": dg.TableSchema(
            columns=[
                dg.TableColumn(name=name, type=SQL_TYPES[spec.type], description=spec.description)
                for name, spec in entity.columns.items()
            ]
        ),
        **lineage_metadata(entity_upstream(workspace, entity.entity)),
    }


@dg.definitions
def raw() -> dg.Definitions:
    """Read the mappings of the workspace this process serves."""
    served = served_workspace()

    @dg.multi_asset(name="raw_entities", specs=_specs(served), partitions_def=NIGHTS)
    def raw_entities(night: Night) -> Iterator[dg.MaterializeResult]:
        with refusals(), night.warehouse() as connection:
            for name in entities():
                fill(connection, night.workspace, name)
            keep_apart(connection)
            set_aside(connection, night.workspace)
            close_books(connection, night.workspace)
            withhold(connection)
            counts = {name: row_count(connection, f"raw.{name}") for name in entities()}
            books = {book: row_count(connection, book) for book in BOOKS}
        for name, entity in entities().items():
            yield dg.MaterializeResult(
                asset_key=["raw", name],
                metadata=_metadata(night.workspace, entity, counts[name]),
            )
        for book, rows in books.items():
            yield dg.MaterializeResult(
                asset_key=book.split("."), metadata=table_metadata(contract(book), rows)
            )

    return dg.Definitions(assets=[raw_entities])
