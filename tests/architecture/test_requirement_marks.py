"""The catalogue of requirements and the marks that refer to it."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from tests.conftest import pytest_collection_modifyitems


def test_each_requirement_has_one_row_and_an_acceptance_check(root: Path) -> None:
    with (root / "docs" / "requirements.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len({row["id"] for row in rows}) == len(rows)
    assert all(row["acceptance"] for row in rows)


def test_a_mark_that_names_no_requirement_is_refused(request: pytest.FixtureRequest) -> None:
    request.node.add_marker(pytest.mark.requirement("S9.M9.B9"))
    with pytest.raises(pytest.UsageError, match=r"S9\.M9\.B9"):
        pytest_collection_modifyitems([request.node])
