"""Looking at the files of an extract in the inbox: names, dates, hashes, and whether all came."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from workspace.config.source_file import Extract
from workspace.errors import TierwiseError
from workspace.ingest.delivery_safety import Entry, is_plain, matching_files
from workspace.ingest.file_manifest import MAXIMUM_BYTES, Stated, companion, disagreement, stated
from workspace.ingest.known_files import KnownFiles
from workspace.ingest.planned_files import Found


def found_files(root: Path, extract: Extract, known: KnownFiles, archive: Path) -> Iterator[Found]:
    """Yield every file of an extract; the bytes of each that could be read are in the archive."""
    for entry in matching_files(root, extract.file_path):
        if not is_companion(extract, entry.path.name):
            found = _look(entry, root, extract)
            if found.code is None and entry.status is not None:
                found = _read(found, entry.path, entry.status, extract, known, archive)
            if found.code != _GONE:
                yield found


def companions(extract: Extract, file: Path) -> list[Path]:
    """Return the places of the files that speak of one."""
    return [companion(path, file) for path in _companion_paths(extract)]


def is_companion(extract: Extract, name: str) -> bool:
    """Return whether a name is that of a file that speaks of others."""
    patterns = (
        re.escape(path).replace(r"\{name\}", ".+").replace(r"\{stem\}", ".+")
        for path in _companion_paths(extract)
    )
    return any(re.fullmatch(pattern, name, re.DOTALL) for pattern in patterns)


# Seen by the look into the folder, gone at the second look: as if it had never been there.
_GONE = "gone"


def _companion_paths(extract: Extract) -> list[str]:
    rules = extract.delivery
    manifest = rules.manifest.path if rules.manifest else None
    return [path for path in (rules.done_marker, manifest) if path]


def _look(entry: Entry, root: Path, extract: Extract) -> Found:
    """Return what name and status say of a file, before any of its bytes are read."""
    found = Found(
        name=entry.name,
        sha256=None,
        byte_count=entry.status.st_size if entry.status else None,
        code="FILE_PATH" if entry.fault else None,
        cause=entry.fault,
    )
    try:
        moment = extract.file_path.moment(entry.path.relative_to(root).as_posix())
    except ValueError:
        cause = f"The date in its name is none of the form {extract.path}."
        return found if found.code else replace(found, code="FILE_DATE", cause=cause)
    found = replace(found, moment=moment)
    growing = _growing(entry, extract)
    if growing and found.code is None:
        return replace(found, code="FILE_UNSTABLE", cause=growing)
    return found


def _growing(entry: Entry, extract: Extract) -> str | None:
    """Return why a file may not be whole yet."""
    rules, status = extract.delivery, entry.status
    if status is None:
        return None
    age = time.time() - status.st_mtime
    if age < rules.settle_seconds:
        return f"It changed {max(age, 0):.0f} seconds ago; {rules.settle_seconds} are waited for."
    if rules.done_marker is not None:
        marker = companion(rules.done_marker, entry.path)
        if not marker.is_file() or marker.stat().st_mtime_ns < status.st_mtime_ns:
            return f"Its marker {marker.name} is absent, or older than the file."
    if rules.manifest is not None:
        manifest = companion(rules.manifest.path, entry.path)
        if not is_plain(manifest):
            return f"Its manifest {manifest.name} is absent, or no plain file."
    return None


def _read(
    found: Found,
    path: Path,
    status: os.stat_result,
    extract: Extract,
    known: KnownFiles,
    archive: Path,
) -> Found:
    """Archive a file and compare it with its manifest."""
    try:
        found = replace(found, sha256=known.hash_into(archive, path, status))
        said = _stated(extract, path)
        wrong = disagreement(said, status.st_size, found.sha256 or "")
    except TierwiseError as error:
        return replace(found, code=error.code, cause=error.cause)
    except FileNotFoundError:
        return replace(found, code=_GONE)
    except PermissionError:
        return replace(found, code="FILE_PATH", cause="The night has no right to read it.")
    except ValueError as error:
        return replace(found, code="FILE_MANIFEST_MISMATCH", cause=f"{str(error).capitalize()}.")
    if wrong is not None:
        return replace(found, code="FILE_MANIFEST_MISMATCH", cause=wrong)
    return replace(found, stated_records=said.records)


def _stated(extract: Extract, path: Path) -> Stated:
    manifest = extract.delivery.manifest
    if manifest is None:
        return Stated()
    with companion(manifest.path, path).open("rb") as stream:
        return stated(manifest, stream.read(MAXIMUM_BYTES + 1), path.name)
