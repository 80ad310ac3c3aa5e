"""Between two nights: a sensor that sees event files arrive, and the job that reads them."""

from collections.abc import Iterator
from datetime import UTC, datetime

import dagster as dg

from orchestration.refusal import refusals
from orchestration.resource import served_workspace
from workspace.folder import Workspace
from workspace.ingest.delivery import decide_night, deliveries_hash
from workspace.intraday.lane import intraday_extracts, lane_of
from workspace.intraday.look import look
from workspace.releases import current_release

SECONDS = 60


@dg.definitions
def intraday() -> dg.Definitions:
    """Make sensor and job where a contract has an intraday extract; elsewhere nothing waits."""
    served = served_workspace()
    if not intraday_extracts(served):
        return dg.Definitions()

    # No asset: what the lane keeps is no part of a night, and no night waits for it.
    @dg.op(description="Read event files that arrived since the last release.")
    def look_into_inbox(context: dg.OpExecutionContext) -> None:
        now = datetime.now(UTC)
        with refusals():
            found = look(served, served.business_date(now), now)
        context.log.info(f"{found.new_file_count} new files, {found.signal_count} signals")

    @dg.job(
        name="intraday",
        description="From event files to provisional signals.",
        executor_def=dg.in_process_executor,
    )
    def job() -> None:
        look_into_inbox()

    @dg.sensor(
        name="event_files",
        job=job,
        minimum_interval_seconds=SECONDS,
        default_status=dg.DefaultSensorStatus.STOPPED,
    )
    def event_files() -> Iterator[dg.RunRequest | dg.SkipReason]:
        """Ask for a look when files or the release have changed since the last one."""
        release = current_release(served)
        if release is None:
            yield dg.SkipReason("No release has been published yet.")
            return
        yield dg.RunRequest(run_key=f"{release.release_id} {_files(served)}")

    return dg.Definitions(jobs=[job], sensors=[event_files])


def _files(served: Workspace) -> str:
    """Return one hash over the files that a look would read."""
    return deliveries_hash(decide_night(lane_of(served), served.business_date(datetime.now(UTC))))
