"""entity merge, split, acquire, approve, divest, reverse: what is declared of whole entities."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli import entity_values
from cli.options import DEFAULT_WORKSPACE, Json, ReleaseName, Workspace
from cli.recording import By, Reason, now, recorded

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from workspace.ledger.chain import Event
    from workspace.ledger.entity_decisions import Entity, Said
    from workspace.ledger.entity_declarations import Declaration

group = typer.Typer(
    help="Golden entities: mergers, splits, acquisitions, divestitures.", no_args_is_help=True
)
Effective = Annotated[
    datetime,
    typer.Option("--effective", formats=["%Y-%m-%d"], help="First business date it holds on."),
]
GoldenId = Annotated[str, typer.Argument(help="Golden id, such as c-9ef12b2e76052ea0.")]
Entry = Annotated[int, typer.Argument(help="Number of the declaration's entry in the ledger.")]


def register(app: typer.Typer) -> None:
    """Add the commands of this file, and those about single values."""
    entity_values.register(group)
    app.add_typer(group, name="entity")


@group.command()
def merge(
    survivor: GoldenId,
    other: GoldenId,
    reason: Reason,
    by: By,
    effective: Effective,
    workspace: Workspace = DEFAULT_WORKSPACE,
    release: ReleaseName = None,
    json: Json = False,
) -> None:
    """Declare that OTHER goes into SURVIVOR, whose id stays."""

    def event(said: Said, _: Sequence[Declaration]) -> Event:
        from workspace.ledger.entity_decisions import merger

        one, two = _entities(workspace, release, survivor, other)
        return merger(one, two, said)

    _declare(workspace, event, reason=reason, by=by, effective=effective, json=json)


@group.command()
def split(
    golden_id: GoldenId,
    leaving: Annotated[list[str], typer.Argument(metavar="RECORD…", help="Records that leave.")],
    reason: Reason,
    by: By,
    effective: Effective,
    share: Annotated[
        float | None,
        typer.Option("--share", help="Part of its past that goes along. [default: the records']"),
    ] = None,
    workspace: Workspace = DEFAULT_WORKSPACE,
    release: ReleaseName = None,
    json: Json = False,
) -> None:
    """Declare that some records of an entity are another one."""

    def event(said: Said, _: Sequence[Declaration]) -> Event:
        from workspace.ledger.entity_decisions import splitting

        (entity,) = _entities(workspace, release, golden_id)
        return splitting(entity, leaving, said, share_rate=share)

    _declare(workspace, event, reason=reason, by=by, effective=effective, json=json)


@group.command()
def acquire(
    namespace: Annotated[str, typer.Argument(help="System whose keys the firm's records bear.")],
    reason: Reason,
    by: By,
    effective: Effective,
    workspace: Workspace = DEFAULT_WORKSPACE,
    json: Json = False,
) -> None:
    """Declare that a firm was acquired: its records stay apart until somebody approves."""

    def event(said: Said, standing: Sequence[Declaration]) -> Event:
        from workspace.folder import open_workspace
        from workspace.ledger.entity_decisions import acquisition

        return acquisition(namespace, open_workspace(workspace), standing, said)

    _declare(workspace, event, reason=reason, by=by, effective=effective, json=json)


@group.command()
def approve(
    entry: Entry,
    reason: Reason,
    by: By,
    workspace: Workspace = DEFAULT_WORKSPACE,
    json: Json = False,
) -> None:
    """Approve an acquisition: its records may be one with the company's own."""

    def event(said: Said, standing: Sequence[Declaration]) -> Event:
        from workspace.ledger.entity_decisions import approval

        return approval(entry, standing, said)

    _declare(workspace, event, reason=reason, by=by, effective=None, json=json)


@group.command()
def divest(
    golden_id: GoldenId,
    reason: Reason,
    by: By,
    effective: Effective,
    workspace: Workspace = DEFAULT_WORKSPACE,
    release: ReleaseName = None,
    json: Json = False,
) -> None:
    """Declare that an entity leaves the company: from that date it is in no release."""

    def event(said: Said, _: Sequence[Declaration]) -> Event:
        from workspace.ledger.entity_decisions import divestiture

        (entity,) = _entities(workspace, release, golden_id)
        return divestiture(entity, said)

    _declare(workspace, event, reason=reason, by=by, effective=effective, json=json)


@group.command()
def reverse(
    entry: Entry,
    reason: Reason,
    by: By,
    workspace: Workspace = DEFAULT_WORKSPACE,
    json: Json = False,
) -> None:
    """Take a declaration back; of an approved acquisition the approval first."""

    def event(said: Said, standing: Sequence[Declaration]) -> Event:
        from workspace.ledger.entity_decisions import reversal

        return reversal(entry, standing, said)

    _declare(workspace, event, reason=reason, by=by, effective=None, json=json)


@group.command("list")
def list_declarations(workspace: Workspace = DEFAULT_WORKSPACE, json: Json = False) -> None:
    """List the declarations that stand."""
    from cli.outcome import emit, reported

    with reported(as_json=json):
        from workspace.folder import Folder
        from workspace.ledger.entity_declarations import declarations
        from workspace.ledger.store import read_ledger

        with read_ledger(Folder(root=workspace)) as ledger:
            standing = declarations(ledger.read())
        lines = "\n".join(map(_line, standing)) or "No declaration about an entity stands."
        emit([vars(each) for each in standing], as_json=json, text=lambda: lines)


def _entities(workspace: Path, release: str | None, *golden_ids: str) -> list[Entity]:
    from cli.read import reading
    from serving.matching import entity

    with reading(workspace, release) as reader:
        return [entity(reader, golden_id) for golden_id in golden_ids]


def _declare(
    workspace: Path,
    event: Callable[[Said, Sequence[Declaration]], Event],
    *,
    reason: str,
    by: str,
    effective: datetime | None,
    json: bool,
) -> None:
    """Write a declaration to the ledger, and say what it is."""
    from cli.outcome import emit, reported

    with reported(as_json=json):
        from workspace.ledger.entity_decisions import Said
        from workspace.ledger.entity_declarations import declarations

        day = effective.date() if effective else None
        said = Said(actor=by, at=now(), reason=reason, effective_date=day)
        entry = recorded(workspace, lambda entries: event(said, declarations(entries)))
        document: dict[str, Any] = {
            "entry": entry.sequence,
            "kind": entry.event.kind,
            **entry.event.subject,
            "head": entry.hash,
        }
        emit(document, as_json=json, text=lambda: _told(document))


def _told(document: dict[str, Any]) -> str:
    since = document.get("effective_date")
    until = f"Nights from {since} on go by it" if since else "The next night goes by it"
    return (
        f"{until}, until an entry takes it back.\n"
        f"It is entry {document['entry']} of the ledger, whose head is {document['head']}."
    )


def _line(declaration: Declaration) -> str:
    from cli.outcome import printable

    about = declaration.namespace or declaration.golden_id or ""
    other = f" with {declaration.other_golden_id}" if declaration.other_golden_id else ""
    waits = "" if declaration.is_approved else ", not approved"
    return printable(
        f"{declaration.ledger_seq:>5}  {declaration.declaration} {about}{other} from "
        f"{declaration.effective_date}{waits}, by {declaration.decided_by}: {declaration.reason}"
    )
