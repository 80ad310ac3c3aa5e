"""Looking for delivered files without following anything that leads out of the inbox."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from workspace.config.file_path import FilePath
from workspace.errors import TierwiseError

# There is none, it is none, or its path is longer than the system can name.
NO_FOLDER = (errno.ENOENT, errno.ENOTDIR, errno.ENAMETOOLONG)
KINDS = {
    stat.S_ISLNK: "a link",
    stat.S_ISFIFO: "a pipe",
    stat.S_ISSOCK: "a socket",
    stat.S_ISCHR: "a device",
    stat.S_ISBLK: "a device",
}


@dataclass(frozen=True, kw_only=True)
class Entry:
    """A name that matches an extract's path; `fault` says why its bytes must not be read."""

    path: Path
    name: str
    status: os.stat_result | None
    fault: str | None


def matching_files(root: Path, wanted: FilePath) -> Iterator[Entry]:
    """Yield what matches a path below a root, in no order; links are named, never followed."""
    folder = root
    for part in wanted.folder.parts:
        folder /= part
        if folder.is_symlink():
            cause = f"The folder {folder.relative_to(root)} is a link."
            yield Entry(path=folder, name="", status=None, fault=cause)
            return
    above = "".join(f"{part}/" for part in wanted.folder.parts)
    for entry, relative in _walk(folder, wanted.depth):
        leads_on = wanted.depth != 1 and entry.is_symlink() and entry.is_dir()
        if leads_on or wanted.matches(above + relative):
            path, status = Path(entry.path), entry.stat(follow_symlinks=False)
            yield Entry(path=path, name=shown(relative), status=status, fault=_fault(status))


def all_files(root: Path) -> Iterator[str]:
    """Yield the path below a root of everything in it but folders; links are not followed."""
    for _, relative in _walk(root, None):
        yield relative


def shown(name: str) -> str:
    """Return a name as text that every table can hold: a byte that is no UTF-8 as its number."""
    return os.fsencode(name).decode("utf-8", errors="backslashreplace")


def is_plain(file: Path) -> bool:
    """Return whether a path names a file itself, and nothing that leads to one."""
    try:
        return stat.S_ISREG(file.lstat().st_mode)
    except (FileNotFoundError, NotADirectoryError):
        return False


def _walk(folder: Path, depth: int | None) -> Iterator[tuple[os.DirEntry[str], str]]:
    """Yield all that is not a folder, at most so deep, with its path below the first folder.

    Raises FILE_PATH for a folder that may not be read: it would look empty.
    """
    waiting: list[tuple[str, str, int | None]] = [(str(folder), "", depth)]
    while waiting:
        place, above, below = waiting.pop()
        try:
            entries = list(os.scandir(place))
        except PermissionError as error:
            cause = "The night has no right to read the folder."
            raise TierwiseError("FILE_PATH", place=shown(place), cause=cause) from error
        except OSError as error:
            if error.errno in NO_FOLDER:
                continue
            raise
        for entry in entries:
            relative = f"{above}{entry.name}"
            if not entry.is_dir(follow_symlinks=False):
                yield entry, relative
            elif below != 1:
                deeper = None if below is None else below - 1
                waiting.append((entry.path, f"{relative}/", deeper))


def _fault(status: os.stat_result) -> str | None:
    if stat.S_ISREG(status.st_mode):
        return None
    kind = next((words for is_kind, words in KINDS.items() if is_kind(status.st_mode)), "no file")
    return f"It is {kind}: nothing of it was read."
