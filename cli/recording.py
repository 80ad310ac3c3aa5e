"""What all commands share that record a decision: who and why, the entry, and taking one back."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from workspace.ledger.chain import Entry, Event

Reason = Annotated[str, typer.Option("--reason", help="Why; it is kept.")]
By = Annotated[str, typer.Option("--by", metavar="NAME", help="Who decides; it is kept.")]


def now() -> str:
    """Return this instant as the ledger writes it."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def recorded(workspace: Path, event: Callable[[Iterable[Entry]], Event]) -> Entry:
    """Append what `event` makes of the entries that stand; one it refuses makes no ledger."""
    from workspace.folder import Folder
    from workspace.ledger.store import open_ledger, read_ledger

    folder = Folder(root=workspace)
    with read_ledger(folder) as known:
        said = event(known.read())
    with open_ledger(folder) as ledger:
        return ledger.append(said)


def take_back(
    workspace: Path, entry: int, event: Callable[[Iterable[Entry]], Event], *, json: bool
) -> None:
    """Record that an entry is taken back, and say so; every command that revokes is this one."""
    from cli.outcome import emit, reported

    with reported(as_json=json):
        appended = recorded(workspace, event)
        emit(
            {"entry": appended.sequence, "revokes": entry, "head": appended.hash},
            as_json=json,
            text=lambda: f"Entry {appended.sequence} of the ledger takes entry {entry} back.",
        )
