"""Requirement marks: which rows of docs/requirements.csv exist, and which of them a test checks.

`python -m tests.requirement_marks` collects the tests without running them and counts.
"""

from __future__ import annotations

import csv
import io
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import redirect_stdout
from pathlib import Path

import pytest

CATALOGUE = Path(__file__).parents[1] / "docs" / "requirements.csv"


def capability_by_requirement() -> dict[str, str]:
    """Return the capability of each requirement of the catalogue."""
    with CATALOGUE.open(encoding="utf-8", newline="") as file:
        return {row["id"]: row["capability"] for row in csv.DictReader(file)}


def requirements_of(item: pytest.Item) -> Iterator[str]:
    """Yield the requirement ids a test is marked with."""
    for mark in item.iter_markers("requirement"):
        yield from mark.args


class MarkCollector:
    """A pytest plugin that keeps the requirement ids of all collected tests."""

    def __init__(self) -> None:
        self.requirements: set[str] = set()

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """Keep what the collected tests are marked with."""
        for item in session.items:
            self.requirements.update(requirements_of(item))


def main() -> int:
    """Print checked and total by capability; return pytest's status when collection fails."""
    collector = MarkCollector()
    printed = io.StringIO()
    with redirect_stdout(printed):
        status = pytest.main(["--collect-only", "--quiet"], plugins=[collector])
    if status != pytest.ExitCode.OK:
        sys.stderr.write(printed.getvalue())
        return int(status)
    capability = capability_by_requirement()
    total = Counter(capability.values())
    checked = Counter(capability[requirement] for requirement in collector.requirements)
    for name in sorted(total):
        sys.stdout.write(f"{name:<8}{checked[name]:>4} of {total[name]:>4}\n")
    sys.stdout.write(f"{'all':<8}{checked.total():>4} of {total.total():>4}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
