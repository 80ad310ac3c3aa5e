"""Nights of a small company that follow each other: each has the books of the one before."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date

import duckdb

from tests.workspace.small_company import Ingested, ingested
from workspace.folder import Workspace
from workspace.ingest.delivery import decide_night
from workspace.ingest.parsing import literal
from workspace.ingest.planned_files import Delivery
from workspace.releases import current_release, file_hashes, point_to


def decided(workspace: Workspace, night: date, extract: str = "orders") -> Delivery:
    """Decide one extract of the small company."""
    (found,) = [d for d in decide_night(workspace, night) if d.extract == extract]
    return found


def said(delivery: Delivery) -> list[tuple[str, str, str | None]]:
    """Return name, status and code of each file."""
    return [(file.name, file.status, file.code) for file in delivery.files]


@contextmanager
def night(workspace: Workspace, on: date) -> Iterator[Ingested]:
    """Run the ingest of a night; when the test is done with it, its books are published."""
    with ingested(workspace, on) as done:
        yield done
        _publish_books(workspace, done.connection, on)


def remember(workspace: Workspace, *nights: date) -> None:
    """Run nights of which only the books matter."""
    for on in nights:
        with night(workspace, on):
            pass


def _publish_books(workspace: Workspace, connection: duckdb.DuckDBPyConnection, on: date) -> None:
    """Publish the tables that the next night's deliveries are compared with."""
    previous = current_release(workspace)
    folder = workspace.releases / f"{on.isoformat()}_000000000000"
    (folder / "tables").mkdir(parents=True)
    connection.execute(
        f"copy control.raw_extracts to {literal(str(folder / 'tables/raw_extracts.parquet'))}"
    )
    connection.execute(
        f"copy control.extract_history to {literal(str(folder / 'tables/extract_history.parquet'))}"
    )
    connection.execute(f"attach {literal(str(folder / 'tierwise.duckdb'))} as release")
    connection.execute("create table release.extract_history as from control.extract_history")
    connection.execute("detach release")
    manifest = {
        "files": file_hashes(folder),
        "as_of_date": on.isoformat(),
        "previous_release_id": previous.release_id if previous else None,
    }
    (folder / "manifest.json").write_text(json.dumps(manifest))
    point_to(workspace, folder.name)
