"""match decide, match revoke: what a steward decides about two records, for the ledger."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli import match_questions
from cli.match_questions import Object, record_argument
from cli.options import DEFAULT_WORKSPACE, Json, ReleaseName, Workspace
from cli.recording import By, Reason, now, take_back

if TYPE_CHECKING:
    from collections.abc import Iterable

    from serving.matching import Two
    from workspace.folder import Folder
    from workspace.ledger.chain import Entry, Event

Link = Annotated[bool, typer.Option("--link/--never", help="They are one thing, or never are.")]


def register(group: typer.Typer) -> None:
    """Add the commands about pairs of records to the group of matching."""
    match_questions.register(group)
    group.command("decide")(decide)
    group.command("revoke")(revoke)


def decide(
    one: Annotated[str, record_argument("A")],
    other: Annotated[str, record_argument("B")],
    link: Link,
    reason: Reason,
    by: By,
    object_type: Object = None,
    workspace: Workspace = DEFAULT_WORKSPACE,
    release: ReleaseName = None,
    json: Json = False,
) -> None:
    """Decide whether two records are one thing: every later night obeys."""
    from cli.outcome import emit, reported
    from cli.read import reading

    with reported(as_json=json):
        from serving.matching import two_records
        from workspace.folder import Folder

        with reading(workspace, release) as reader:
            two = two_records(reader, one, other, object_type or "")
        document = _recorded(Folder(root=workspace), two, link=link, reason=reason, by=by)
        emit(document, as_json=json, text=lambda: _told(document))


def _recorded(folder: Folder, two: Two, *, link: bool, reason: str, by: str) -> dict[str, Any]:
    """Write a decision to the ledger, unless it stands there; return what came of it."""
    from workspace.ledger.match_decisions import Decision, decided, match_decisions
    from workspace.ledger.store import open_ledger

    word: Decision = "link" if link else "never"
    event: Event = decided(
        two.object_type, two.one, two.other, word, reason=reason, actor=by, at=now()
    )
    pair = (two.object_type, *sorted((two.one, two.other)))
    with open_ledger(folder) as ledger:
        known = [
            found.ledger_seq
            for found in match_decisions(ledger.read())
            if (found.pair, found.decision) == (pair, word)
        ]
        sequence = known[0] if known else ledger.append(event).sequence
        return {
            "entry": sequence,
            "is_new": not known,
            "decision": word,
            "object_type": two.object_type,
            "record_keys": list(pair[1:]),
            "head": ledger.head(),
        }


def _told(document: dict[str, Any]) -> str:
    from cli.outcome import printable

    one, other = (printable(key) for key in document["record_keys"])
    becomes = "makes one of" if document["decision"] == "link" else "keeps apart"
    was = "" if document["is_new"] else "already "
    return (
        f"From the next night on matching {becomes} {document['object_type']} {one} and {other}.\n"
        f"It is {was}entry {document['entry']} of the ledger, whose head is {document['head']}."
    )


def revoke(
    entry: Annotated[int, typer.Argument(help="Number of the decision's entry in the ledger.")],
    reason: Reason,
    by: By,
    workspace: Workspace = DEFAULT_WORKSPACE,
    json: Json = False,
) -> None:
    """Take a decision back: from the next night on the evidence alone decides about the pair."""

    def event(entries: Iterable[Entry]) -> Event:
        from workspace.ledger.match_decisions import match_decisions, revoked

        return revoked(entry, match_decisions(entries), reason=reason, actor=by, at=now())

    take_back(workspace, entry, event, json=json)
