"""Running one night from a command: Dagster's job, in this process, with its progress told."""

from __future__ import annotations

import contextlib
import io
import logging
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import dagster as dg

from orchestration import settings
from orchestration.defs.loggers import NAME
from orchestration.notices import write_notice
from orchestration.resource import NIGHTS
from workspace.errors import CATALOGUE, TierwiseError
from workspace.folder import Backfill
from workspace.lease import holder

RELEASE = dg.AssetKey(["release", "release"])
BACKFILL_JOB = "backfill"
Progress = Callable[[str, int, int], None]
CODED = re.compile(r"\b([A-Z]+_[A-Z_]+) ")


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """How a night ended; `error` is None when it did what it was to do: publish a release."""

    run_id: str
    error: TierwiseError | None
    release_id: str | None


def run_night(
    workspace: Path,
    inbox: Path | None,
    business_date: date,
    progress: Progress,
    *,
    job_name: str = "nightly",
    backfill: Backfill | None = None,
) -> Outcome:
    """Run the nightly job, or a part of it that has a job of its own, for one date.

    `progress` hears (step, steps done, steps in all).
    """
    settings.serve(workspace, inbox)
    from orchestration.definitions import defs  # reads the workspace that serve() has named

    job = defs().resolve_job_def(job_name)
    with dg.DagsterInstance.get() as instance:
        if holder(workspace / "lease.json") is None:
            _report_dead_runs(instance)
        partition = business_date.isoformat()
        instance.add_dynamic_partitions(NIGHTS.name or "", [partition])
        listener = _Listener(progress, total=len(job.nodes))
        logger = logging.getLogger(NAME)
        logger.addHandler(listener)
        said = io.StringIO()  # dbt speaks to standard output, which is ours
        try:
            with contextlib.redirect_stdout(said):
                result = job.execute_in_process(
                    instance=instance,
                    partition_key=partition,
                    raise_on_error=False,
                    run_config={"loggers": {"quiet": {}}, "resources": _resources(backfill)},
                )
        finally:
            logger.removeHandler(listener)
        error = None if result.success else _error(result)
        _leave_word(workspace, result, business_date, said.getvalue(), error)
        return Outcome(run_id=result.run_id, error=error, release_id=_published(result))


def _published(result: dg.ExecuteInProcessResult) -> str | None:
    """Return the release that a run has published."""
    for event in result.get_asset_materialization_events():
        metadata = event.materialization.metadata
        if "release_id" in metadata and event.asset_key == RELEASE:
            return str(metadata["release_id"].value)
    return None


def _resources(backfill: Backfill | None) -> dict[str, object]:
    """Return what a run tells its night of the backfill that it is part of."""
    if backfill is None:
        return {}
    follows = {"follows": backfill.follows} if backfill.follows else {}
    return {"night": {"config": {"is_backfill": True, **follows}}}


def _leave_word(
    workspace: Path,
    result: dg.ExecuteInProcessResult,
    business_date: date,
    said: str,
    error: TierwiseError | None,
) -> None:
    """Keep what dbt said in the build, and write a notice of a failure.

    The failure sensor hears only of runs that the daemon launched; this run is our own.
    """
    (workspace / "build").mkdir(exist_ok=True)
    (workspace / "build" / "night.log").write_text(said, encoding="utf-8")
    if error is not None:
        write_notice(
            workspace / "notices.jsonl",
            run_id=result.run_id,
            business_date=business_date.isoformat(),
            message=str(error),
            steps=[event.step_key or "" for event in result.get_step_failure_events()],
        )


def _report_dead_runs(instance: dg.DagsterInstance) -> None:
    """Mark runs whose process tree died as failed: Dagster itself would show them running on.

    Only where nobody holds the lease: a run of a living night is no dead run. The run of a backfill
    that started this night holds none.
    """
    running = instance.get_run_records(dg.RunsFilter(statuses=[dg.DagsterRunStatus.STARTED]))
    for record in running:
        if record.dagster_run.job_name != BACKFILL_JOB:
            instance.report_run_failed(record.dagster_run, "Its process ended before the run did.")


class _Listener(logging.Handler):
    """Turns Dagster's events into progress: one call for each step that ends."""

    def __init__(self, progress: Progress, total: int) -> None:
        super().__init__()
        self.progress = progress
        self.total = total
        self.done = 0

    def emit(self, record: logging.LogRecord) -> None:
        event = getattr(record, "dagster_event", None)
        if event is not None and (event.is_step_success or event.is_step_failure):
            self.done += 1
            ending = " failed" if event.is_step_failure else ""
            self.progress(f"{event.step_key}{ending}", self.done, self.total)


def _error(result: dg.ExecuteInProcessResult) -> TierwiseError:
    """Return why the night failed: a coded refusal, a gate, or whatever broke."""
    for event in result.get_step_failure_events():
        data = event.step_failure_data
        metadata = data.user_failure_data.metadata if data.user_failure_data else {}
        if "code" in metadata:
            return TierwiseError(
                str(metadata["code"].value),
                place=str(metadata["place"].value),
                cause=str(metadata["cause"].value),
            )
    failed = [
        check
        for check in result.get_asset_check_evaluations()
        if not check.passed and check.blocking
    ]
    if failed:
        names = [f"{'.'.join(check.asset_key.path)}.{check.check_name}" for check in failed]
        detail = str(failed[0].metadata["detail"].value) if "detail" in failed[0].metadata else ""
        coded_by = failed[0].metadata.get("code")
        code = str(coded_by.value) if coded_by else "GATE_FAILED"
        return TierwiseError(code, place=", ".join(names), cause=detail or "It failed.")
    for event in result.get_step_failure_events():
        error = event.step_failure_data.error
        text = error.to_string() if error else "unknown"
        coded = CODED.search(text)
        if coded and coded.group(1) in CATALOGUE:
            return TierwiseError(coded.group(1), place=event.step_key or "", cause=text[:500])
        return TierwiseError("NIGHT_FAILED", place=event.step_key or "", cause=text[-1500:])
    return TierwiseError("NIGHT_FAILED", place="nightly", cause="The run failed without a step.")
