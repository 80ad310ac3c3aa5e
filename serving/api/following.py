"""Following CURRENT: open releases, and who reads them.

A release is opened once its seal and the hashes of the files that are read agree. While the pointer
or the release it names is damaged, the last sound one stays served, and `trouble` says why.
"""

from __future__ import annotations

import time
from pathlib import Path
from threading import Lock

from serving.api.held_release import HeldRelease
from serving.release_reader import DATABASE
from workspace.archive import sha256_of
from workspace.errors import TierwiseError
from workspace.folder import Folder
from workspace.releases import SEAL, Release, current_release, digest
from workspace.releases import open_release as read_manifest

RELEASES_HELD = 4
RETRY_SECONDS = 5.0


class Following:
    """The releases that are served: the current one, and some that cursors still name."""

    def __init__(self, home: Folder) -> None:
        """Remember the workspace; nothing is opened before it is asked for."""
        self.home = home
        self.trouble: TierwiseError | None = None
        self._current: HeldRelease | None = None
        self._pointer: tuple[int, int] | None = None
        self._looked = 0.0
        self._held: dict[str, HeldRelease] = {}
        self._switching = Lock()

    def current(self) -> HeldRelease:
        """Return the release that CURRENT names, opened if it is new.

        Raises RELEASE_MISSING, RELEASE_DAMAGED or POINTER_DAMAGED when none can be served.
        """
        if self._has_moved() and self._switching.acquire(blocking=self._current is None):
            try:
                self._follow()
            finally:
                self._switching.release()
        if self._current is None:
            missing = TierwiseError(
                "RELEASE_MISSING", place="CURRENT", cause="No release has been published yet."
            )
            raise self.trouble or missing
        return self._current

    def named(self, release_id: str) -> HeldRelease:
        """Return a release by its whole id; raises RELEASE_MISSING or RELEASE_DAMAGED."""
        with self._switching:
            return self._open(read_manifest(self.home.releases / release_id))

    def close(self) -> None:
        """Close every reader."""
        with self._switching:
            for release in self._held.values():
                release.leave()
            self._held, self._current, self._pointer = {}, None, None

    def _has_moved(self) -> bool:
        """Compare the pointer with the one followed; one in trouble is looked at now and then."""
        if self.trouble is not None and time.monotonic() - self._looked > RETRY_SECONDS:
            return True
        return self._current is None or _state(self.home.root / "CURRENT") != self._pointer

    def _follow(self) -> None:
        self._looked = time.monotonic()
        pointer = _state(self.home.root / "CURRENT")
        try:
            release = current_release(self.home)
            if release is not None:
                opened = self._open(release)
                opened.index()  # whoever asks meanwhile is answered from the release before
                self._current = opened
                self.trouble = None
        except TierwiseError as error:
            self.trouble = error
        self._pointer = pointer

    def _open(self, release: Release) -> HeldRelease:
        """Return an open release, the most lately asked for last; the oldest are left."""
        found = self._held.pop(release.release_id, None)
        if found is None:
            _require_sound(release)
            found = HeldRelease(release)
        self._held[release.release_id] = found
        for name in [name for name in self._held if name != release.release_id]:
            if len(self._held) > RELEASES_HELD and self._held[name] is not self._current:
                self._held.pop(name).leave()
        return found


def _state(file: Path) -> tuple[int, int] | None:
    try:
        status = file.stat()
    except FileNotFoundError:
        return None
    return status.st_mtime_ns, status.st_ino


def _require_sound(release: Release) -> None:
    """Compare the files that are read with the manifest, and the manifest with its seal."""
    sealed = {key: value for key, value in release.manifest.items() if key != SEAL}
    if digest(sealed) != release.manifest.get(SEAL):
        cause = "manifest.json has changed."
        raise TierwiseError("RELEASE_DAMAGED", place=release.release_id, cause=cause)
    stated: dict[str, str] = release.manifest["files"]
    for name in (DATABASE, *(name for name in stated if name.endswith(".parquet"))):
        file = release.folder / name
        if not file.is_file() or sha256_of(file) != stated.get(name):
            cause = f"{name} has changed or is missing."
            raise TierwiseError("RELEASE_DAMAGED", place=release.release_id, cause=cause)
