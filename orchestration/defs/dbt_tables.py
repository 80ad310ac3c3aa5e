"""Everything dbt builds, as assets with their tests as checks.

dbt runs three times in a night: between staging and the rest golden ids are found, and between
weekly demand and its parts what promotions and empty shelves did to it, both outside dbt.
"""

from collections.abc import Iterator

import dagster as dg
from dagster_dbt import dbt_assets

from orchestration.dbt import PROJECT, Translator, build, current_manifest
from orchestration.dbt_lineage import column_types, dbt_lineage
from orchestration.gate_book import book_data_test
from orchestration.lineage import book_column_lineage, built_metadata
from orchestration.resource import NIGHTS, Night

MANIFEST = current_manifest()
# Unit tests say whether the SQL is right, not whether tonight's data are: `make test` has them.
UNIT_TESTS = "resource_type:unit_test"
NO_UNIT_TESTS = ("--exclude-resource-type", "unit_test")

Built = Iterator[dg.Output[None] | dg.AssetCheckResult]


@dbt_assets(
    manifest=MANIFEST,
    project=PROJECT,
    dagster_dbt_translator=Translator(),
    select="tag:before_matching",
    exclude=UNIT_TESTS,
    partitions_def=NIGHTS,
)
def dbt_staging(context: dg.AssetExecutionContext, night: Night) -> Built:
    """Build staging: one cleaned text, code and key at a time."""
    yield from _built("staging", context, night)


@dbt_assets(
    manifest=MANIFEST,
    project=PROJECT,
    dagster_dbt_translator=Translator(),
    select="tag:after_matching",
    exclude=f"{UNIT_TESTS} tag:after_cleansing",
    partitions_def=NIGHTS,
)
def dbt_tables(context: dg.AssetExecutionContext, night: Night) -> Built:
    """Build golden records, hierarchies, facts, features and the audit of history."""
    yield from _built("tables", context, night)


@dbt_assets(
    manifest=MANIFEST,
    project=PROJECT,
    dagster_dbt_translator=Translator(),
    select="tag:after_cleansing",
    exclude=UNIT_TESTS,
    partitions_def=NIGHTS,
)
def dbt_demand(context: dg.AssetExecutionContext, night: Night) -> Built:
    """Build cleansed demand."""
    yield from _built("demand", context, night)


def _built(run: str, context: dg.AssetExecutionContext, night: Night) -> Built:
    """Run dbt on the tables of one asset, in a folder of its own; book tests and lineage."""
    target = night.workspace.build / "dbt" / run
    tables: list[dg.Output[None]] = []
    tests: list[dg.AssetCheckResult] = []
    broken: dg.Failure | None = None
    night.let_go()
    try:
        for event in build(context, night.workspace.warehouse, target, *NO_UNIT_TESTS):
            if isinstance(event, dg.AssetCheckResult):
                tests.append(event)
                yield event
            else:
                tables.append(event)
    except dg.Failure as failure:
        broken = failure
    with night.warehouse() as connection:
        for test in tests:
            book_data_test(connection, test)
        if broken is not None:
            # What a test has stopped would be stopped again; the rest may pass by itself.
            stopped = any(not test.passed for test in tests)
            raise dg.Failure(broken.description, allow_retries=not stopped) from broken
        types = column_types(connection)
        lineages = dbt_lineage(
            target, types, PROJECT.manifest_path.with_name(f"column_lineage.{run}.json")
        )
        book_column_lineage(connection, lineages)
        for table in tables:
            name = ".".join(context.asset_key_for_output(table.output_name).path)
            metadata = built_metadata(connection, name, types[name], lineages.get(name, {}))
            yield table.with_metadata({**table.metadata, **metadata})
