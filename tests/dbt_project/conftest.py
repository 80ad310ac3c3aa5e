"""The nights that dbt builds once for all tests of the tables, and how it is started."""

from __future__ import annotations

import contextlib
import io
import json
import shutil
import warnings
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest

from orchestration.dbt import Run, parsed
from orchestration.matching import match_objects
from tests.dbt_project.delivered_nights import NORTH, RATES, SOUTH, Delivery, land


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
        working = self.folder / "warehouse.duckdb"
        land(working, delivery, previous)
        is_staged, log = self._dbt("run", "--select", "tag:before_matching", warehouse=working)
        assert is_staged, log
        with duckdb.connect(str(working)) as connection:
            match_objects(connection, self.folder)
        has_passed, log = self._dbt("build", *options, warehouse=working)
        results = json.loads((self.folder / "target" / "run_results.json").read_text())["results"]
        kept = self.folder / f"built_{len(list(self.folder.glob('built_*')))}.duckdb"
        shutil.copy(working, kept)
        return BuiltNight(
            file=kept,
            has_passed=has_passed,
            log=log,
            statuses={result["unique_id"].split(".")[2]: result["status"] for result in results},
        )

    def _dbt(self, *arguments: str, warehouse: Path) -> tuple[bool, str]:
        """Run dbt as a night does; return whether it succeeded, and what it said."""
        places = ("--target-path", self.folder / "target", "--log-path", self.folder / "logs")
        said = io.StringIO()
        with (
            pytest.MonkeyPatch.context() as patched,
            warnings.catch_warnings(),
            contextlib.redirect_stdout(said),
            Run(parsed(warehouse)) as run,
        ):
            warnings.simplefilter("ignore")  # those of dbt's own imports
            patched.setenv("TIERWISE_WAREHOUSE", str(warehouse))
            run.invoke("--no-use-colors", *arguments, *map(str, places))
        return not run.has_failed, said.getvalue()


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
