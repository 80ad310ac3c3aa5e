"""quarantine release, quarantine revoke: what a steward decides about a record, for the ledger."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.options import DEFAULT_WORKSPACE, Build, Json, ReleaseName, Workspace, record_named
from cli.outcome import printable
from cli.recording import By, Reason, now, take_back

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from serving.quarantine import Quarantine
    from workspace.folder import Folder
    from workspace.ledger.chain import Entry, Event
    from workspace.ledger.deciding import Fault
    from workspace.ledger.store import Ledger


class Way(StrEnum):
    """How a record leaves quarantine."""

    CONFIRM = "confirm"
    DISMISS = "dismiss"


def register(group: typer.Typer) -> None:
    """Add the commands of this file to the group of quarantine."""
    group.command("release")(release_record)
    group.command("revoke")(revoke)


def release_record(
    record: Annotated[
        str,
        typer.Argument(metavar="FILE_SHA:RECORD[:CODE]", help="As `quarantine list` shows it."),
    ],
    reason: Reason,
    by: By,
    as_: Annotated[
        Way, typer.Option("--as", help="confirm: load it. dismiss: leave it out on purpose.")
    ] = Way.CONFIRM,
    workspace: Workspace = DEFAULT_WORKSPACE,
    release: ReleaseName = None,
    build: Build = False,
    json: Json = False,
) -> None:
    """Decide about a record: the next night loads it, or leaves it out on purpose."""
    from cli.outcome import emit, reported

    with reported(as_json=json):
        file, number, code = record_named(record)
        from serving.quarantine import read_quarantine
        from workspace.folder import Folder

        folder = Folder(root=workspace)
        held = read_quarantine(folder, release, of_build=build)
        faults = held.of_record(file, number, code).faults()
        document = _record(folder, held, faults, as_, reason=reason, by=by)
        emit(document, as_json=json, text=lambda: _told(document, faults[0]))


def _record(
    folder: Folder, held: Quarantine, faults: Sequence[Fault], way: Way, *, reason: str, by: str
) -> dict[str, Any]:
    """Write a decision to the ledger, unless it stands there; return what came of it."""
    from workspace.ledger.store import open_ledger

    duplicates = held.only(code="ROW_KEY_DUP").faults() if way is Way.CONFIRM else []
    event = _event(way, faults, duplicates, reason=reason, by=by)
    with open_ledger(folder) as ledger:
        known = _known(ledger, way, faults)
        sequence = known if known is not None else ledger.append(event).sequence
        return {
            "entry": sequence,
            "is_new": known is None,
            "decision": way.value,
            "file_sha256": faults[0].file_sha256,
            "record_number": faults[0].record_number,
            "codes": [fault.code for fault in faults],
            "dismissed_with_it": len(event.subject.get("rivals", [])),
            "head": ledger.head(),
        }


def _event(
    way: Way, faults: Sequence[Fault], duplicates: Sequence[Fault], *, reason: str, by: str
) -> Event:
    from workspace.ledger.deciding import confirmation, dismissal

    if way is Way.DISMISS:
        return dismissal(faults, reason=reason, actor=by, at=now())
    return confirmation(faults, duplicates, reason=reason, actor=by, at=now())


def _known(ledger: Ledger, way: Way, faults: Sequence[Fault]) -> int | None:
    """Return the entry that has decided the same already: a command given twice decides once."""
    from workspace.ledger.row_decisions import WHOLE_RECORD, in_force

    decided = {decision.key: decision for decision in in_force(ledger.read())}
    codes = [fault.code for fault in faults] if way is Way.CONFIRM else [WHOLE_RECORD]
    found = [decided.get((*faults[0].record, code)) for code in codes]
    return max((d.ledger_seq for d in found if d is not None), default=None) if all(found) else None


def _told(document: dict[str, Any], fault: Fault) -> str:
    becomes = "loads it" if document["decision"] == "confirm" else "leaves it out on purpose"
    others = document["dismissed_with_it"]
    also = f", and leaves out {others} that contradict it" if others else ""
    was = "" if document["is_new"] else "already "
    return (
        f"Record {fault.record_number} of {printable(fault.file_name)}: the next night {becomes}"
        f"{also}.\n"
        f"It is {was}entry {document['entry']} of the ledger, whose head is {document['head']}."
    )


def revoke(
    entry: Annotated[int, typer.Argument(help="Number of the decision's entry in the ledger.")],
    reason: Reason,
    by: By,
    workspace: Workspace = DEFAULT_WORKSPACE,
    json: Json = False,
) -> None:
    """Take a decision back: from the next night on the contract alone decides about the record."""

    def event(entries: Iterable[Entry]) -> Event:
        from workspace.ledger.deciding import revocation
        from workspace.ledger.row_decisions import in_force

        return revocation(entry, in_force(entries), reason=reason, actor=by, at=now())

    take_back(workspace, entry, event, json=json)
