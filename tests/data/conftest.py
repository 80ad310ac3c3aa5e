"""One small company, generated once and read back."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from data.generator.plan import Plan
from data.generator.wholesaler import generate
from tests.data.delivered_text import DeliveredFile, delivered


@pytest.fixture(scope="session")
def plan() -> Plan:
    """Return a plan of two years that is small, with enough defects to meet every kind."""
    return Plan(order_lines=20_000, as_of=date(2025, 6, 30), defect_share=0.002)


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
