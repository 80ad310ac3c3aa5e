"""Running the nights of a range in order, after an audit of the history that they are made from."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from orchestration.night import Progress, run_night
from workspace.backfill import Ending, Step, begun, continued, published
from workspace.backfill_dates import Partition
from workspace.folder import Workspace
from workspace.history import HistoryFinding, blocking, confirmed, read_audit
from workspace.ledger.store import read_ledger

AUDIT_JOB = "history_audit"


@dataclass(frozen=True, kw_only=True)
class Plan:
    """A backfill before it runs: its partitions, and the findings that keep some from running."""

    inbox: Path | None
    folder: Workspace
    partitions: tuple[Partition, ...]
    findings: tuple[HistoryFinding, ...]


def audit(
    folder: Workspace, inbox: Path | None, last: Partition, progress: Progress
) -> list[HistoryFinding]:
    """Audit the history as delivered for the last date; return the findings nobody confirmed.

    Runs a night up to the audit and no further: it publishes nothing. Raises what stops it.
    """
    outcome = run_night(
        folder.root,
        inbox,
        last.business_date,
        progress,
        job_name=AUDIT_JOB,
        backfill=begun(folder).backfill,
    )
    if outcome.error is not None:
        raise outcome.error
    with read_ledger(folder) as ledger:
        known = confirmed(ledger.read())
    return [f for f in read_audit(folder.warehouse) if f.finding_id not in known]


def run(plan: Plan, progress: Progress, *, is_dry: bool = False) -> Iterator[Step]:
    """Run the nights of a plan; yield what became of each partition as soon as it is known.

    A night that fails ends the run: what comes after would follow a release that is not there. So
    does the first night that a dry run would have to run. Refusals are told in any case.
    """
    home = begun(plan.folder)
    has_ended = False
    for partition in plan.partitions:
        findings = blocking(plan.findings, partition)
        before = None if has_ended or findings else published(home, partition.business_date)
        if findings:
            step = Step(partition=partition, ending=Ending.REFUSED, findings=findings)
        elif before is not None:
            step = Step(partition=partition, ending=Ending.UNCHANGED, release_id=before.release_id)
        elif has_ended or is_dry:
            step = Step(partition=partition, ending=Ending.PENDING)
        else:
            step = _night(plan, home, partition, progress)
        has_ended = has_ended or step.ending in {Ending.FAILED, Ending.PENDING}
        if step.release_id is not None:
            home = continued(home, step.release_id)
        yield step


def _night(plan: Plan, home: Workspace, partition: Partition, progress: Progress) -> Step:
    outcome = run_night(
        plan.folder.root,
        plan.inbox,
        partition.business_date,
        progress,
        backfill=home.backfill,
    )
    if outcome.error is not None:
        return Step(partition=partition, ending=Ending.FAILED, error=outcome.error)
    return Step(partition=partition, ending=Ending.PUBLISHED, release_id=outcome.release_id)
