"""The one job, its schedule, and what happens when it fails."""

from collections.abc import Iterator
from datetime import UTC, datetime

import dagster as dg

from orchestration.notices import write_notice
from orchestration.resource import NIGHTS, served_workspace

# A step is tried again for what passes by itself, such as a locked file; a coded error is not.
RETRIES = dg.RetryPolicy(max_retries=1, delay=5)


@dg.definitions
def nightly() -> dg.Definitions:
    """Make the job, its schedule in the workspace's time zone, and the failure sensor."""
    served = served_workspace()
    job = dg.define_asset_job(
        "nightly",
        selection=dg.AssetSelection.all(),
        description="From delivered files to a published release.",
        partitions_def=NIGHTS,
        op_retry_policy=RETRIES,
        # One process: DuckDB has one writer, and every further process would import for seconds.
        executor_def=dg.in_process_executor,
    )

    @dg.schedule(
        name="every_night",
        job=job,
        cron_schedule=served.file.schedule,
        execution_timezone=served.file.time_zone,
        default_status=dg.DefaultScheduleStatus.STOPPED,
    )
    def every_night(context: dg.ScheduleEvaluationContext) -> Iterator[dg.RunRequest]:
        night = served.business_date(context.scheduled_execution_time or datetime.now(UTC))
        context.instance.add_dynamic_partitions("business_date", [night.isoformat()])
        yield dg.RunRequest(partition_key=night.isoformat(), run_key=night.isoformat())

    @dg.run_failure_sensor(name="failed_night", default_status=dg.DefaultSensorStatus.RUNNING)
    def failed_night(context: dg.RunFailureSensorContext) -> None:
        write_notice(
            served.root / "notices.jsonl",
            run_id=context.dagster_run.run_id,
            business_date=context.partition_key or "",
            message=context.failure_event.message or "",
            steps=[event.step_key or "" for event in context.get_step_failure_events()],
        )

    return dg.Definitions(jobs=[job], schedules=[every_night], sensors=[failed_night])
