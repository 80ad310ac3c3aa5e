"""dbt as a night runs it: in this process, on a manifest that is read once."""

from __future__ import annotations

import contextlib
import io
import json
import tempfile
import warnings
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from orchestration.dbt import Run

# Relations are named after the file: one manifest is that of all databases of this name.
WORKING = "working.duckdb"


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """How dbt ended: what it said, and its status of each node by unique id."""

    has_passed: bool
    log: str
    results: list[dict[str, Any]]


def run_dbt(database: Path, *arguments: str) -> Outcome:
    """Run a command on a database, named as WORKING says; its target is beside the database."""
    assert database.name == WORKING
    said = io.StringIO()
    target = database.parent / "target"
    places = ("--target-path", target, "--log-path", database.parent / "logs")
    with (
        pytest.MonkeyPatch.context() as patched,
        warnings.catch_warnings(),
        contextlib.redirect_stdout(said),
    ):
        warnings.simplefilter("ignore")  # those of dbt's own imports
        patched.setenv("TIERWISE_WAREHOUSE", str(database))
        run = Run(manifest())
        run.invoke("--no-use-colors", *arguments, *map(str, places))
    return Outcome(
        has_passed=not run.has_failed,
        log=said.getvalue(),
        results=json.loads((target / "run_results.json").read_text())["results"],
    )


@cache
def manifest() -> Any:
    """Parse the project, in a folder of its own: a night beside it may be parsing, too."""
    with (
        tempfile.TemporaryDirectory() as folder,
        pytest.MonkeyPatch.context() as patched,
        warnings.catch_warnings(),
    ):
        warnings.simplefilter("ignore")
        patched.setenv("TIERWISE_WAREHOUSE", str(Path(folder) / WORKING))
        run = Run(None)
        found = run.invoke(
            "--quiet", "--log-path", folder, "parse", "--no-partial-parse", "--target-path", folder
        )
    assert not run.has_failed, run.errors()
    return found
