"""Which delivered files a night reads: decided once, before a byte of them is parsed."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import duckdb

from workspace.config.source_file import Extract, SourceFile
from workspace.errors import TierwiseError
from workspace.folder import Workspace
from workspace.ingest.delivery_decision import decide
from workspace.ingest.delivery_plan import read_plan, write_plan
from workspace.ingest.delivery_safety import all_files, matching_files, shown
from workspace.ingest.found_files import companions, found_files
from workspace.ingest.known_files import KnownFiles
from workspace.ingest.last_release import LastBooks, last_books
from workspace.ingest.planned_files import HARMLESS, READ, Delivery


def decide_night(workspace: Workspace, night: date) -> list[Delivery]:
    """Decide for every extract what a night of this date does with its files.

    The bytes of every file that could be read are in the archive afterwards.
    """
    known, books = KnownFiles(workspace.known_files), last_books(workspace, night)
    decided = [
        _decide(workspace, read.value, name, known, books, night)
        for read in workspace.sources.values()
        for name in read.value.extracts
    ]
    known.write()
    return decided


def settle(
    connection: duckdb.DuckDBPyConnection, workspace: Workspace, night: date
) -> list[Delivery]:
    """Decide the night and write the decision into the build; what arrives later is not read."""
    decided = decide_night(workspace, night)
    write_plan(connection, decided)
    return decided


def planned(
    connection: duckdb.DuckDBPyConnection, workspace: Workspace, source: SourceFile, name: str
) -> Delivery:
    """Return what was decided for one extract when the night opened."""
    del workspace
    return read_plan(connection, source.system, name, source.extracts[name])


def require_files(workspace: Workspace, night: date) -> list[TierwiseError]:
    """Return why required extracts cannot be read as they should be."""
    return [delivery.error for delivery in decide_night(workspace, night) if delivery.error]


def inputs_hash(workspace: Workspace, night: date) -> str:
    """Return one hash over name and bytes of every file the night would read or refuse.

    What was delivered again, or too late to matter, is not part of it: it changes no table.
    """
    return deliveries_hash(decide_night(workspace, night))


def read_inputs_hash(connection: duckdb.DuckDBPyConnection) -> str:
    """Return the same hash over what was decided when the night opened.

    The two differ when a file arrives while the night runs; the next night must then see it as new.
    """
    return _hash(
        connection.execute(
            "select system, extract, file_name, coalesce(file_sha256, ''), status, "
            "coalesce(code, '') from control.delivery_plan where stands_in_for is null"
        ).fetchall()
    )


def deliveries_hash(deliveries: Sequence[Delivery]) -> str:
    """Return the hash of decisions that have been taken."""
    return _hash(
        (d.system, d.extract, file.name, file.sha256 or "", file.status, file.code or "")
        for d in deliveries
        for file in d.files
    )


def undeclared_files(workspace: Workspace) -> list[Path]:
    """Return files in the inbox that no extract's path matches, relative to the inbox."""
    extracts = [
        extract
        for read in workspace.sources.values()
        if read.value.root == "inbox"
        for extract in read.value.extracts.values()
    ]
    present = set(all_files(workspace.inbox))
    declared: set[str] = set()
    for extract in extracts:
        own = [path for path in present if extract.file_path.matches(path)]
        declared |= {*own, *(str(c) for path in own for c in companions(extract, Path(path)))}
    return sorted(Path(shown(path)) for path in present - declared)


def _decide(
    workspace: Workspace,
    source: SourceFile,
    name: str,
    known: KnownFiles,
    books: LastBooks,
    night: date,
) -> Delivery:
    extract = source.extracts[name]
    return decide(
        source.system,
        name,
        extract,
        found=found_files(workspace.root_of(source), extract, known, workspace.archive),
        last=books.of(source.system, name, extract, workspace.archive),
        night=night,
    )


def _hash(files: Iterable[tuple[str, ...]]) -> str:
    lines = sorted(
        "\0".join(file)
        for file in files
        if file[4] in (*READ, "refused") and file[5] not in HARMLESS
    )
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


@dataclass(frozen=True, kw_only=True)
class FoundFiles:
    """The files that landing reads until it reads the plan; goes with `delivered_files`."""

    files: tuple[Path, ...]
    superseded: tuple[Path, ...]


def delivered_files(workspace: Workspace, source: SourceFile, extract: Extract) -> FoundFiles:
    """Find an extract's files; landing calls it until it reads the plan."""
    root = workspace.root_of(source)
    found = sorted(
        (e.path for e in matching_files(root, extract.file_path) if not e.fault),
        key=lambda file: (file.name, str(file)),
    )
    if extract.delivery.kind == "full":
        return FoundFiles(files=tuple(found[-1:]), superseded=tuple(found[:-1]))
    return FoundFiles(files=tuple(found), superseded=())


def name_of(workspace: Workspace, source: SourceFile, extract: Extract, file: Path) -> str:
    """Return a file's name below the delivery folder; landing calls it until it reads the plan."""
    return str(file.relative_to(workspace.root_of(source) / extract.file_path.folder))


def missing_file(workspace: Workspace, source: SourceFile, name: str) -> TierwiseError:
    """Return the error of an absent file; landing calls it until it reads the plan."""
    cause = f"No file matches {workspace.root_of(source) / source.extracts[name].path}."
    return TierwiseError("FILE_MISSING", place=f"{source.system}.{name}", cause=cause)
