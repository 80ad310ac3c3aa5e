"""What the previous release has in its books of each extract's files."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import duckdb

from workspace.config.source_file import Extract
from workspace.folder import Folder
from workspace.ingest.planned_files import LastRead
from workspace.releases import previous_release


@dataclass(frozen=True, kw_only=True)
class LastBooks:
    """Rows of raw_extracts by system and extract; `as_of` is the date of their release."""

    as_of: date | None
    rows: dict[tuple[str, str], list[dict[str, Any]]]

    def of(self, system: str, name: str, extract: Extract, archive: Path) -> Iterator[LastRead]:
        """Yield the files of one extract, their dates read from their names as they are now read.

        A release of an earlier version may lack columns; its files lay in the inbox that night.
        """
        for row in self.rows.get((system, name), []):
            sha256 = row["file_sha256"]
            path = extract.file_path
            try:
                moment = path.moment(str(path.folder / row["file_name"]))
            except ValueError:
                moment = None
            yield LastRead(
                name=row["file_name"],
                sha256=sha256,
                status=row["status"],
                byte_count=row["byte_count"],
                moment=moment,
                delivered_date=row.get("delivered_date") or self.as_of,
                is_archived=sha256 is not None and (archive / sha256[:2] / sha256).is_file(),
            )


def last_books(home: Folder, night: date) -> LastBooks:
    """Read the books of the release that a night of this date follows; empty before the first."""
    previous = previous_release(home, night)
    if previous is None:
        return LastBooks(as_of=None, rows={})
    file = previous.folder / "tables" / "raw_extracts.parquet"
    with duckdb.connect() as connection:
        result = connection.execute("select * from read_parquet(?)", [str(file)])
        names = [column[0] for column in result.description or ()]
        found = [dict(zip(names, row, strict=True)) for row in result.fetchall()]
    rows: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for row in found:
        rows.setdefault((row["system"], row["extract"]), []).append(row)
    return LastBooks(as_of=previous.as_of, rows=rows)
