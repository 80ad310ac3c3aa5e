"""One night at a time: a lease that names its process, so that a dead one can be broken."""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from workspace.errors import TierwiseError

BOOT_ID = Path("/proc/sys/kernel/random/boot_id")


def _identity(pid: int) -> dict[str, str | int] | None:
    """Return what tells a process from a later one with the same number, or None if it is gone."""
    try:
        os.kill(pid, 0)
        # Field 22 is the start time; the command name before it may hold spaces and brackets.
        started = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[19]
        boot = BOOT_ID.read_text().strip()
    except ProcessLookupError:
        return None
    except OSError:
        started, boot = "", ""
    return {"pid": pid, "started": started, "boot": boot}


def holder(file: Path) -> int | None:
    """Return the process that holds the lease, or None when nobody alive does."""
    try:
        written = json.loads(file.read_text())
        pid = int(written["pid"])
    except (FileNotFoundError, ValueError, TypeError, KeyError):
        return None
    return pid if _identity(pid) == written else None


@contextmanager
def lease(file: Path) -> Iterator[None]:
    """Hold the lease while the body runs; raises NIGHT_BUSY when a live process has it."""
    file.parent.mkdir(parents=True, exist_ok=True)
    with _alone(file.parent):
        pid = holder(file)
        if pid is not None:
            cause = f"Process {pid} is running a night here."
            raise TierwiseError("NIGHT_BUSY", place=str(file), cause=cause)
        file.write_text(json.dumps(_identity(os.getpid())))
    try:
        yield
    finally:
        file.unlink(missing_ok=True)


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Let one process at a time look at the lease and take it.

    Without this, of two that find the lease of a dead process, the slower one would take away the
    lease that the faster one has just written.
    """
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)
