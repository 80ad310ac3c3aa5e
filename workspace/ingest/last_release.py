"""What the releases that a night goes by have in their books of each extract's files."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import duckdb

from workspace.config.source_file import Extract
from workspace.folder import Folder
from workspace.ingest.delivery_safety import is_plain
from workspace.ingest.planned_files import Found, LastRead
from workspace.releases import Release, current_release, previous_release


@dataclass(frozen=True, kw_only=True)
class LastBooks:
    """Books of the release that a night follows, and of one that the same night has published."""

    before: _Books
    tonight: _Books
    is_backfill: bool = False

    def of(self, system: str, name: str, extract: Extract, archive: Path) -> list[LastRead]:
        """Return the files of one extract that the release before has in its books."""
        return list(self.before.files(system, name, extract, archive))

    def gone_tonight(
        self, system: str, name: str, extract: Extract, archive: Path, found: Sequence[Found]
    ) -> Iterator[Found]:
        """Yield what an earlier run of this night has read and is no longer in the inbox.

        Of a delivery that adds up it stays read, as it would the night after; a full one is
        decided by what is there, or in a backfill by what was.
        """
        names = {file.name for file in found}
        if not (extract.delivery.adds_up or self.is_backfill):
            return
        for file in self.tonight.files(system, name, extract, archive):
            if file.is_good and file.is_archived and file.name not in names:
                yield Found(
                    name=file.name,
                    sha256=file.sha256,
                    byte_count=file.byte_count,
                    moment=file.moment,
                    delivered_date=file.delivered_date,
                )


@dataclass(frozen=True, kw_only=True)
class _Books:
    """The books of one release, published for a date."""

    as_of: date | None = None
    rows: dict[tuple[str, str], list[dict[str, Any]]] = field(default_factory=dict)

    def files(self, system: str, name: str, extract: Extract, archive: Path) -> Iterator[LastRead]:
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
                is_archived=sha256 is not None and is_plain(archive / sha256[:2] / sha256),
            )


def last_books(home: Folder, night: date) -> LastBooks:
    """Read the books that a night of this date goes by; empty before the first."""
    again = current_release(home)
    if home.backfill is not None:  # a night of the past is one of those that CURRENT follows
        again = previous_release(replace(home, backfill=None), night + timedelta(days=1))
    is_again = again is not None and again.as_of == night
    return LastBooks(
        before=_read(previous_release(home, night)),
        tonight=_read(again if is_again else None),
        is_backfill=home.backfill is not None,
    )


def _read(release: Release | None) -> _Books:
    if release is None:
        return _Books()
    file = release.table_file("raw_extracts")
    with duckdb.connect() as connection:
        result = connection.execute("select * from read_parquet(?)", [str(file)])
        names = [column[0] for column in result.description or ()]
        found = [dict(zip(names, row, strict=True)) for row in result.fetchall()]
    rows: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for row in found:
        rows.setdefault((row["system"], row["extract"]), []).append(row)
    return _Books(as_of=release.as_of, rows=rows)
