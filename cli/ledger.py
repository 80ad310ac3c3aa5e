"""ledger show, ledger verify: what people decided, and whether the record of it is whole."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.options import DEFAULT_WORKSPACE, Json, Workspace

if TYPE_CHECKING:
    from workspace.ledger.chain import Entry
    from workspace.ledger.verification import Verification

group = typer.Typer(help="The record of people's decisions.", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Add the commands of this file."""
    app.add_typer(group, name="ledger")


@group.command("show")
def show(
    workspace: Workspace = DEFAULT_WORKSPACE,
    after: Annotated[int, typer.Option("--after", help="Only entries after this number.")] = 0,
    json: Json = False,
) -> None:
    """List the entries, the newest last."""
    from cli.outcome import emit, reported

    with reported(as_json=json):
        from workspace.folder import Folder
        from workspace.ledger.store import read_ledger

        with read_ledger(Folder(root=workspace)) as ledger:
            entries = [entry for entry in ledger.read() if entry.sequence > after]
        emit(
            [_document(entry) for entry in entries],
            as_json=json,
            text=lambda: "\n".join(_line(entry) for entry in entries) or "The ledger is empty.",
        )


@group.command("verify")
def verify(
    workspace: Workspace = DEFAULT_WORKSPACE,
    head: Annotated[
        list[str] | None,
        typer.Option("--head", help="A head that was kept elsewhere; may be given repeatedly."),
    ] = None,
    json: Json = False,
) -> None:
    """Follow the chain, and compare it with the heads that releases were published with."""
    from cli.outcome import emit, reported

    with reported(as_json=json):
        from workspace.folder import Folder
        from workspace.ledger.verification import require_sound, verify_ledger

        folder = Folder(root=workspace)
        found = verify_ledger(folder, head or ())
        require_sound(folder, found)
        document = {
            "entries": found.entry_count,
            "head": found.head,
            "witnesses": found.witness_count,
            "is_whole": True,
        }
        emit(document, as_json=json, text=lambda: _verified(found))


def _document(entry: Entry) -> dict[str, Any]:
    return {"sequence": entry.sequence, "hash": entry.hash, **vars(entry.event)}


def _line(entry: Entry) -> str:
    event = entry.event
    about = ", ".join(f"{name} {value}" for name, value in event.subject.items() if value)
    return (
        f"{entry.sequence:>5}  {event.at}  {event.actor}  {event.kind}: {event.reason}\n"
        f"       {about}"
    )


def _verified(found: Verification) -> str:
    compared = f"compared with {found.witness_count} heads kept elsewhere"
    if not found.witness_count:
        compared = "compared with no head kept elsewhere, so that a ledger written anew would pass"
    return f"{found.entry_count} entries are as recorded, {compared}.\nhead  {found.head}"
