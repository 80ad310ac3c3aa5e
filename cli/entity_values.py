"""entity set, unset, values: what stewards state of golden records, whatever records say."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer

from cli.options import DEFAULT_WORKSPACE, Json, ReleaseName, Workspace
from cli.recording import By, Reason, now, recorded, take_back

if TYPE_CHECKING:
    from collections.abc import Iterable

    from workspace.ledger.attribute_decisions import AttributeDecision
    from workspace.ledger.chain import Entry, Event


def register(group: typer.Typer) -> None:
    """Add the commands of this file to those of entities."""
    group.command("set")(set_value)
    group.command("unset")(unset_value)
    group.command("values")(list_values)


def set_value(
    golden_id: Annotated[str, typer.Argument(help="Golden id, such as c-9ef12b2e76052ea0.")],
    attribute: Annotated[str, typer.Argument(help="Column of its golden table.")],
    value: Annotated[str, typer.Argument(help="The value; a date as 2026-07-31.")],
    reason: Reason,
    by: By,
    until: Annotated[
        datetime | None,
        typer.Option("--until", formats=["%Y-%m-%d"], help="Business date it ends on."),
    ] = None,
    workspace: Workspace = DEFAULT_WORKSPACE,
    release: ReleaseName = None,
    json: Json = False,
) -> None:
    """State the value of an attribute of a golden record, in place of what records say."""
    from cli.outcome import emit, reported

    with reported(as_json=json):
        from cli.read import reading
        from serving.matching import entity
        from workspace.ledger.attribute_decisions import statement

        with reading(workspace, release) as reader:
            record = entity(reader, golden_id)

        def event(_: Iterable[Entry]) -> Event:
            day = until.date() if until else None
            return statement(record, attribute, value, until=day, reason=reason, actor=by, at=now())

        entry = recorded(workspace, event)
        document = {"entry": entry.sequence, **entry.event.subject, "head": entry.hash}
        emit(
            document,
            as_json=json,
            text=lambda: (
                f"The next night goes by it. It is entry {entry.sequence} of the ledger, "
                f"whose head is {entry.hash}."
            ),
        )


def unset_value(
    entry: Annotated[int, typer.Argument(help="Number of the value's entry in the ledger.")],
    reason: Reason,
    by: By,
    workspace: Workspace = DEFAULT_WORKSPACE,
    json: Json = False,
) -> None:
    """Take a stated value back: the records decide again."""

    def event(entries: Iterable[Entry]) -> Event:
        from workspace.ledger.attribute_decisions import attribute_decisions, withdrawal

        standing = attribute_decisions(entries)
        return withdrawal(entry, standing, reason=reason, actor=by, at=now())

    take_back(workspace, entry, event, json=json)


def list_values(workspace: Workspace = DEFAULT_WORKSPACE, json: Json = False) -> None:
    """List the values that stewards have stated."""
    from cli.outcome import emit, reported

    with reported(as_json=json):
        from workspace.folder import Folder
        from workspace.ledger.attribute_decisions import attribute_decisions
        from workspace.ledger.store import read_ledger

        with read_ledger(Folder(root=workspace)) as ledger:
            standing = attribute_decisions(ledger.read())
        lines = "\n".join(map(_line, standing)) or "Nobody has stated a value."
        emit([vars(each) for each in standing], as_json=json, text=lambda: lines)


def _line(decision: AttributeDecision) -> str:
    from cli.outcome import printable

    until = f" until {decision.valid_to}" if decision.valid_to else ""
    return printable(
        f"{decision.ledger_seq:>5}  {decision.golden_id} {decision.attribute} = {decision.value}"
        f"{until}, by {decision.decided_by}: {decision.reason}"
    )
