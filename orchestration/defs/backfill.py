"""The jobs of a backfill: the audit that comes first, and the run over a range of dates."""

from collections import Counter
from datetime import date

import dagster as dg

from orchestration import settings
from orchestration.backfilling import AUDIT_JOB, Plan, audit, run
from orchestration.night import BACKFILL_JOB, Progress
from orchestration.refusal import refusals
from orchestration.resource import NIGHTS, served_workspace
from workspace.backfill import Ending
from workspace.backfill_dates import Every, partitions
from workspace.errors import TierwiseError
from workspace.history import AUDIT


class Range(dg.Config):
    """The range of business dates, as `tierwise backfill` takes it."""

    from_date: str
    to_date: str
    every: str = "day"


@dg.op
def run_backfill(context: dg.OpExecutionContext, config: Range) -> None:
    """Run the nights of a range in order; each is a run of the job `nightly` of its own."""

    def heard(step: str, done: int, total: int) -> None:
        context.log.debug(f"{done}/{total} {step}")

    endings: Counter[str] = Counter()
    with refusals():
        for step in run(_planned(config, heard), heard):
            endings[step.ending] += 1
            day = step.partition.business_date
            context.log.info(f"{day} {step.ending} {step.release_id or ''}")
            for finding in step.findings:
                context.log.warning(f"{finding.finding_id} {finding.subject}: {finding.detail}")
            if step.error is not None:
                raise step.error
    context.add_output_metadata({ending.value: endings[ending] for ending in Ending})


def _planned(config: Range, heard: Progress) -> Plan:
    """Audit the history and return the plan; raises CONFIG_VALUE for a range without a day."""
    folder = served_workspace()
    first, last = date.fromisoformat(config.from_date), date.fromisoformat(config.to_date)
    wanted = partitions(first, last, Every(config.every), folder.file.week_starts_on)
    if not wanted:
        cause = f"The range ends on {last}, before {first}."
        raise TierwiseError("CONFIG_VALUE", place="to_date", cause=cause)
    inbox = settings.inbox()
    findings = audit(folder, inbox, wanted[-1], heard)
    return Plan(inbox=inbox, folder=folder, partitions=tuple(wanted), findings=tuple(findings))


@dg.definitions
def backfill() -> dg.Definitions:
    """Make both jobs; the audit's is a night up to the audit."""

    @dg.job(name=BACKFILL_JOB, description="The nights of a range of business dates, in order.")
    def job() -> None:
        run_backfill()

    up_to_the_audit = dg.AssetSelection.assets(dg.AssetKey(AUDIT.split("."))).upstream()
    history_audit = dg.define_asset_job(
        AUDIT_JOB,
        selection=up_to_the_audit.required_multi_asset_neighbors(),
        description="From delivered files to the audit of the history they hold.",
        partitions_def=NIGHTS,
        executor_def=dg.in_process_executor,
    )
    return dg.Definitions(jobs=[job, history_audit])
