"""The dbt project as Dagster needs it: a manifest that is current, and keys that follow schemas."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping, Sequence
from functools import cached_property
from importlib.metadata import version
from pathlib import Path
from typing import Any

import dagster as dg
from dagster_dbt import (
    DagsterDbtTranslator,
    DagsterDbtTranslatorSettings,
    DbtCliResource,
    DbtProject,
)
from packaging.version import Version

from orchestration.settings import REPOSITORY, give_dbt, workspace_root
from workspace.archive import sha256_of
from workspace.errors import TierwiseError
from workspace.releases import digest

FOLDER = REPOSITORY / "dbt_project"
# Beside the running Python, so that nothing depends on a PATH that somebody has set up.
EXECUTABLE = str(Path(sys.executable).parent / "dbt")
PROJECT = DbtProject(project_dir=FOLDER, profiles_dir=FOLDER)


def current_manifest() -> Path:
    """Return the manifest, parsed again only when a file of the project has changed.

    The stamp is a hash of the files: dbt's own partial parse would cost five seconds to find out.
    """
    stamp = PROJECT.manifest_path.with_suffix(".sha256")
    files = sorted(
        file
        for file in FOLDER.rglob("*")
        if file.suffix in {".sql", ".yml"} and not {"target", "logs"} & set(file.parts)
    )
    wanted = digest({str(file.relative_to(FOLDER)): sha256_of(file) for file in files})
    if not (PROJECT.manifest_path.exists() and stamp.exists() and stamp.read_text() == wanted):
        parse()
        stamp.write_text(wanted)
    return PROJECT.manifest_path


def parse() -> None:
    """Run `dbt parse`; raises NIGHT_FAILED with dbt's own words.

    It is told of the working database though it does not open it: relations are named after it,
    and the parse that the build does then finds nothing changed.
    """
    give_dbt(workspace_root() / "build" / "tierwise.duckdb")
    command = [
        *(EXECUTABLE, "--quiet", "parse"),
        *("--project-dir", str(FOLDER), "--profiles-dir", str(FOLDER)),
    ]
    done = subprocess.run(command, cwd=FOLDER, capture_output=True, text=True, check=False)
    if done.returncode:
        cause = (done.stdout + done.stderr).strip()[-2000:]
        raise TierwiseError("NIGHT_FAILED", place="dbt parse", cause=cause)


class Dbt(DbtCliResource):
    """dbt as a process of its own, started at once.

    dagster-dbt asks dbt for its version in another process first, and imports dbt into this one
    for an adapter that its own metadata would need: six seconds a run for what we do not read.
    """

    @cached_property
    def _cli_version(self) -> Version:
        return Version(version("dbt-core"))

    def _initialize_dbt_core_adapter(self, args: Sequence[str]) -> Any:
        del args  # whatever dbt is asked to do
        return None


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
