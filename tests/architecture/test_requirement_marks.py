"""The catalogue of requirements and the marks that refer to it."""

from __future__ import annotations

import csv
from pathlib import Path


def test_each_requirement_has_one_row_and_an_acceptance_check(root: Path) -> None:
    with (root / "docs" / "requirements.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len({row["id"] for row in rows}) == len(rows)
    assert all(row["acceptance"] for row in rows)
