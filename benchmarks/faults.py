"""What can befall a night: each fault strikes one `tierwise refresh` and can be lifted after it."""

from __future__ import annotations

import os
import resource
import shutil
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from random import Random

from benchmarks.checkout import Checkout
from workspace.errors import Exit

FILE_LIMIT_BYTES = 8 * 2**20


class Struck:
    """One night of a workspace, as a fault finds it.

    `seconds` is how long the same night has just taken undisturbed.
    """

    def __init__(self, code: Checkout, workspace: Path, as_of: str, seconds: float) -> None:
        """Nothing has been started yet."""
        self.workspace = workspace
        self.seconds = seconds
        self._code = code
        self._command = ("tierwise", "refresh", "--workspace", workspace, "--as-of", as_of)

    def start(self, before: Callable[[], None] | None = None) -> subprocess.Popen[str]:
        """Start the night; `before` runs in its process first."""
        return self._code.start(*self._command, before=before)

    def run(self, before: Callable[[], None] | None = None) -> int:
        """Run the night to its end; return its exit status."""
        return ended(self.start(before))

    def inbox_file(self, random: Random) -> Path:
        """Pick one of the delivered files."""
        return random.choice(sorted((self.workspace / "inbox").rglob("*.csv")))


def ended(night: subprocess.Popen[str]) -> int:
    """Wait for a night and return its exit status; a negative one is the signal it died of."""
    night.communicate()
    return night.returncode


def kill_all(night: Struck, random: Random) -> int:
    """Kill the night and everything it has started, as a power cut would."""
    process = night.start()
    time.sleep(random.uniform(0.1, 1.0) * night.seconds)
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
    return ended(process)


def kill_parent(night: Struck, random: Random) -> int:
    """Kill the night's first process only: a dbt that it has started writes on for a while."""
    process = night.start()
    time.sleep(random.uniform(0.3, 0.9) * night.seconds)
    process.kill()
    return ended(process)


def truncate_file(night: Struck, random: Random) -> int:
    """Cut a delivered file off at any byte."""
    file = night.inbox_file(random)
    os.truncate(file, random.randrange(file.stat().st_size))
    return night.run()


def scramble_file(night: Struck, random: Random) -> int:
    """Overwrite a stretch of a delivered file with noise."""
    file = night.inbox_file(random)
    content = bytearray(file.read_bytes())
    at = random.randrange(len(content))
    noise = random.randbytes(min(4_096, len(content) - at))
    content[at : at + len(noise)] = noise
    file.write_bytes(content)
    return night.run()


def lose_file(night: Struck, random: Random) -> int:
    """Take a delivered file away."""
    night.inbox_file(random).unlink()
    return night.run()


def seal_inbox(night: Struck, random: Random) -> int:
    """Let the night read its inbox but not write there; it should not mind."""
    del random
    folders = [night.workspace / "inbox", *(night.workspace / "inbox").rglob("*")]
    for path in folders:
        path.chmod(0o555 if path.is_dir() else 0o444)
    try:
        return night.run()
    finally:
        for path in folders:
            path.chmod(0o755 if path.is_dir() else 0o644)


def fill_disk(night: Struck, random: Random) -> int:
    """Let no file grow beyond a few megabytes, as on a disk that is nearly full."""
    limit = random.randrange(FILE_LIMIT_BYTES)
    return night.run(lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit)))


def run_two(night: Struck, random: Random) -> int:
    """Start a second night while the first is running; return the status of the first."""
    first = night.start()
    time.sleep(random.uniform(0.1, 0.8) * night.seconds)
    night.run()
    return ended(first)


def spoil_build(night: Struck, random: Random) -> int:
    """Leave a broken build, a dead lease and half a pointer behind, as a crash might."""
    build = night.workspace / "build"
    build.mkdir(exist_ok=True)
    (build / "tierwise.duckdb").write_bytes(random.randbytes(10_000))
    (night.workspace / "lease.json").write_text('{"pid": 1, "started": "0", "boot": "-"}')
    (night.workspace / ".CURRENT.partial").write_text("2026-")
    return night.run()


def lose_build(night: Struck, random: Random) -> int:
    """Delete what is disposable: the build and Dagster's own records."""
    del random
    for name in ("build", "dagster"):
        shutil.rmtree(night.workspace / name, ignore_errors=True)
    return night.run()


KILLED = frozenset({0, -signal.SIGKILL})  # 0 where the night was faster
JUDGED = frozenset({0, Exit.HELD, Exit.INPUT})
HARMLESS = frozenset({0})

# Each fault, and the exit statuses that a night may end with that it has struck.
FAULTS: tuple[tuple[Callable[[Struck, Random], int], frozenset[int]], ...] = (
    (kill_all, KILLED),
    (truncate_file, JUDGED),
    (kill_parent, KILLED),
    (fill_disk, frozenset({0, Exit.FAILED})),
    (scramble_file, JUDGED),
    (run_two, HARMLESS),
    (lose_file, JUDGED),
    (kill_all, KILLED),
    (spoil_build, HARMLESS),
    (seal_inbox, HARMLESS),
    (kill_parent, KILLED),
    (lose_build, HARMLESS),
)
