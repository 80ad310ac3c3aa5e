"""Nights of which only the books matter: what was read is remembered as a release would."""

from __future__ import annotations

import json
from datetime import date

import pyarrow as pa
from pyarrow import parquet

from workspace.folder import Workspace
from workspace.ingest.delivery import decide_night
from workspace.ingest.planned_files import Delivery
from workspace.releases import current_release, point_to


def decided(workspace: Workspace, night: date, extract: str = "orders") -> Delivery:
    """Decide one extract of the small company."""
    (found,) = [d for d in decide_night(workspace, night) if d.extract == extract]
    return found


def said(delivery: Delivery) -> list[tuple[str, str, str | None]]:
    """Return name, status and code of each file."""
    return [(file.name, file.status, file.code) for file in delivery.files]


def remember(workspace: Workspace, night: date) -> str:
    """Decide a night and publish its books as the release that the next night follows."""
    rows = [
        {
            "system": delivery.system,
            "extract": delivery.extract,
            "file_name": file.name,
            "file_sha256": file.sha256,
            "byte_count": file.byte_count,
            "status": file.status,
            "delivered_date": file.delivered_date,
        }
        for delivery in decide_night(workspace, night)
        for file in delivery.files
    ]
    previous = current_release(workspace)
    folder = workspace.releases / f"{night.isoformat()}_{len(list(workspace.root.glob('*'))):012}"
    (folder / "tables").mkdir(parents=True)
    parquet.write_table(pa.Table.from_pylist(rows), folder / "tables" / "raw_extracts.parquet")
    manifest = {
        "as_of_date": night.isoformat(),
        "previous_release_id": previous.release_id if previous else None,
    }
    (folder / "manifest.json").write_text(json.dumps(manifest))
    point_to(workspace, folder.name)
    return folder.name
