"""A night's deliveries from databases: each declared table, as a file in the inbox.

From there a file is archived and landed like any other, so that a night stays a function of its
files. What was fetched for a business date is not fetched again: remove the file to have it anew.
Nor is a date before one that was fetched: a database tells what is, not what was.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from workspace.config.source_file import SourceFile
from workspace.errors import TierwiseError
from workspace.folder import Workspace

if TYPE_CHECKING:
    from workspace.ingest.database import Fetch, Fetched, Progress


@dataclass(frozen=True, kw_only=True)
class DatabaseDelivery:
    """What one database delivered, or why it did not where its extracts can do without."""

    system: str
    fetched: tuple[Fetched, ...] = ()
    error: TierwiseError | None = field(default=None, compare=False)


def deliver_databases(
    workspace: Workspace,
    night: date,
    progress: Progress,
    environment: Mapping[str, str] = os.environ,
) -> list[DatabaseDelivery]:
    """Fetch every table that a contract declares and that is not in the inbox for this date.

    Raises TierwiseError where a database fails that a required extract cannot do without; one that
    may be carried forward is left to its delivery rules. A backfill fetches nothing.
    """
    if workspace.backfill is not None:
        return []
    delivered: list[DatabaseDelivery] = []
    for read in workspace.sources.values():
        source = read.value
        for variable, names in _wanted(workspace, source, night).items():
            try:
                done = _deliver(workspace, source, names, variable, night, progress, environment)
            except TierwiseError as error:
                if not all(_can_do_without(source, name) for name in names):
                    raise
                done = DatabaseDelivery(system=source.system, error=error)
            delivered.append(done)
    return delivered


def _wanted(workspace: Workspace, source: SourceFile, night: date) -> dict[str, list[str]]:
    """Return the extracts to fetch, by the variable that holds their database's URL."""
    wanted: dict[str, list[str]] = {}
    for name in source.extracts:
        dialect = source.format_of(name)
        if dialect.kind != "database":
            continue
        if not any(day >= night for day, _ in _fetched_before(workspace, source, name)):
            wanted.setdefault(dialect.url_variable or "", []).append(name)
    return wanted


def _target(workspace: Workspace, source: SourceFile, name: str, night: date) -> Path:
    path = source.extracts[name].file_path
    return workspace.root_of(source) / path.folder / path.named(night)


def _can_do_without(source: SourceFile, name: str) -> bool:
    extract = source.extracts[name]
    return not extract.required or extract.delivery.carry_forward_days is not None


def _deliver(
    workspace: Workspace,
    source: SourceFile,
    names: list[str],
    variable: str,
    night: date,
    progress: Progress,
    environment: Mapping[str, str],
) -> DatabaseDelivery:
    from workspace.ingest.database import fetch  # SQLAlchemy takes half a second, if it is needed

    if not environment.get(variable):
        place = f"{source.system}.{names[0]}"
        cause = f"The environment variable {variable} is not set."
        raise TierwiseError("CONFIG_ENVIRONMENT", place=place, cause=cause)
    fetches = [_fetch(workspace, source, name, night) for name in names]
    fetched = fetch(environment[variable], fetches, progress)
    return DatabaseDelivery(system=source.system, fetched=tuple(fetched))


def _fetch(workspace: Workspace, source: SourceFile, name: str, night: date) -> Fetch:
    from workspace.ingest.database import Fetch

    dialect = source.format_of(name)
    return Fetch(
        extract=source.extracts[name],
        dialect=dialect,
        target=_target(workspace, source, name, night),
        place=f"{source.system}.{name}",
        since=_since(workspace, source, name) if dialect.incremental_by else None,
    )


def _since(workspace: Workspace, source: SourceFile, name: str) -> str | None:
    """Return how far the newest file reaches; None without any: then all rows are fetched."""
    from workspace.ingest.database_increment import newest_in

    before = _fetched_before(workspace, source, name)
    return newest_in(max(before)[1]) if before else None


def _fetched_before(workspace: Workspace, source: SourceFile, name: str) -> list[tuple[date, Path]]:
    """Return business date and path of the files of an extract that lie in the inbox."""
    path, root = source.extracts[name].file_path, workspace.root_of(source)
    return [
        (moment.date(), file)
        for file in (root / path.folder).rglob("*")
        if (moment := path.moment(file.relative_to(root).as_posix())) is not None
    ]
