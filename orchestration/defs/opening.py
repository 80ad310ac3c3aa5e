"""The night opens: an empty working database, the settings, and what the last release knew."""

import shutil
from collections.abc import Iterator
from datetime import date
from typing import Any

import dagster as dg

from orchestration.edge_cases.substitutes import carried_features
from orchestration.lineage import table_metadata
from orchestration.refusal import refusals
from orchestration.resource import NIGHTS, Night
from workspace.folder import Workspace
from workspace.ingest.control import open_books
from workspace.ingest.database_delivery import deliver_databases
from workspace.ingest.delivery import settle
from workspace.ledger.landing import DECIDED, land_ledger
from workspace.night_inputs import PRIOR_TABLES, land_parameters, land_prior
from workspace.overlays import land_kept_apart
from workspace.releases import previous_release
from workspace.table_contract import contract
from workspace.warehouse import row_count

SETTINGS = {
    "parameters": "One row: the settings SQL reads.",
    "systems": "One row per system, with its priority.",
    "business_units": "One row per system or site: the unit whose books its postings are in.",
    "business_calendars": "One row per working calendar, with the country whose sites use it.",
    "site_settings": "One row per site of which calendars.yml says more than master data do.",
    "signal_lives": "One row per signal, and one for all others: days a value may be relied upon.",
    "pos_settings": "One row: limits for trusting what a channel reports of its sales.",
    "pos_channels": "One row per channel whose point of sale data may be used.",
    "value_settings": "One row: half-lives of customer value, and how surely margins are known.",
    "survivorship": "One row per attribute of golden records: the rules that decide on it.",
    "survivorship_systems": "One row per attribute and system that a rule names, with its place.",
    "hierarchy_views": "One row per view of a tree that the configuration names.",
    "hierarchy_agreements": "One row per two views in which a customer must hang on one node.",
    "hierarchy_rules": "One row per rule that settles where trees disagree, and voice of it.",
    "hierarchy_rulings": "One row per place that an expert has ruled on.",
    "hierarchy_readings": "One row per regional node that reads as a node of the one tree.",
    "supply_settings": "One row: the date that deliveries are judged by.",
    "kept_apart": "One row per system that is kept apart until an acquisition is approved.",
    "ledger": "One row: head and length of the ledger that the night goes by.",
}
PRIOR = [name.split(".")[1] for name in PRIOR_TABLES]


@dg.multi_asset(
    specs=[
        *(
            dg.AssetSpec(["night", name], description=said, group_name="night")
            for name, said in SETTINGS.items()
        ),
        *(
            dg.AssetSpec(
                ["prior", name], description=f"{name} of the release before.", group_name="night"
            )
            for name in PRIOR
        ),
        *(
            dg.AssetSpec(
                table.split("."), description=contract(table).description, group_name="control"
            )
            for table in DECIDED
        ),
    ],
    partitions_def=NIGHTS,
)
def opening(context: dg.AssetExecutionContext, night: Night) -> Iterator[dg.MaterializeResult]:
    """Start from nothing: a build left by a failed night moves aside, it is not built upon."""
    workspace, business_date = night.workspace, date.fromisoformat(context.partition_key)
    if workspace.build.exists():
        aside = workspace.root / "build.before"
        shutil.rmtree(aside, ignore_errors=True)
        workspace.build.rename(aside)
    workspace.build.mkdir(parents=True)
    previous = previous_release(workspace, business_date)
    with refusals(), night.warehouse() as connection:
        open_books(connection)
        land_parameters(connection, workspace, business_date)
        ledger = land_ledger(connection, workspace, previous)
        land_kept_apart(connection, workspace.overlays)
        counts = land_prior(connection, previous, carried_features(workspace))
        tables = [*(f"night.{name}" for name in SETTINGS), *DECIDED]
        rows = {table: row_count(connection, table) for table in tables}
        _fetch(context, workspace, business_date)
        for delivery in settle(connection, workspace, business_date):
            if delivery.error is not None:
                raise delivery.error
    told: dict[str, dict[str, Any]] = {
        "night.parameters": {"business_date": business_date.isoformat()},
        "night.ledger": {"head": ledger.head},
    }
    told |= {table: table_metadata(contract(table), rows[table]) for table in DECIDED}
    for table in tables:
        yield dg.MaterializeResult(
            asset_key=table.split("."),
            metadata={"dagster/row_count": rows[table], **told.get(table, {})},
        )
    for name in PRIOR:
        yield dg.MaterializeResult(
            asset_key=["prior", name],
            metadata={
                "dagster/row_count": counts[name],
                "release_id": previous.release_id if previous else "none before",
            },
        )


def _fetch(context: dg.AssetExecutionContext, workspace: Workspace, business_date: date) -> None:
    """Deliver the tables of databases; one that does not answer is told of, and may be late."""
    for fetched in deliver_databases(workspace, business_date, lambda *_: None):
        if fetched.error is not None:
            context.log.warning(f"{fetched.system}: {fetched.error}")
