"""A company of its own for each test."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.workspace.small_company import Company


@pytest.fixture
def company(tmp_path: Path) -> Company:
    """Return a company that is sound; a test spoils what it is about."""
    return Company(root=tmp_path / "company")
