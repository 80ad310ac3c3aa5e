"""What other schemes and policies would make of a release, in isolation: nothing of it is kept.

The candidate runs as the night of the release would have run with it: on the features that the
release published, after the release that this one followed. So a scheme that is not changed gives
what was published, and a difference is the candidate's doing alone.
"""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path

import duckdb

from orchestration.edge_cases.substitutes import carried_features, substitutes
from orchestration.python_table import Computation
from orchestration.segments.assignment import assign, in_force
from orchestration.segments.cuts import TABLE as CUTS
from orchestration.segments.cuts import review
from orchestration.segments.unit_features import SUBSTITUTES
from orchestration.stock_policy import (
    REORDER,
    SAFETY_STOCK,
    TARGET,
    reorder,
    safety_stock,
    service_target,
)
from serving.release_reader import ReleaseReader
from serving.rule_versions import version_named
from workspace.config.overlay_file import FOLDER as OVERLAYS
from workspace.configuration_check import check_workspace
from workspace.edge_cases import EXCEPTIONS, FALLBACKS
from workspace.errors import ConfigurationErrors, TierwiseError
from workspace.folder import CONFIGURATION, Folder, Workspace, open_workspace
from workspace.ingest.parsing import literal
from workspace.night_inputs import land_parameters, land_prior
from workspace.releases import Release, open_release
from workspace.table_contract import contracts
from workspace.units import UNIT_KINDS
from workspace.warehouse import create_by_contract, write_by_contract
from workspace.yaml_file import read_yaml

# In the order of the night.
STEPS: tuple[tuple[str, Computation], ...] = (
    (SUBSTITUTES, substitutes),
    (CUTS, review),
    ("segments.segment_explanations", assign),
    ("segments.segment_assignment", in_force),
    (TARGET, service_target),
    (SAFETY_STOCK, safety_stock),
    (REORDER, reorder),
)
PLACES = {"policy": Path("policies"), "overlay": OVERLAYS, "scheme": Path("segmentation")}
NOT_OF_THIS_RELEASE = ("prior", "night")
NAMES = ("golden.golden_product", "golden.golden_location", "golden.golden_customer")


def candidate_workspace(
    home: Path, files: list[Path], folder: Path, *, without: Sequence[str] = ()
) -> Workspace:
    """Return the workspace at `home` as it would be with these files, and `without` some overlays.

    A scheme, overlay or policy takes the place of the one of its name, or joins the others. Raises
    ConfigurationErrors with all faults, in the files as they were given, CONFIG_MISSING for an
    overlay that is not there.
    """
    folder.mkdir()
    for name in CONFIGURATION:
        if (home / name).is_dir():
            shutil.copytree(home / name, folder / name)
        elif (home / name).exists():
            shutil.copy(home / name, folder / name)
    for overlay in without:
        _leave_out(folder / OVERLAYS / f"{overlay}.yml", home / OVERLAYS / f"{overlay}.yml")
    placed = {folder / _place(file): file for file in files}
    for place, file in placed.items():
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(file, place)
    try:
        workspace = open_workspace(folder)
        check_workspace(workspace)
    except ConfigurationErrors as faults:
        raised = [_as_given(fault, placed, folder, home) for fault in faults.errors]
        raise ConfigurationErrors(raised) from faults
    return workspace


def _leave_out(file: Path, at_home: Path) -> None:
    if not file.is_file():
        cause = "There is no such overlay."
        raise TierwiseError("CONFIG_MISSING", place=str(at_home), cause=cause)
    file.unlink()


def versions(reader: ReleaseReader, hashes: Sequence[str], folder: Path) -> list[Path]:
    """Write versions of rules that a release knows, by the start of their hash, to files.

    Raises UNIT_UNKNOWN for a start that is of none or of several.
    """
    files = []
    for start in hashes:
        place, text = version_named(reader, start).configured
        file = folder / f"{place.stem}_{start}.yml"
        file.write_text(text, encoding="utf-8")
        files.append(file)
    return files


def _place(file: Path) -> Path:
    """Return where a file belongs in a workspace, by what it states."""
    document = read_yaml(file)
    stated = document.value if isinstance(document.value, dict) else {}
    for key, folder in PLACES.items():
        if isinstance(stated.get(key), str):
            return folder / f"{stated[key]}.yml"
    for key, name in (("attributes", FALLBACKS), ("declared", EXCEPTIONS)):
        if isinstance(stated.get(key), list):
            return Path("segmentation") / name
    cause = "It states no scheme, overlay or policy, and neither ladders nor exceptions."
    raise TierwiseError("CONFIG_VALUE", place=document.place(()), cause=cause)


def _as_given(
    fault: TierwiseError, placed: dict[Path, Path], folder: Path, home: Path
) -> TierwiseError:
    """Return a fault whose place is in the file that people have."""
    place = fault.place
    for copied, given in placed.items():
        place = place.replace(str(copied), str(given))
    place = place.replace(str(folder), str(home))
    return TierwiseError(fault.code, place=place, cause=fault.cause)


def try_out(candidate: Workspace, home: Folder, release: Release, folder: Path) -> Path:
    """Run a candidate on a release; return a folder that can be read like a release's.

    It has the tables of STEPS and the names of units, and nothing else.
    """
    folder.mkdir()
    with duckdb.connect(str(folder / "candidate.duckdb")) as connection:
        _lay_out(connection, candidate, release, _followed(home, release))
        for name, compute in STEPS:
            write_by_contract(connection, name, compute(connection, candidate))
        database = str(folder / "tierwise.duckdb")
        connection.execute(f"attach {literal(database)} as tried")
        for name in (*(name for name, _ in STEPS), *NAMES):
            connection.execute(f"create table tried.main.{name.split('.')[1]} as from {name}")
        connection.execute("detach tried")
    return folder


def _followed(home: Folder, release: Release) -> Release | None:
    """Return the release that a release followed, if it is still there."""
    before = release.manifest["previous_release_id"]
    folder = home.releases / str(before)
    return open_release(folder) if before and folder.is_dir() else None


def _lay_out(
    connection: duckdb.DuckDBPyConnection,
    candidate: Workspace,
    release: Release,
    previous: Release | None,
) -> None:
    """Create the schemas of a night: what a release has of each table, and the night's own."""
    land_parameters(connection, candidate, release.as_of)
    # First: it makes tables by their names, and takes them away.
    land_prior(connection, previous, carried_features(candidate))
    made = {name for name, _ in STEPS}
    for name, table in contracts().items():
        if table.schema in NOT_OF_THIS_RELEASE:
            continue
        files = [literal(str(file)) for file in release.table_files(table.table)]
        if files and name not in made:
            connection.execute(f"create schema if not exists {table.schema}")
            connection.execute(f"create view {name} as from read_parquet([{', '.join(files)}])")
        elif table.is_public:  # made here, or unknown to a release of an earlier version
            create_by_contract(connection, name, is_written_once=True)
    for kind in UNIT_KINDS.values():
        if not contracts()[kind.universe].is_public:
            connection.execute(f"create view {kind.universe} as from {kind.worth}")
