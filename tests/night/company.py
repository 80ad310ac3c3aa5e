"""A small generated company and the command line, as a data engineer would use them."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from data.generator.plan import Plan
from data.generator.wholesaler import generate
from workspace.folder import CONFIGURATION

ROOT = Path(__file__).parents[2]
COMMAND = Path(sys.executable).parent / "tierwise"
FIRST_DAY = date(2026, 6, 30)
ORDER_LINES = 9_000


@dataclass(frozen=True, kw_only=True)
class Done:
    """What a command printed, and its exit status."""

    status: int
    out: str
    err: str

    @property
    def document(self) -> Any:
        """Return the one JSON document on standard output."""
        return json.loads(self.out)

    @property
    def codes(self) -> list[str]:
        """Return the codes of the errors that the command reported."""
        return [error["code"] for error in self.document["errors"]]


def tierwise(*arguments: str | Path) -> Done:
    """Run the command in a process of its own."""
    done = subprocess.run(
        [COMMAND, *map(str, arguments)], capture_output=True, text=True, check=False, cwd=ROOT
    )
    return Done(status=done.returncode, out=done.stdout, err=done.stderr)


def found_company(folder: Path, as_of: date = FIRST_DAY) -> Path:
    """Make a workspace with the demo's configuration and deliver to its inbox."""
    folder.mkdir(parents=True)
    for name in CONFIGURATION:
        source = ROOT / "data" / "demo" / name
        if source.is_dir():
            shutil.copytree(source, folder / name)
        elif source.exists():
            shutil.copy(source, folder / name)
    deliver(folder, as_of)
    return folder


def deliver(workspace: Path, as_of: date) -> None:
    """Deliver all files up to a day."""
    generate(Plan(order_lines=ORDER_LINES, as_of=as_of), workspace, _unheard)


def _unheard(step: str) -> None:
    """Let the generator's progress pass."""


def copy_company(source: Path, folder: Path) -> Path:
    """Copy a workspace with its releases, so that a test may spoil it."""
    shutil.copytree(
        source, folder, ignore=shutil.ignore_patterns("build*", "dagster", "lease.json")
    )
    return folder


def current(workspace: Path) -> str:
    """Return the release that is served."""
    return (workspace / "CURRENT").read_text().strip()


def manifest(workspace: Path) -> dict[str, Any]:
    """Return the manifest of the release that is served."""
    text = (workspace / "releases" / current(workspace) / "manifest.json").read_text()
    document: dict[str, Any] = json.loads(text)
    return document
