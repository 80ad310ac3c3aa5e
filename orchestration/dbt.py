"""The dbt project as Dagster needs it: current manifests, keys that follow schemas, and builds.

dbt runs in the night's own process, by the runner that it offers for this. As a process of its own,
which dagster-dbt would start, it spends four seconds on its imports and on reading its project;
here a build begins after half a second.
"""

from __future__ import annotations

import os
import platform
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import dagster as dg
from dagster_dbt import DagsterDbtTranslator, DagsterDbtTranslatorSettings, DbtProject
from dagster_dbt.asset_utils import (
    DAGSTER_DBT_EXCLUDE_METADATA_KEY,
    DAGSTER_DBT_SELECT_METADATA_KEY,
    get_manifest_and_translator_from_dbt_assets,
    get_subset_selection_for_context,
)
from dagster_dbt.core.dbt_cli_event import DbtCoreCliEventMessage

from orchestration.settings import REPOSITORY, give_dbt, workspace_root
from workspace.archive import sha256_of
from workspace.errors import TierwiseError
from workspace.releases import digest

if TYPE_CHECKING:
    from dbt.contracts.graph.manifest import Manifest

FOLDER = REPOSITORY / "dbt_project"
PROJECT = DbtProject(project_dir=FOLDER, profiles_dir=FOLDER)
# A test runs with the last of the tables that it reads, in whichever build that is.
TESTS_WITH = "buildable"
Yielded = Iterator[dg.Output[None] | dg.AssetCheckResult]


def current_manifest() -> Path:
    """Return the manifest, parsed again only when a file of the project has changed."""
    warehouse = workspace_root() / "build" / "tierwise.duckdb"
    if not (PROJECT.manifest_path.exists() and _kept(warehouse)):
        parsed(warehouse)
    return PROJECT.manifest_path


@cache
def parsed(warehouse: Path) -> Manifest:
    """Return the project as dbt reads it; raises NIGHT_FAILED with dbt's own words.

    dbt does not open the database, but relations are named after it. What it has read is kept, as
    dbt keeps it: its own partial parse takes a second to find that nothing has changed, and reads
    all again, for five seconds, where the database lies elsewhere.
    """
    give_dbt(warehouse)
    from dbt.contracts.graph.manifest import Manifest
    from dbt.parser.manifest import extended_mashumaro_encoder, extended_mashumuro_decoder

    if kept := _kept(warehouse):
        manifest = Manifest.from_msgpack(kept, decoder=extended_mashumuro_decoder)
        manifest.build_flat_graph()
        return manifest
    manifest = _parse()
    file = _file(warehouse)
    written = file.with_suffix(f".{os.getpid()}")
    written.write_bytes(_state(warehouse) + manifest.to_msgpack(extended_mashumaro_encoder))
    written.replace(file)
    return manifest


def _kept(warehouse: Path) -> bytes:
    """Return what was read of the project as it is now; nothing where that is not kept."""
    state, file = _state(warehouse), _file(warehouse)
    kept = file.read_bytes() if file.exists() else b""
    return kept.removeprefix(state) if kept.startswith(state) else b""


def _file(warehouse: Path) -> Path:
    return PROJECT.manifest_path.with_name(f"parsed_{warehouse.stem}.msgpack")


def _state(warehouse: Path) -> bytes:
    """Return the hash of all that a parse depends on."""
    files = sorted(
        file
        for file in FOLDER.rglob("*")
        if file.suffix in {".sql", ".yml"} and not {"target", "logs"} & set(file.parts)
    )
    read = {str(file.relative_to(FOLDER)): sha256_of(file) for file in files}
    versions = [version(name) for name in ("dbt-core", "dbt-duckdb")]
    return digest([warehouse.stem, platform.python_version(), versions, read]).encode()


def _parse() -> Manifest:
    manifest: Manifest | None = Run(None).invoke("--quiet", "parse")
    if manifest is None:
        # What dbt keeps of earlier parses can be at odds with a file that went and came back.
        run = Run(None)
        manifest = run.invoke("--quiet", "--no-partial-parse", "parse")
        if manifest is None:
            raise TierwiseError("NIGHT_FAILED", place="dbt parse", cause=run.errors()[-2000:])
    return manifest


def build(
    context: dg.AssetExecutionContext, warehouse: Path, target: Path, *options: str
) -> Yielded:
    """Build what the asset of a step selects, or the part of it that was asked for.

    Yields tables and tests in dbt's order, then raises dg.Failure when dbt failed, with its own
    words and the tests that failed. `target` is the folder for what dbt leaves behind.
    """
    known, translator, project = get_manifest_and_translator_from_dbt_assets([context.assets_def])
    selected, tests_with = get_subset_selection_for_context(
        context=context,
        manifest=known,
        select=context.op.tags.get(DAGSTER_DBT_SELECT_METADATA_KEY),
        exclude=context.op.tags.get(DAGSTER_DBT_EXCLUDE_METADATA_KEY),
        selector=None,
        dagster_dbt_translator=translator,
        current_dbt_indirect_selection_env=None,
    )
    run = Run(parsed(warehouse))
    run.invoke(
        *("--log-path", str(target), "--log-format-file", "json"),
        *("build", "--target-path", str(target)),
        *("--indirect-selection", tests_with or TESTS_WITH),
        *(*options, *selected),
    )
    for event in run.ended:
        for told in DbtCoreCliEventMessage(
            raw_event=event, event_history_metadata={}
        ).to_default_asset_events(known, translator, context, target, project):
            if isinstance(told, dg.Output | dg.AssetCheckResult):
                yield told
    if run.has_failed:
        raise dg.Failure(run.errors()[-2000:])


class Run:
    """One run of dbt in this process: what it said, and how it ended."""

    def __init__(self, manifest: Manifest | None) -> None:
        self.manifest = manifest
        self.has_failed = False
        self.ended: list[dict[str, Any]] = []
        self._errors: list[str] = []

    def invoke(self, *arguments: str) -> Any:
        """Return what dbt returns; raises what interrupted it, which its runner would swallow."""
        from dbt.adapters.duckdb.connections import DuckDBConnectionManager
        from dbt.cli.main import dbtRunner

        folder = ("--project-dir", str(FOLDER), "--profiles-dir", str(FOLDER))
        runner = dbtRunner(manifest=self.manifest, callbacks=[self._hear])
        outcome = runner.invoke([*arguments, *folder])
        # dbt would keep the working database open for its next run.
        DuckDBConnectionManager.close_all_connections()
        if outcome.exception is not None and not isinstance(outcome.exception, Exception):
            raise outcome.exception
        self.has_failed = not outcome.success
        if outcome.exception is not None:
            self._errors.append(str(outcome.exception))
        return outcome.result

    def errors(self) -> str:
        """Return what dbt called an error, a line each."""
        return "\n".join(self._errors)

    def _hear(self, message: Any) -> None:
        from dbt_common.events.functions import msg_to_dict

        if message.info.level == "error":
            self._errors.append(message.info.msg)
        if message.info.name in {"LogModelResult", "LogTestResult"}:
            self.ended.append(msg_to_dict(message))


class Translator(DagsterDbtTranslator):
    """Keys are [schema, table]; groups are layers."""

    def __init__(self) -> None:
        """Make tests on sources asset checks, too."""
        super().__init__(DagsterDbtTranslatorSettings(enable_source_tests_as_checks=True))

    def get_asset_key(self, dbt_resource_props: Mapping[str, Any]) -> dg.AssetKey:
        """Return [schema, table] for tables; dagster-dbt's own key for the rest."""
        if dbt_resource_props["resource_type"] == "model":
            return dg.AssetKey([dbt_resource_props["schema"], dbt_resource_props["name"]])
        return super().get_asset_key(dbt_resource_props)

    def get_group_name(self, dbt_resource_props: Mapping[str, Any]) -> str | None:
        """Return the layer: the first folder below models."""
        return str(dbt_resource_props["fqn"][1])
