"""Matching, between staging and golden: which records are one object, and what its id is."""

from collections.abc import Iterator

import dagster as dg

from orchestration.lineage import contract_upstream, key_of, table_metadata
from orchestration.matching.match_book import BOOKED
from orchestration.matching.pairs import match_objects
from orchestration.matching.past_shares import TABLE as PAST_SHARES
from orchestration.matching.provisional import TABLE as PROVISIONAL
from orchestration.refusal import refusals
from orchestration.resource import NIGHTS, Night
from workspace.table_contract import contract
from workspace.warehouse import row_count

# What people have decided about pairs and entities is landed by the opening.
DECIDED = ("control.match_decisions", "control.entity_declarations")
WRITTEN = (*BOOKED, PROVISIONAL, PAST_SHARES)


def _upstream() -> list[dg.AssetKey]:
    """Return the tables that the contracts' columns come from, but for those of matching."""
    named = {
        table
        for name in WRITTEN
        for pairs in contract_upstream(contract(name)).values()
        for table, _ in pairs
    }
    return [key_of(table) for table in sorted((named | set(DECIDED)) - set(WRITTEN))]


@dg.multi_asset(
    specs=[
        dg.AssetSpec(
            key_of(name),
            deps=_upstream(),
            description=contract(name).description,
            group_name="golden",
            kinds={"python", "polars", "duckdb"},
        )
        for name in WRITTEN
    ],
    partitions_def=NIGHTS,
)
def matching(context: dg.AssetExecutionContext, night: Night) -> Iterator[dg.MaterializeResult]:
    """Find what is one, and give it the id it had."""
    with refusals(), night.warehouse() as connection:
        scores = match_objects(connection, night.workspace.root)
        rows = {name: row_count(connection, name) for name in WRITTEN}
    for note in (note for each in scores for note in each.notes):
        context.log.info(note)
    for name in WRITTEN:
        yield dg.MaterializeResult(
            asset_key=key_of(name), metadata=table_metadata(contract(name), rows[name])
        )
