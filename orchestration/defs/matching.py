"""Matching, between staging and golden: which records are one object, and what its id is."""

from collections.abc import Iterator

import dagster as dg

from orchestration.lineage import contract_upstream, key_of, table_metadata
from orchestration.matching import TABLES, match_tables
from orchestration.refusal import refusals
from orchestration.resource import NIGHTS, Night
from workspace.table_contract import contract


def _upstream() -> list[dg.AssetKey]:
    """Return the tables that the contracts' columns come from, but for the five themselves."""
    named = {
        table
        for name in TABLES
        for pairs in contract_upstream(contract(name)).values()
        for table, _ in pairs
    }
    return [key_of(table) for table in sorted(named - set(TABLES))]


@dg.multi_asset(
    specs=[
        dg.AssetSpec(
            key_of(name),
            deps=_upstream(),
            description=contract(name).description,
            group_name="golden",
            kinds={"python", "duckdb"},
        )
        for name in TABLES
    ],
    partitions_def=NIGHTS,
)
def matching(night: Night) -> Iterator[dg.MaterializeResult]:
    """Find what is one, and give it the id it had."""
    with refusals(), night.warehouse() as connection:
        rows = match_tables(connection)
    for name in TABLES:
        yield dg.MaterializeResult(
            asset_key=key_of(name), metadata=table_metadata(contract(name), rows[name])
        )
