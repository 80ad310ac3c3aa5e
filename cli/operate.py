"""refresh, check: running a night, and reading its configuration without running it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.options import DEFAULT_WORKSPACE, Json, Workspace

if TYPE_CHECKING:
    from workspace.folder import Workspace as Folder
    from workspace.ingest.planned_files import Delivery
    from workspace.releases import Release

Inbox = Annotated[
    Path | None,
    typer.Option("--inbox", help="Folder of delivered files. [default: the workspace's inbox]"),
]


def register(app: typer.Typer) -> None:
    """Add the commands of this file."""
    app.command()(refresh)
    app.command()(check)


def refresh(
    workspace: Workspace = DEFAULT_WORKSPACE,
    inbox: Inbox = None,
    as_of: Annotated[
        datetime | None, typer.Option("--as-of", formats=["%Y-%m-%d"], help="Business date.")
    ] = None,
    force: Annotated[
        bool, typer.Option("--force", help="Run even when nothing has changed.")
    ] = False,
    wait_until: Annotated[
        str | None,
        typer.Option("--wait-until", help="Wait for files that are due until HH:MM, local time."),
    ] = None,
    json: Json = False,
) -> None:
    """Run the night: from delivered files to a published release."""
    from cli.outcome import emit, note, reported
    from cli.story import released, unchanged

    with reported(as_json=json):
        from workspace.configuration_check import check_workspace
        from workspace.folder import open_workspace
        from workspace.releases import current_release

        folder = open_workspace(workspace, inbox=inbox)
        check_workspace(folder)
        night = as_of.date() if as_of else folder.business_date(datetime.now(UTC))
        _fetch(folder, night)
        decided = _decided(folder, night, wait_until)
        current = current_release(folder)
        if current is not None and not force and _is_current(folder, current, night, decided):
            nothing = unchanged(current, decided)
            emit(nothing.document, as_json=json, text=nothing.text)
            return
        note(f"Night of {night} for {folder.file.title}: loading Dagster and dbt …")
        _run(workspace, inbox, folder, night)
        after = current_release(folder)
        assert after is not None
        story = released(folder, after)
        emit(story.document, as_json=json, text=story.text)


def _fetch(folder: Folder, night: date) -> None:
    """Have databases deliver first: what they hold decides whether there is anything new."""
    from cli.outcome import note
    from workspace.ingest.database_delivery import deliver_databases

    for delivery in deliver_databases(folder, night, _say_rows):
        if delivery.error is not None:
            note(f"{delivery.system}: {delivery.error.cause} Its last good files may stand in.")


def _say_rows(place: str, rows: int) -> None:
    from cli.outcome import note

    note(f"{place}: {rows:,} rows fetched …")


def _decided(folder: Folder, night: date, wait_until: str | None) -> list[Delivery]:
    """Decide which files the night reads, once those that are due are there or time is up.

    Raises ConfigurationErrors with every extract that holds the night.
    """
    from zoneinfo import ZoneInfo

    from cli.outcome import note
    from cli.waiting import deadline, wait_for_files
    from workspace.errors import ConfigurationErrors
    from workspace.ingest.delivery import decide_night

    if wait_until is not None:
        until = deadline(wait_until, datetime.now(ZoneInfo(folder.file.time_zone)))
        wait_for_files(folder, night, until, say=note)
    decided = decide_night(folder, night)
    if held := [delivery.error for delivery in decided if delivery.error]:
        raise ConfigurationErrors(held)
    return decided


def _is_current(folder: Folder, current: Release, night: date, decided: Sequence[Delivery]) -> bool:
    """Compare the hashes of everything the night would read, before anything heavy is imported."""
    from workspace.ingest.delivery import deliveries_hash
    from workspace.night_inputs import night_key

    inputs = deliveries_hash(decided)
    return current.manifest["identity"]["night_key"] == night_key(folder, night, inputs=inputs).hash


def _run(workspace: Path, inbox: Path | None, folder: Folder, night: date) -> None:
    from cli.progress import night_progress
    from orchestration.night import run_night

    with night_progress() as progress:
        outcome = run_night(workspace, inbox, night, progress)
    if outcome.error is not None:
        from cli.outcome import note

        note(f"The night failed. Its build is kept in {folder.build}; CURRENT has not moved.")
        raise outcome.error


def check(workspace: Workspace = DEFAULT_WORKSPACE, json: Json = False) -> None:
    """Check a workspace's configuration: every fault with file, line and column."""
    from cli.outcome import emit, reported

    with reported(as_json=json):
        from workspace.configuration_check import check_workspace
        from workspace.folder import open_workspace

        folder = open_workspace(workspace)
        check_workspace(folder)
        counted = {
            "workspace": folder.file.name,
            "systems": len(folder.sources),
            "extracts": sum(len(read.value.extracts) for read in folder.sources.values()),
            "mappings": sum(len(read.value.mappings) for read in folder.sources.values()),
            "schemes": len(folder.schemes),
            "policies": len(folder.policies),
        }
        notes = [
            f"{system}: {note}"
            for system, read in folder.sources.items()
            for note in read.document.notes
        ]
        emit({**counted, "notes": notes}, as_json=json, text=lambda: _counted(counted, notes))


def _counted(counted: dict[str, object], notes: list[str]) -> str:
    parts = ", ".join(f"{count} {name}" for name, count in counted.items() if name != "workspace")
    return "\n  ".join([f"{counted['workspace']}: the configuration holds ({parts}).", *notes])
