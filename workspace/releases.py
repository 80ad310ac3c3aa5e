"""Published releases: immutable folders, one pointer that names the current one."""

from __future__ import annotations

import hashlib
import json
import shutil
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from workspace.archive import sha256_of
from workspace.errors import TierwiseError
from workspace.folder import Folder
from workspace.synced_file import append_text, replace_text, sync

# The manifest's own digest: it holds the hashes of all other files, and nothing else holds its.
SEAL = "manifest_sha256"


@dataclass(frozen=True, kw_only=True)
class Release:
    """One published folder and its manifest."""

    folder: Path
    manifest: dict[str, Any]

    @property
    def release_id(self) -> str:
        """Return `<as_of>_<12 hex>`."""
        return self.folder.name

    @property
    def as_of(self) -> date:
        """Return the business date of the release."""
        return date.fromisoformat(self.manifest["as_of_date"])

    @property
    def database(self) -> Path:
        """Return the DuckDB file of the release."""
        return self.folder / "tierwise.duckdb"

    def table_file(self, table: str) -> Path:
        """Return the Parquet file of a published table that is not kept by month."""
        return self.folder / "tables" / f"{table}.parquet"

    def table_files(self, table: str) -> list[Path]:
        """Return the Parquet files of a published table: one, or one for each month."""
        return tables_of(self.folder).get(table, [])


def tables_of(folder: Path) -> dict[str, list[Path]]:
    """Return the Parquet files of each published table; one that is kept by month is a folder."""
    files: dict[str, list[Path]] = {}
    for file in sorted(folder.glob("tables/**/*.parquet")):
        table = file.stem if file.parent.name == "tables" else file.parent.name
        files.setdefault(table, []).append(file)
    return files


def canonical(document: Any) -> str:
    """Return JSON whose bytes depend on the content alone."""
    return json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def digest(document: Any) -> str:
    """Return the SHA-256 of a document's canonical form."""
    return hashlib.sha256(canonical(document).encode()).hexdigest()


def list_releases(home: Folder) -> list[Release]:
    """Return all published releases, the oldest business date first."""
    return [open_release(folder) for folder in _published(home)]


def _published(home: Folder) -> list[Path]:
    return [
        folder
        for folder in sorted(home.releases.glob("*_*"))
        if not folder.name.startswith(".") and (folder / "manifest.json").is_file()
    ]


def open_release(folder: Path) -> Release:
    """Read a release's manifest; raises RELEASE_MISSING or RELEASE_DAMAGED."""
    file = folder / "manifest.json"
    if not file.is_file():
        cause = "There is no such release."
        raise TierwiseError("RELEASE_MISSING", place=folder.name, cause=cause)
    try:
        manifest = json.loads(file.read_text())
    except ValueError as error:
        cause = f"Its manifest is not JSON: {error}."
        raise TierwiseError("RELEASE_DAMAGED", place=folder.name, cause=cause) from error
    if not isinstance(manifest, dict):
        cause = "Its manifest is not a mapping."
        raise TierwiseError("RELEASE_DAMAGED", place=folder.name, cause=cause)
    return Release(folder=folder, manifest=manifest)


def current_release(home: Folder) -> Release | None:
    """Return the release that CURRENT names, or None before the first night.

    Raises POINTER_DAMAGED when the pointer names no release, or is gone although a release that
    follows another one shows that it was there: a night must not begin history anew by mistake.
    """
    pointer = home.root / "CURRENT"
    if not pointer.is_file():
        if any(release.manifest.get("previous_release_id") for release in list_releases(home)):
            cause = "CURRENT is gone, though there are releases."
            raise TierwiseError("POINTER_DAMAGED", place=str(pointer), cause=cause)
        return None
    name = pointer.read_bytes().decode("utf-8", errors="replace").strip()
    folder = home.releases / name
    if not name or "/" in name or not (folder / "manifest.json").is_file():
        cause = f"CURRENT names `{name[:80]}`, which is no release."
        raise TierwiseError("POINTER_DAMAGED", place=str(pointer), cause=cause)
    return open_release(folder)


def named_release(home: Folder, name: str | None) -> Release:
    """Return a release by its id or the start of it, or the current one."""
    if name is None:
        current = current_release(home)
        if current is None:
            cause = "No release has been published yet."
            raise TierwiseError("RELEASE_MISSING", place=str(home.root), cause=cause)
        return current
    found = [folder for folder in _published(home) if folder.name.startswith(name)]
    if len(found) != 1:
        cause = f"`{name}` names {len(found)} releases."
        raise TierwiseError("RELEASE_MISSING", place=str(home.releases), cause=cause)
    return open_release(found[0])


def previous_release(home: Folder, business_date: date) -> Release | None:
    """Return the release that a night of this date follows: the newest in force of a day before.

    A night that is run again for its own date follows the same release as the first time, so that
    it gives the same tables. Releases that were rolled back stand after CURRENT and are not used.
    A backfill walks back from the last release of its own.
    """
    follows = home.backfill.follows if home.backfill else None
    release = open_release(home.releases / follows) if follows else current_release(home)
    while release is not None and release.as_of >= business_date:
        before = release.manifest["previous_release_id"]
        release = open_release(home.releases / before) if before else None
    return release


def publish(home: Folder, staged: Path, manifest: dict[str, Any]) -> Release:
    """Move a finished folder among the releases and point CURRENT to it.

    The manifest is written last; every file is made read-only and synced before the folder gets
    its name, so that a name among the releases always stands for a whole release. Publishing an
    id that exists changes nothing but the pointer. A backfill moves the pointer to no date before
    the one it names: until then readers keep the release they have.
    """
    target = home.releases / manifest["release_id"]
    if not target.exists():
        for file in sorted(path for path in staged.rglob("*") if path.is_file()):
            _settle(file)
        sealed = {**manifest, SEAL: digest(manifest)}
        (staged / "manifest.json").write_text(json.dumps(sealed, indent=1, sort_keys=True))
        _settle(staged / "manifest.json")
        home.releases.mkdir(exist_ok=True)
        staged.rename(target)
        sync(home.releases)
    else:
        shutil.rmtree(staged)
    published = open_release(target)
    current = current_release(home) if home.backfill else None
    if current is None or published.as_of >= current.as_of:
        point_to(home, published.release_id)
    return published


def point_to(home: Folder, release_id: str) -> None:
    """Swap CURRENT: write, sync, rename, sync of the folder."""
    replace_text(home.root / "CURRENT", f"{release_id}\n")
    sync(home.root)


def roll_back(home: Folder, release: Release, *, reason: str) -> dict[str, str | None]:
    """Point CURRENT to an earlier release and record the fact; nothing is deleted.

    Raises RELEASE_DAMAGED when the release is not whole.
    """
    wrong = verify(release)
    if wrong:
        cause = f"{'; '.join(wrong)}."
        raise TierwiseError("RELEASE_DAMAGED", place=release.release_id, cause=cause)
    try:
        current = current_release(home)
    except TierwiseError:  # a damaged pointer is one reason to roll back
        current = None
    event = {
        "event": "rollback",
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "from": current.release_id if current else None,
        "to": release.release_id,
        "reason": reason,
    }
    append_text(home.root / "publications.jsonl", json.dumps(event, ensure_ascii=False) + "\n")
    point_to(home, release.release_id)
    return event


def file_hashes(folder: Path) -> dict[str, str]:
    """Return the SHA-256 of every file below a folder but its manifest, by relative path."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {
        str(file.relative_to(folder)): sha256_of(file)
        for file in files
        if file.name != "manifest.json" or file.parent != folder
    }


def gives_its_id(release: Release) -> bool:
    """Return whether the release's name is that of the identity in its manifest."""
    identity = digest(release.manifest["identity"])[:12]
    return release.release_id == f"{release.manifest['as_of_date']}_{identity}"


def verify(release: Release) -> list[str]:
    """Return what is wrong with a release's files: one line for each; empty when it is whole."""
    sealed = {key: value for key, value in release.manifest.items() if key != SEAL}
    if digest(sealed) != release.manifest.get(SEAL):
        return ["manifest.json has changed"]
    expected: dict[str, str] = release.manifest["files"]
    found = file_hashes(release.folder)
    wrong = [f"{name} is missing" for name in sorted(expected.keys() - found.keys())]
    wrong += [f"{name} is not of this release" for name in sorted(found.keys() - expected.keys())]
    wrong += [
        f"{name} has changed"
        for name in sorted(expected.keys() & found.keys())
        if expected[name] != found[name]
    ]
    if not gives_its_id(release):
        wrong.append("manifest.json does not give the release's id")
    return wrong


def _settle(file: Path) -> None:
    file.chmod(0o444)
    sync(file)
