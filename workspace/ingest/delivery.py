"""Which delivered files a night reads: decided once, before a byte of them is parsed."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path

import duckdb

from workspace.config.source_file import SourceFile
from workspace.errors import TierwiseError
from workspace.folder import Workspace
from workspace.ingest.delivery_decision import decide
from workspace.ingest.delivery_plan import read_plan, write_plan
from workspace.ingest.delivery_safety import all_files, shown
from workspace.ingest.found_files import companions, found_files
from workspace.ingest.known_files import KnownFiles
from workspace.ingest.last_release import LastBooks, last_books
from workspace.ingest.planned_files import HARMLESS, READ, Delivery
from workspace.warehouse import create_by_contract


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
    create_by_contract(connection, "control.extract_history")  # until the books are closed
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
    extract, archive = source.extracts[name], workspace.archive
    found = list(found_files(workspace.root_of(source), extract, known, archive))
    return decide(
        source.system,
        name,
        extract,
        found=[*found, *books.gone_tonight(source.system, name, extract, archive, found)],
        last=books.of(source.system, name, extract, archive),
        night=night,
    )


def _hash(files: Iterable[tuple[str, ...]]) -> str:
    lines = sorted(
        "\0".join(file)
        for file in files
        if file[4] in (*READ, "refused") and file[5] not in HARMLESS
    )
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()
