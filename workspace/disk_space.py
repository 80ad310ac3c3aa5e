"""A full disk, told by what writing raised: it is nobody's file that is at fault."""

from __future__ import annotations

import errno

import duckdb

from workspace.errors import TierwiseError

FULL = (errno.ENOSPC, errno.EDQUOT)
SAID = ("No space left on device", "Disk quota exceeded")


def disk_fault(error: OSError | duckdb.Error) -> TierwiseError | None:
    """Return SYS_DISK_FULL where that is why something could not be written, else None.

    DuckDB says it in the words of the system, and has no number for it.
    """
    is_full = isinstance(error, OSError) and error.errno in FULL
    if not is_full and not any(words in str(error) for words in SAID):
        return None
    named = getattr(error, "filename", None)
    cause = "There was no room to write on. Nothing was published; the last release stays."
    return TierwiseError("SYS_DISK_FULL", place=str(named or "workspace"), cause=cause)
