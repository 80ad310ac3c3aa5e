"""A copy of the code with cold caches, in which nights are run and measured as whole processes.

Measured in a copy, a night finds no parsed dbt project and no kept lineage, as after a fresh
clone, and an edit of the repository meanwhile changes neither the code nor its hash.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from workspace.folder import CONFIGURATION

ROOT = Path(__file__).parent.parent
CODE = (
    "benchmarks",
    "cli",
    "data/__init__.py",
    "data/generator",
    "dbt_project",
    "expectations",
    "models",
    "orchestration",
    "pyproject.toml",
    "requirements.lock",
    "serving",
    "workspace",
)
BIN = Path(sys.executable).parent


@dataclass(frozen=True, kw_only=True)
class Spent:
    """What one process used: seconds, CPU seconds of all its processes, bytes of the largest."""

    started_at: float
    wall_seconds: float
    cpu_seconds: float
    peak_bytes: int
    status: int
    output: str

    @property
    def ended_at(self) -> float:
        """Return when the process was gone, in seconds since 1970."""
        return self.started_at + self.wall_seconds


@dataclass(frozen=True, kw_only=True)
class Checkout:
    """A folder that holds a copy of the code."""

    folder: Path

    @property
    def environment(self) -> Mapping[str, str]:
        """Return the environment in which this copy is imported and not the installed code."""
        ours = {name: text for name, text in os.environ.items() if "TIERWISE" not in name}
        return {
            **ours,
            "PYTHONPATH": str(self.folder),
            "DO_NOT_TRACK": "1",
            "GX_ANALYTICS_ENABLED": "false",
        }

    def start(
        self, *command: str | Path, before: Callable[[], None] | None = None
    ) -> subprocess.Popen[str]:
        """Start a command in this copy and in a session of its own; `before` runs there first."""
        name, *arguments = command
        return subprocess.Popen(
            [BIN / name, *arguments],
            cwd=self.folder,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
            preexec_fn=before,
        )

    def run(self, *command: str | Path, must_succeed: bool = True) -> Spent:
        """Run a command to its end; raises RuntimeError with its words when it fails."""
        started_at, started = time.time(), time.perf_counter()
        process = self.start(*command)
        assert process.stdout is not None
        output = process.stdout.read()
        _, waited, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - started
        process.stdout.close()
        process.returncode = os.waitstatus_to_exitcode(waited)
        if process.returncode and must_succeed:
            raise RuntimeError(f"{command[0]} ended with {process.returncode}:\n{output[-2000:]}")
        return Spent(
            started_at=started_at,
            wall_seconds=wall,
            cpu_seconds=usage.ru_utime + usage.ru_stime,
            peak_bytes=usage.ru_maxrss * 1024,
            status=process.returncode,
            output=output,
        )

    def found(self, name: str, reference: Path) -> Path:
        """Make a workspace with the demo's configuration and a generated company's references.

        Of the demo's own references those stay that are not generated.
        """
        workspace = self.folder / "data" / name
        for part in CONFIGURATION:
            _copy(ROOT / "data" / "demo" / part, workspace / part)
        _copy(reference, workspace / "reference")
        return workspace


def check_out(folder: Path) -> Checkout:
    """Copy the code, its compiled bytecode too, but nothing that an earlier night has left."""
    for part in CODE:
        _copy(ROOT / part, folder / part)
    return Checkout(folder=folder)


def _copy(source: Path, target: Path) -> None:
    if source.is_dir():
        ignored = shutil.ignore_patterns("target", "logs")
        shutil.copytree(source, target, ignore=ignored, dirs_exist_ok=True)
    else:
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(source, target)
