"""What a release knows of intraday extracts: which files it has read, and how far it is final."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import duckdb

from workspace.ingest.parsing import literal
from workspace.releases import Release

# A file in one of these states has not been decided about; it may still come.
UNDECIDED = ("missing", "waiting")


@dataclass(frozen=True, kw_only=True)
class Published:
    """Files the release has decided about, and watermarks, by system and extract."""

    as_of: date
    files: frozenset[tuple[str, str, str]]
    watermarks: dict[tuple[str, str], date]

    def watermark(self, system: str, extract: str) -> date:
        """Return the last day that is complete and that no late file may change any more.

        Without an allowed lateness that is the business date of the release.
        """
        return min(self.watermarks.get((system, extract), self.as_of), self.as_of)


def table(release: Release, name: str) -> str:
    """Return SQL for a published table, of whatever size."""
    return f"read_parquet({literal(str(release.folder / 'tables' / f'{name}.parquet'))})"


def published(connection: duckdb.DuckDBPyConnection, release: Release) -> Published:
    """Read the books of a release."""
    undecided = ", ".join(literal(status) for status in UNDECIDED)
    files = connection.execute(
        f"select system, extract, file_sha256 from {table(release, 'raw_extracts')} "
        f"where file_sha256 is not null and status not in ({undecided})"
    ).fetchall()
    complete = connection.execute(
        f"select system, extract, complete_to_date from {table(release, 'source_freshness')} "
        "where complete_to_date is not null"
    ).fetchall()
    return Published(
        as_of=release.as_of,
        files=frozenset((system, extract, sha256) for system, extract, sha256 in files),
        watermarks={(system, extract): day for system, extract, day in complete},
    )
