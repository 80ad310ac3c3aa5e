"""One small company, generated once and read back."""

from __future__ import annotations

from pathlib import Path

import pytest

from data.generator.plan import Plan
from data.generator.wholesaler import generate
from tests.data.delivered_text import DeliveredFile, delivered


@pytest.fixture(scope="session")
def plan() -> Plan:
    """Return a plan that is small, with enough defects to meet every kind."""
    return Plan(order_lines=20_000, defect_share=0.002)


@pytest.fixture(scope="session")
def company(plan: Plan, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the workspace of a generated company."""
    folder = tmp_path_factory.mktemp("company")
    generate(plan, folder)
    return folder


@pytest.fixture(scope="session")
def files(company: Path) -> list[DeliveredFile]:
    """Return its delivered files."""
    return delivered(company)
