"""backfill: running the nights of a range of business dates, in order."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.operate import Inbox
from cli.options import DEFAULT_WORKSPACE, Json, Workspace
from workspace.backfill_dates import Every, Partition, partitions

if TYPE_CHECKING:
    from workspace.backfill import Step
    from workspace.folder import Workspace as Folder
    from workspace.history import HistoryFinding
    from workspace.releases import Release

DATES = ["%Y-%m-%d"]


def register(app: typer.Typer) -> None:
    """Add the commands of this file."""
    app.command()(backfill)


def backfill(
    from_: Annotated[
        datetime, typer.Option("--from", formats=DATES, help="First day of the range.")
    ],
    to: Annotated[datetime, typer.Option("--to", formats=DATES, help="Last day of the range.")],
    every: Annotated[
        Every, typer.Option("--every", help="A night for each; a period's is on its last day.")
    ] = Every.DAY,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Audit and plan only; publish nothing.")
    ] = False,
    workspace: Workspace = DEFAULT_WORKSPACE,
    inbox: Inbox = None,
    json: Json = False,
) -> None:
    """Audit the history, then run the nights of a range in order, but for what the audit bars."""
    from cli.outcome import emit, reported

    first, last = from_.date(), to.date()
    if first > last:
        raise typer.BadParameter(f"the range ends on {last}, before {first}", param_hint="--to")
    with reported(as_json=json):
        from workspace.configuration_check import check_workspace
        from workspace.folder import open_workspace
        from workspace.releases import current_release

        folder = open_workspace(workspace, inbox=inbox)
        check_workspace(folder)
        wanted = partitions(first, last, every, folder.file.week_starts_on)
        findings = _audit(folder, inbox, wanted[-1])
        steps = _run(folder, inbox, wanted, findings, is_dry=dry_run)
        current = current_release(folder)
        document = _document(steps, findings, current, is_dry=dry_run)
        emit(document, as_json=json, text=lambda: _table(steps, current, is_dry=dry_run))
        _end(steps, as_json=json)


def _audit(folder: Folder, inbox: Path | None, last: Partition) -> list[HistoryFinding]:
    from cli.outcome import note
    from cli.progress import night_progress

    note(f"Auditing the history as delivered for {last.business_date} …")
    from orchestration.backfilling import audit

    with night_progress() as progress:
        found = audit(folder, inbox, last, progress)
    note(f"The audit found {len(found) or 'nothing'}{' to refuse' if found else ''}.")
    return found


def _run(
    folder: Folder,
    inbox: Path | None,
    wanted: Sequence[Partition],
    findings: Sequence[HistoryFinding],
    *,
    is_dry: bool,
) -> list[Step]:
    """Run the plan; say of each night where in the range it stands."""
    from cli.outcome import note
    from cli.progress import night_progress
    from orchestration.backfilling import Plan, run

    plan = Plan(folder=folder, inbox=inbox, partitions=tuple(wanted), findings=tuple(findings))
    steps: list[Step] = []

    def told(step: str, done: int, total: int) -> None:
        at = f"{len(steps) + 1}/{len(wanted)} {wanted[len(steps)].business_date}"
        progress(f"{at} {step}", done, total)

    with night_progress() as progress:
        for step in run(plan, told, is_dry=is_dry):
            steps.append(step)
            day = step.partition.business_date
            note(f"  {len(steps)}/{len(wanted)}  {day}  {step.ending}  {step.release_id or ''}")
    return steps


def _document(
    steps: Sequence[Step],
    findings: Sequence[HistoryFinding],
    current: Release | None,
    *,
    is_dry: bool,
) -> dict[str, Any]:
    return {
        "is_dry_run": is_dry,
        "current_release_id": current.release_id if current else None,
        "counts": dict(Counter(step.ending.value for step in steps)),
        "nights": [step.document() for step in steps],
        "findings": [finding.document() for finding in findings],
        "errors": [step.error.as_json() for step in steps if step.error is not None],
    }


def _table(steps: Sequence[Step], current: Release | None, *, is_dry: bool) -> str:
    """Return one line for each night, and under a refused one what bars it and what clears it."""
    lines = ["date        ending     release"]
    for step in steps:
        day = step.partition.business_date
        lines.append(f"{day}  {step.ending.value:<9}  {step.release_id or ''}".rstrip())
        lines += [line for finding in step.findings for line in _finding(finding)]
    counts = Counter(step.ending.value for step in steps)
    told = ", ".join(f"{count} {ending}" for ending, count in counts.items())
    lines += ["", f"{'Dry run: ' if is_dry else ''}{told}.", _standing(steps, current)]
    return "\n".join(lines)


def _finding(finding: HistoryFinding) -> list[str]:
    days = f"{finding.period_start_date} to {finding.period_end_date}"
    return [
        f"    {finding.kind} {finding.subject}, {days}: {finding.detail}",
        f"      → {finding.remedy}",
    ]


def _standing(steps: Sequence[Step], current: Release | None) -> str:
    """Return which release is in force, and whether it is the last of the range."""
    if current is None:
        return "No release is in force."
    built = [step.release_id for step in steps if step.release_id]
    if built and built[-1] != current.release_id:
        return (
            f"{current.release_id} stays in force: it is of a later date. To put what was built "
            f"in force, run the range up to {current.as_of}."
        )
    return f"{current.release_id} is in force."


def _end(steps: Sequence[Step], *, as_json: bool) -> None:
    """End as the night that failed does, or as held where the audit refused any."""
    from workspace.backfill import Ending
    from workspace.errors import Exit

    for step in steps:
        if step.error is not None:
            if not as_json:
                raise step.error
            raise typer.Exit(int(step.error.exit))
    if any(step.ending is Ending.REFUSED for step in steps):
        raise typer.Exit(int(Exit.HELD))
