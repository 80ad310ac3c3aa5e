"""Every delivered byte, kept once under its hash: this is the raw layer, and it never changes."""

from __future__ import annotations

import hashlib
import os
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from workspace.errors import TierwiseError

CHUNK_BYTES = 1 << 20


@dataclass(frozen=True, kw_only=True)
class Archived:
    """A delivered file as it stands in the archive."""

    sha256: str
    path: Path
    byte_count: int


def place_of(folder: Path, sha256: str) -> Path:
    """Return where the archive keeps bytes of a hash."""
    return folder / sha256[:2] / sha256


def sha256_of(file: Path) -> str:
    """Return the SHA-256 of a file, read in chunks."""
    digest = hashlib.sha256()
    with file.open("rb") as stream:
        while chunk := stream.read(CHUNK_BYTES):
            digest.update(chunk)
    return digest.hexdigest()


def archive(file: Path, folder: Path) -> Archived:
    """Copy a file into the archive unless its bytes are there already.

    The copy is hashed as it is written, synced, and renamed into place, so that a name in the
    archive always stands for whole bytes. Raises FILE_UNSTABLE when the file grows meanwhile.
    """
    folder.mkdir(parents=True, exist_ok=True)
    partial = folder / f".{os.getpid()}.partial"
    try:
        sha256, byte_count = _copied(file, partial)
    except (OSError, TierwiseError):
        partial.unlink(missing_ok=True)
        raise
    return _settle(partial, folder, sha256, byte_count)


def _copied(file: Path, partial: Path) -> tuple[str, int]:
    """Copy and hash a file in one reading; return hash and size."""
    digest = hashlib.sha256()
    # A link or pipe that took the file's place meanwhile is not followed, nor waited for.
    source_flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK
    with os.fdopen(os.open(file, source_flags), "rb") as source, partial.open("wb") as target:
        before = os.fstat(source.fileno())
        with ThreadPoolExecutor(max_workers=1) as writer:  # writing takes longer than hashing
            written: Future[int] | None = None
            while chunk := source.read(CHUNK_BYTES):
                following = writer.submit(target.write, chunk)
                digest.update(chunk)
                if written is not None:
                    written.result()
                written = following
            if written is not None:
                written.result()
        target.flush()
        os.fsync(target.fileno())
    after = file.lstat()
    if (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns):
        cause = "The file changed while it was read."
        raise TierwiseError("FILE_UNSTABLE", place=str(file), cause=cause)
    return digest.hexdigest(), after.st_size


def _settle(partial: Path, folder: Path, sha256: str, byte_count: int) -> Archived:
    place = place_of(folder, sha256)
    if place.exists():
        partial.unlink()
    else:
        place.parent.mkdir(exist_ok=True)
        partial.chmod(0o444)
        partial.rename(place)
    return Archived(sha256=sha256, path=place, byte_count=byte_count)
