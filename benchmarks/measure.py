"""What a piece of work in this process takes: seconds and memory."""

from __future__ import annotations

import resource
import time
from collections.abc import Callable


def seconds_of(work: Callable[[], object]) -> float:
    """Return the seconds by the clock that `work` takes."""
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def peak_gib() -> float:
    """Return the most memory this process has held so far, in GiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
