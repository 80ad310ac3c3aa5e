"""Hashes of files already read, so that a file that did not change costs a look at its status.

What is remembered may be deleted at any time: the files are then read again.
"""

from __future__ import annotations

import json
import os
import time
from pathlib import Path

from workspace.archive import archive
from workspace.ingest.delivery_safety import is_plain

# A file that changes twice within one tick of its clock keeps its times: git's rule of racy files.
SETTLED_NS = 2_000_000_000


class KnownFiles:
    """SHA-256 by path, valid for as long as size, times and inode are those that were hashed."""

    def __init__(self, file: Path) -> None:
        """Read what an earlier night remembered; anything unreadable is forgotten."""
        self.file = file
        self.entries: dict[str, list[int | str]] = {}
        self.seen: dict[str, list[int | str]] = {}
        try:
            document = json.loads(file.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return
        if isinstance(document, dict):
            self.entries = {k: v for k, v in document.items() if isinstance(v, list)}

    def hash_into(self, folder: Path, path: Path, status: os.stat_result) -> str:
        """Return a file's SHA-256; its bytes are in the archive folder afterwards.

        `status` was taken before. Raises FILE_UNSTABLE when the file changes while it is read.
        """
        key = os.fsencode(path.absolute()).decode("utf-8", errors="backslashreplace")
        *state, sha256 = self.entries.get(key, [""])
        if state == _state(status) and is_plain(folder / str(sha256)[:2] / str(sha256)):
            self.seen[key] = self.entries[key]
            return str(sha256)
        archived = archive(path, folder)
        settled = time.time_ns() - max(status.st_mtime_ns, status.st_ctime_ns) > SETTLED_NS
        if settled and _state(path.lstat()) == _state(status):
            self.seen[key] = [*_state(status), archived.sha256]
        return archived.sha256

    def write(self) -> None:
        """Keep what was seen, where that differs; the file is whole or as it was before."""
        if self.seen != self.entries:
            partial = self.file.with_name(f".{self.file.name}.{os.getpid()}")
            partial.write_text(json.dumps(self.seen), encoding="utf-8")
            partial.replace(self.file)
            self.entries = dict(self.seen)


def _state(status: os.stat_result) -> list[int | str]:
    return [
        status.st_size,
        status.st_mtime_ns,
        status.st_ctime_ns,
        status.st_ino,
        status.st_dev,
    ]
