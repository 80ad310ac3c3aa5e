"""Files that a crash leaves whole, or as they were: written to the disk before they count."""

from __future__ import annotations

import os
from pathlib import Path


def replace_text(file: Path, text: str, *, mode: int = 0o666) -> None:
    """Replace a file in one step: write beside it, sync, rename; `mode` is that of a new file."""
    partial = partial_of(file)
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC
    with os.fdopen(os.open(partial, flags, mode), "w", encoding="utf-8") as stream:
        stream.write(text)
        stream.flush()
        os.fsync(stream.fileno())
    partial.replace(file)


def append_text(file: Path, text: str) -> None:
    """Add to the end of a file, which is made where there is none."""
    with file.open("a", encoding="utf-8") as stream:
        stream.write(text)
        stream.flush()
        os.fsync(stream.fileno())


def sync(path: Path) -> None:
    """Wait until a file's bytes are on the disk, or the names in a folder."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def partial_of(file: Path) -> Path:
    """Return the name under which a file is written until it is whole."""
    return file.with_name(f".{file.name}.partial")
