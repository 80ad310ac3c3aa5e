"""history list, history confirm, history revoke: what the audit of the history found."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from cli.options import DEFAULT_WORKSPACE, Build, Json, ReleaseName, Workspace
from cli.recording import By, Reason, now, take_back

if TYPE_CHECKING:
    from collections.abc import Iterable

    from workspace.folder import Folder
    from workspace.history import HistoryFinding
    from workspace.ledger.chain import Entry, Event

group = typer.Typer(help="Faults of the delivered history.", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Add the commands of this file."""
    app.add_typer(group, name="history")


@group.command("list")
def list_findings(
    workspace: Workspace = DEFAULT_WORKSPACE,
    release: ReleaseName = None,
    build: Build = False,
    json: Json = False,
) -> None:
    """List what the audit found, and what a steward has confirmed."""
    from cli.outcome import emit, reported

    with reported(as_json=json):
        from workspace.folder import Folder
        from workspace.history import confirmed
        from workspace.ledger.store import read_ledger

        folder = Folder(root=workspace)
        findings = _findings(folder, release, of_build=build)
        with read_ledger(folder) as ledger:
            known = confirmed(ledger.read())
        rows = [{**f.document(), "confirmed_by_entry": known.get(f.finding_id)} for f in findings]
        emit(
            rows,
            as_json=json,
            text=lambda: (
                "\n".join(_line(f, known.get(f.finding_id)) for f in findings)
                or "The audit found nothing."
            ),
        )


@group.command("confirm")
def confirm(
    finding: Annotated[str, typer.Argument(help="As `history list` shows it.")],
    reason: Reason,
    by: By,
    workspace: Workspace = DEFAULT_WORKSPACE,
    release: ReleaseName = None,
    build: Build = False,
    json: Json = False,
) -> None:
    """Say that the history is right: no backfill refuses anything for this finding."""
    from cli.outcome import emit, reported

    with reported(as_json=json):
        from workspace.folder import Folder
        from workspace.history import confirmation, confirmed, named_finding
        from workspace.ledger.store import open_ledger

        folder = Folder(root=workspace)
        found = named_finding(_findings(folder, release, of_build=build), finding)
        event = confirmation(found, reason=reason, actor=by, at=now())
        with open_ledger(folder) as ledger:
            known = confirmed(ledger.read()).get(found.finding_id)
            entry = known if known is not None else ledger.append(event).sequence
        document = {"entry": entry, "is_new": known is None, "finding": found.finding_id}
        was = "" if known is None else "already "
        emit(
            document,
            as_json=json,
            text=lambda: f"Finding {found.finding_id} is {was}confirmed by entry {entry}.",
        )


@group.command("revoke")
def revoke(
    entry: Annotated[int, typer.Argument(help="Number of the confirmation's ledger entry.")],
    reason: Reason,
    by: By,
    workspace: Workspace = DEFAULT_WORKSPACE,
    json: Json = False,
) -> None:
    """Take a confirmation back."""

    def event(entries: Iterable[Entry]) -> Event:
        from workspace.history import confirmed, revocation

        return revocation(entry, confirmed(entries), reason=reason, actor=by, at=now())

    take_back(workspace, entry, event, json=json)


def _findings(folder: Folder, release: str | None, *, of_build: bool) -> list[HistoryFinding]:
    """Read the audit of a release or of the build, where a backfill's own audit stands too."""
    from workspace.history import AUDIT, read_audit
    from workspace.releases import named_release

    if of_build:
        return read_audit(folder.warehouse)
    return read_audit(named_release(folder, release).database, AUDIT.split(".")[1])


def _line(finding: HistoryFinding, entry: int | None) -> str:
    what = f"confirmed by entry {entry} of the ledger" if entry else f"→ {finding.remedy}"
    return (
        f"{finding.finding_id}  {finding.kind}  {finding.subject}  "
        f"{finding.period_start_date} to {finding.period_end_date}\n"
        f"    {finding.detail}\n    {what}"
    )
