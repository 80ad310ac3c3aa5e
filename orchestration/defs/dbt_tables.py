"""Everything dbt builds, as assets with their tests as checks."""

from collections.abc import Iterator

import dagster as dg
from dagster_dbt import DbtCliResource, dbt_assets
from dagster_dbt.errors import DagsterDbtCliRuntimeError

from orchestration.dbt import PROJECT, Translator, current_manifest
from orchestration.dbt_lineage import column_types, dbt_lineage
from orchestration.gate_book import book_data_test
from orchestration.lineage import book_column_lineage, built_metadata
from orchestration.resource import NIGHTS, Night


@dbt_assets(
    manifest=current_manifest(),
    project=PROJECT,
    dagster_dbt_translator=Translator(),
    # Unit tests say whether the SQL is right, not whether tonight's data are: `make test` has them.
    exclude="resource_type:unit_test",
    partitions_def=NIGHTS,
)
def dbt_tables(
    context: dg.AssetExecutionContext, dbt: DbtCliResource, night: Night
) -> Iterator[dg.Output[None] | dg.AssetCheckResult]:
    """Build staging, golden records, hierarchies, facts and features."""
    target = night.workspace.build / "dbt"
    tables: list[dg.Output[None]] = []
    tests: list[dg.AssetCheckResult] = []
    broken: DagsterDbtCliRuntimeError | None = None
    try:
        for event in dbt.cli(["build"], context=context, target_path=target).stream():
            if isinstance(event, dg.AssetCheckResult):
                tests.append(event)
                yield event
            elif isinstance(event, dg.Output):
                tables.append(event)
    except DagsterDbtCliRuntimeError as error:
        broken = error
    with night.warehouse() as connection:
        for test in tests:
            book_data_test(connection, test)
        if broken is not None:
            # What a test has stopped would be stopped again; the rest may pass by itself.
            stopped = any(not test.passed for test in tests)
            raise dg.Failure(str(broken)[-2000:], allow_retries=not stopped) from broken
        types = column_types(connection)
        lineages = dbt_lineage(
            target, types, PROJECT.manifest_path.with_name("column_lineage.json")
        )
        book_column_lineage(connection, lineages)
        for table in tables:
            name = ".".join(context.asset_key_for_output(table.output_name).path)
            metadata = built_metadata(connection, name, types[name], lineages.get(name, {}))
            yield table.with_metadata({**table.metadata, **metadata})
