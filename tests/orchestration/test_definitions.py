"""What an auditor finds in Dagster: a graph without holes, from delivered files to the release."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import pytest
from dagster._core.definitions.dependency import NodeHandle

from workspace.folder import open_workspace
from workspace.table_contract import public_tables

RELEASE = dg.AssetKey(["release", "release"])


@pytest.fixture(scope="module")
def loaded(root: Path, monkeypatch_module: pytest.MonkeyPatch) -> dg.Definitions:
    """Return the definitions that serve the demo workspace, loaded once."""
    monkeypatch_module.setenv("TIERWISE_WORKSPACE", str(root / "data" / "demo"))
    from orchestration.definitions import defs

    found = defs()
    assert isinstance(found, dg.Definitions)
    return found


@pytest.fixture(scope="module")
def monkeypatch_module() -> Iterator[pytest.MonkeyPatch]:
    """Return a monkeypatch that lasts as long as the definitions."""
    with pytest.MonkeyPatch.context() as patch:
        yield patch


def test_every_delivered_table_leads_to_the_release(loaded: dg.Definitions, root: Path) -> None:
    workspace = open_workspace(root / "data" / "demo")
    graph = loaded.resolve_asset_graph()
    above = dg.AssetSelection.assets(RELEASE).upstream().resolve(graph)
    delivered = {
        dg.AssetKey(["delivered", f"{read.value.system}__{extract}"])
        for read in workspace.sources.values()
        for extract in read.value.extracts
    }
    mapped = {
        dg.AssetKey(["delivered", f"{read.value.system}__{mapping.extract}"])
        for read in workspace.sources.values()
        for mapping in read.value.mappings
    }
    assert delivered <= graph.get_all_asset_keys()
    assert mapped <= above


def test_every_public_table_is_an_asset_with_its_layer_as_group(loaded: dg.Definitions) -> None:
    graph = loaded.resolve_asset_graph()
    for table in public_tables():
        if table.table == "publish_manifest":
            continue  # written by the release itself, as it names it
        node = graph.get(dg.AssetKey([table.schema, table.table]))
        assert node.group_name == table.schema
        assert node.description


def test_every_asset_is_partitioned_by_business_date(loaded: dg.Definitions) -> None:
    graph = loaded.resolve_asset_graph()
    for key in graph.materializable_asset_keys:
        partitions = graph.get(key).partitions_def
        assert isinstance(partitions, dg.DynamicPartitionsDefinition), key
        assert partitions.name == "business_date"


def test_the_job_has_a_schedule_a_failure_sensor_and_retries(loaded: dg.Definitions) -> None:
    repository = loaded.get_repository_def()
    (schedule,) = repository.schedule_defs
    assert (schedule.job_name, schedule.cron_schedule) == ("nightly", "0 2 * * *")
    assert schedule.execution_timezone == "Europe/Berlin"
    (sensor,) = repository.sensor_defs
    assert sensor.name == "failed_night"
    job = loaded.resolve_job_def("nightly")
    for node in job.nodes:
        policy = job.get_retry_policy_for_handle(NodeHandle(node.name, None))
        assert policy is not None, node.name
        assert policy.max_retries == 1


def test_gates_on_what_enters_and_leaves_block(loaded: dg.Definitions) -> None:
    graph = loaded.resolve_asset_graph()
    for table in ("raw/order_lines", "segments/segment_assignment", "policies/policy_reorder"):
        keys = graph.get_check_keys_for_assets({dg.AssetKey(table.split("/"))})
        specs = [graph.get_check_spec(key) for key in keys]
        assert any(spec.blocking for spec in specs), table


def test_the_audit_of_the_history_is_a_night_up_to_it(loaded: dg.Definitions) -> None:
    """A backfill runs it first: nothing that comes after the audit is part of it."""
    graph = loaded.resolve_asset_graph()
    job = loaded.resolve_job_def("history_audit")
    selected = job.asset_layer.selected_asset_keys
    audit = dg.AssetKey(["control", "history_integrity_audit"])
    assert dg.AssetSelection.assets(audit).upstream().resolve(graph) <= selected
    assert RELEASE not in selected
    assert {key.path[0] for key in selected}.isdisjoint({"features", "segments", "policies"})


def test_a_backfill_is_a_job_of_its_own(loaded: dg.Definitions) -> None:
    job = loaded.resolve_job_def("backfill")
    config = {"from_date": "2026-01-31", "to_date": "2026-06-30", "every": "month"}
    assert dg.validate_run_config(job, {"ops": {"run_backfill": {"config": config}}})
