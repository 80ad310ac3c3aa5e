"""Whole nights, run once for all tests that only read what they left."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.night.company import Done, found_company, tierwise


@dataclass(frozen=True, kw_only=True)
class Night:
    """A workspace after its first night, and what the command said."""

    workspace: Path
    said: Done


@pytest.fixture(scope="session")
def first_night(tmp_path_factory: pytest.TempPathFactory) -> Night:
    """Return the first night of a small generated company."""
    workspace = found_company(tmp_path_factory.mktemp("first") / "company")
    said = tierwise("refresh", "--workspace", workspace, "--json")
    assert said.status == 0, said.err
    return Night(workspace=workspace, said=said)
