"""The nights that dbt builds once for all tests of the tables, and how it is started."""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest

from orchestration.matching.pairs import match_objects
from tests.dbt_project.dbt_run import WORKING, run_dbt
from tests.dbt_project.delivered_nights import NORTH, RATES, SOUTH, Delivery, land
from tests.dbt_project.valued_nights import SELECTED, valued_delivery


@dataclass(frozen=True, kw_only=True)
class BuiltNight:
    """A night that dbt has built: its database, and what dbt reported of each node."""

    file: Path
    has_passed: bool
    log: str
    statuses: dict[str, str]

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """Return all rows of a query on the built tables."""
        with duckdb.connect(str(self.file), read_only=True) as connection:
            return connection.execute(query).fetchall()


@dataclass(frozen=True, kw_only=True)
class Builder:
    """Builds nights one after another in one place, so that dbt parses the project once."""

    project: Path
    folder: Path

    @property
    def manifest(self) -> dict[str, Any]:
        """Return what dbt knows of the project, after the first build."""
        return json.loads((self.folder / "target" / "manifest.json").read_text())

    def build(self, delivery: Delivery, *options: str, previous: Path | None = None) -> BuiltNight:
        """Land a delivery, build it as a night does, and keep the database under its own name."""
        working = self.folder / WORKING
        land(working, delivery, previous)
        staged = run_dbt(working, "run", "--select", "tag:before_matching")
        assert staged.has_passed, staged.log
        with duckdb.connect(str(working)) as connection:
            match_objects(connection, self.folder)
        done = run_dbt(working, "build", *options)
        kept = self.folder / f"built_{len(list(self.folder.glob('built_*')))}.duckdb"
        shutil.copy(working, kept)
        return BuiltNight(
            file=kept,
            has_passed=done.has_passed,
            log=done.log,
            statuses={r["unique_id"].split(".")[2]: r["status"] for r in done.results},
        )


@pytest.fixture(scope="session")
def builder(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Builder:
    return Builder(project=root / "dbt_project", folder=tmp_path_factory.mktemp("dbt"))


@pytest.fixture(scope="session")
def first_night(builder: Builder) -> BuiltNight:
    """The delivery as written, with nothing before it; unit tests run too."""
    return builder.build(Delivery())


@pytest.fixture(scope="session")
def second_night(builder: Builder, first_night: BuiltNight) -> BuiltNight:
    """A day later: every file in reverse order, south trusted more than north, C2 gone."""
    north = {
        **NORTH,
        "customers": [row for row in NORTH["customers"] if row["customer_id"] != "C2"],
    }
    rows = {"rates": {"fx_rates": RATES}, "south": SOUTH, "north": north}
    delivery = Delivery(
        business_date=date(2026, 4, 1),
        priority={"north": 2, "south": 1},
        rows={
            system: {entity: list(reversed(rows)) for entity, rows in entities.items()}
            for system, entities in rows.items()
        },
    )
    return builder.build(
        delivery, "--exclude-resource-type", "unit_test", previous=first_night.file
    )


@pytest.fixture(scope="session")
def night_without_rates(builder: Builder) -> BuiltNight:
    """South sells in dollars, and no rate is delivered."""
    delivery = Delivery(rows={"north": NORTH, "south": SOUTH})
    return builder.build(delivery, "--exclude-resource-type", "unit_test")


@pytest.fixture(scope="session")
def valued_night(builder: Builder) -> Path:
    """Sixty drawn customers: the database in which dbt has built what they and items are worth."""
    night = builder.build(valued_delivery(), *SELECTED)
    assert night.has_passed, night.log
    return night.file
