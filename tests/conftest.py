"""What every test shares: the repository's folder, and requirement marks that must be known."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import settings

from tests.requirement_marks import capability_by_requirement, requirements_of

# A build server draws the same examples each time; a developer's machine keeps looking.
settings.register_profile("tierwise", deadline=None, derandomize="CI" in os.environ)
settings.load_profile("tierwise")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Refuse a requirement mark that names no row of the catalogue."""
    known = capability_by_requirement()
    unknown = [
        f"{item.nodeid}: {requirement}"
        for item in items
        for requirement in requirements_of(item)
        if requirement not in known
    ]
    if unknown:
        raise pytest.UsageError("not in docs/requirements.csv: " + "; ".join(unknown))


@pytest.fixture(scope="session")
def root() -> Path:
    """Return the folder of the repository."""
    return Path(__file__).parents[1]
