"""intraday: reading event files between two nights."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.options import DEFAULT_WORKSPACE, Json, Workspace

if TYPE_CHECKING:
    from workspace.intraday.look import Look

FLAG_WORDS = {
    "is_order_spike": "order spike",
    "is_stock_out": "stock-out",
    "is_late_shipment": "late shipment",
}


def register(app: typer.Typer) -> None:
    """Add the command of this file."""
    app.command()(intraday)


def intraday(
    workspace: Workspace = DEFAULT_WORKSPACE,
    inbox: Annotated[
        Path | None,
        typer.Option("--inbox", help="Folder of delivered files. [default: the workspace's inbox]"),
    ] = None,
    as_of: Annotated[
        datetime | None,
        typer.Option("--as-of", formats=["%Y-%m-%d"], help="Business date of the coming night."),
    ] = None,
    watch: Annotated[
        int | None,
        typer.Option("--watch", min=1, help="Look again every so many seconds, until interrupted."),
    ] = None,
    json: Json = False,
) -> None:
    """Read event files that arrived since the last release; flag what they say, provisionally."""
    from cli.outcome import emit, note, reported

    with reported(as_json=json):
        day = as_of.date() if as_of else None
        found = _look(workspace, inbox, day)
        emit(_document(found), as_json=json, text=lambda: _told(found))
        if watch is not None:
            note(f"Looking again every {watch} seconds; interrupt to end.")
            _watch(workspace, inbox, day, watch, as_json=json)


def _look(workspace: Path, inbox: Path | None, day: date | None) -> Look:
    """Read the configuration anew each time: a watch outlives a change of a contract."""
    from workspace.configuration_check import check_workspace
    from workspace.folder import open_workspace
    from workspace.intraday.look import look

    folder = open_workspace(workspace, inbox=inbox)
    check_workspace(folder)
    now = datetime.now(UTC)
    return look(folder, day or folder.business_date(now), now)


def _watch(
    workspace: Path, inbox: Path | None, day: date | None, seconds: int, *, as_json: bool
) -> None:
    """Look until interrupted; what is wrong is said, and looked at again."""
    from time import sleep

    from cli.outcome import emit, note
    from workspace.errors import ConfigurationErrors, TierwiseError

    said = ""
    while True:
        try:
            sleep(seconds)
            found = _look(workspace, inbox, day)
        except KeyboardInterrupt:
            return
        except (TierwiseError, ConfigurationErrors) as error:
            note(str(error))
            continue
        told = _told(found)
        if as_json:
            emit(_document(found), as_json=True, text=lambda: "")
        elif told != said:
            note(told)
            said = told


def _document(found: Look) -> dict[str, object]:
    from dataclasses import asdict

    return asdict(found)


def _told(found: Look) -> str:
    """Return what one look came to; equal looks give equal words."""
    from cli.outcome import printable
    from serving.wording import counted

    flags = ", ".join(counted(count, FLAG_WORDS[name]) for name, count in found.flags.items())
    lines = [
        f"Since {found.release_id}: {counted(len(found.files), 'pending file')}, open events of "
        f"{counted(found.signal_count, 'product')} at a site ({flags}).",
    ]
    lines += [
        printable(
            f"  {file['system']}.{file['extract']}  {file['file_name']}: {file['record_count']} "
            f"records, {file['quarantined_count']} in quarantine, {file['skipped_count']} skipped"
        )
        for file in found.files
    ]
    lines += [
        printable(
            f"  {file['system']}.{file['extract']}  {file['file_name']}: {file['status']}, "
            f"{file['code']}: {file['detail']}"
        )
        for file in found.refused
    ]
    return "\n".join(lines)
