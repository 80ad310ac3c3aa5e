"""Which delivered files an extract reads tonight, and the hash that stands for all of them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import duckdb

from workspace.archive import sha256_of
from workspace.config.source_file import Extract, SourceFile
from workspace.errors import TierwiseError
from workspace.folder import Workspace


@dataclass(frozen=True, kw_only=True)
class Delivery:
    """The files of one extract, by name; those of `superseded` are older full deliveries."""

    files: tuple[Path, ...]
    superseded: tuple[Path, ...]


def delivered_files(workspace: Workspace, source: SourceFile, extract: Extract) -> Delivery:
    """Find an extract's files by its glob; links and anything but plain files are left out."""
    root = workspace.root_of(source)
    found = [
        file
        for file in sorted(root.glob(extract.path), key=lambda file: (file.name, str(file)))
        if file.is_file() and not file.is_symlink()
    ]
    if extract.delivery == "full":
        return Delivery(files=tuple(found[-1:]), superseded=tuple(found[:-1]))
    return Delivery(files=tuple(found), superseded=())


def name_of(workspace: Workspace, source: SourceFile, extract: Extract, file: Path) -> str:
    """Return a file's name below the extract's delivery folder: its path as far as it varies."""
    fixed = workspace.root_of(source)
    for part in Path(extract.path).parent.parts:
        if any(mark in part for mark in "*?["):
            break
        fixed /= part
    return str(file.relative_to(fixed))


def missing_file(workspace: Workspace, source: SourceFile, name: str) -> TierwiseError:
    """Return the error of an extract that has no file."""
    cause = f"No file matches {workspace.root_of(source) / source.extracts[name].path}."
    return TierwiseError("FILE_MISSING", place=f"{source.system}.{name}", cause=cause)


def undeclared_files(workspace: Workspace) -> list[Path]:
    """Return files in the inbox that no extract's path matches, relative to the inbox."""
    declared = {
        file
        for read in workspace.sources.values()
        for extract in read.value.extracts.values()
        for file in workspace.root_of(read.value).glob(extract.path)
    }
    present = [file for file in workspace.inbox.rglob("*") if file.is_file()]
    return sorted(file.relative_to(workspace.inbox) for file in present if file not in declared)


def require_files(workspace: Workspace) -> list[TierwiseError]:
    """Return FILE_MISSING for each required extract without a file."""
    return [
        missing_file(workspace, read.value, extract_name)
        for read in workspace.sources.values()
        for extract_name, extract in read.value.extracts.items()
        if extract.required and not delivered_files(workspace, read.value, extract).files
    ]


def inputs_hash(workspace: Workspace) -> str:
    """Return one hash over name and bytes of every file the night would read."""
    return _hash(
        (name, extract_name, name_of(workspace, read.value, extract, file), sha256_of(file))
        for name, read in workspace.sources.items()
        for extract_name, extract in read.value.extracts.items()
        for file in delivered_files(workspace, read.value, extract).files
    )


def read_inputs_hash(connection: duckdb.DuckDBPyConnection) -> str:
    """Return the same hash over the files that the night did read.

    The two differ when a file arrives while the night runs; the next night must then see it as new.
    """
    return _hash(
        connection.execute(
            "select system, extract, file_name, file_sha256 from control.deliveries "
            "where status in ('read', 'duplicate')"
        ).fetchall()
    )


def _hash(files: Iterable[tuple[str, ...]]) -> str:
    lines = sorted("\0".join(file) for file in files)
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()
