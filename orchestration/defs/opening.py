"""The night opens: an empty working database, the settings, and what the last release knew."""

import shutil
from collections.abc import Iterator
from datetime import date

import dagster as dg

from orchestration.refusal import refusals
from orchestration.resource import NIGHTS, Night
from workspace.ingest.control import open_books
from workspace.ingest.delivery import require_files
from workspace.night_inputs import PRIOR_TABLES, land_parameters, land_prior
from workspace.releases import previous_release
from workspace.warehouse import row_count

PRIOR = [name.split(".")[1] for name in PRIOR_TABLES]


@dg.multi_asset(
    specs=[
        dg.AssetSpec(["night", "parameters"], description="One row: the settings SQL reads."),
        dg.AssetSpec(["night", "systems"], description="One row per system, with its priority."),
        *(
            dg.AssetSpec(["prior", name], description=f"{name} of the release before.")
            for name in PRIOR
        ),
    ],
    group_name="night",
    partitions_def=NIGHTS,
)
def opening(context: dg.AssetExecutionContext, night: Night) -> Iterator[dg.MaterializeResult]:
    """Start from nothing: a build left by a failed night moves aside, it is not built upon."""
    workspace, business_date = night.workspace, date.fromisoformat(context.partition_key)
    with refusals():
        missing = require_files(workspace)
        if missing:
            raise missing[0]
    if workspace.build.exists():
        aside = workspace.root / "build.before"
        shutil.rmtree(aside, ignore_errors=True)
        workspace.build.rename(aside)
    workspace.build.mkdir(parents=True)
    previous = previous_release(workspace, business_date)
    with night.warehouse() as connection:
        open_books(connection)
        land_parameters(connection, workspace, business_date)
        counts = land_prior(connection, previous)
        systems = row_count(connection, "night.systems")
    yield dg.MaterializeResult(
        asset_key=["night", "parameters"],
        metadata={"business_date": business_date.isoformat(), "dagster/row_count": 1},
    )
    yield dg.MaterializeResult(
        asset_key=["night", "systems"], metadata={"dagster/row_count": systems}
    )
    for name in PRIOR:
        yield dg.MaterializeResult(
            asset_key=["prior", name],
            metadata={
                "dagster/row_count": counts[name],
                "release_id": previous.release_id if previous else "none before",
            },
        )
