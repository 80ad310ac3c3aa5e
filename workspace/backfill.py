"""A backfill: what becomes of each of its partitions, and which release a night continues.

A backfill runs the nights of a range one after the other, as if each had been run at its time. A
night continues the newest release of an earlier date: the one that the run has just published, and
for the first the one in force. Nothing is remembered between runs: what a night of the same inputs
has published is found by its key, so that a run that was killed goes on where it stopped.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Any

from workspace.backfill_dates import Partition
from workspace.errors import TierwiseError
from workspace.folder import Backfill, Workspace
from workspace.history import HistoryFinding
from workspace.night_inputs import night_key
from workspace.releases import Release, current_release, open_release


class Ending(StrEnum):
    """What became of a partition."""

    PUBLISHED = "published"
    UNCHANGED = "unchanged"
    REFUSED = "refused"
    FAILED = "failed"
    PENDING = "pending"


@dataclass(frozen=True, kw_only=True)
class Step:
    """What became of one partition; `release_id` is what it published, now or before."""

    partition: Partition
    ending: Ending
    release_id: str | None = None
    findings: tuple[HistoryFinding, ...] = ()
    error: TierwiseError | None = None

    def document(self) -> dict[str, Any]:
        """Return the step as one JSON-ready document."""
        return {
            "business_date": self.partition.business_date.isoformat(),
            "first_day": self.partition.first_day.isoformat(),
            "ending": self.ending.value,
            "release_id": self.release_id,
            "findings": [finding.document() for finding in self.findings],
        }


def begun(home: Workspace) -> Workspace:
    """Return the workspace as the first night of a backfill sees it: it follows CURRENT."""
    current = current_release(home)
    return continued(home, current.release_id if current else None)


def continued(home: Workspace, follows: str | None) -> Workspace:
    """Return the workspace as the night after a release sees it."""
    return replace(home, backfill=Backfill(follows=follows))


def published(home: Workspace, business_date: date) -> Release | None:
    """Return what a night of this date would publish, if that has been published already.

    It is found by the hash of all that the night is a function of, in force or not.
    """
    key = night_key(home, business_date).hash
    for folder in sorted(home.releases.glob(f"{business_date.isoformat()}_*")):
        if (folder / "manifest.json").is_file():
            release = open_release(folder)
            if release.manifest["identity"]["night_key"] == key:
                return release
    return None
