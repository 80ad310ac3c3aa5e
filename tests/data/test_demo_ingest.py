from __future__ import annotations

import shutil
from pathlib import Path

import duckdb
import polars as pl
import pytest

from data.generator.plan import Plan
from tests.workspace.small_company import opened
from workspace.config.entities import entities
from workspace.folder import open_workspace
from workspace.ingest.accounts import close_books
from workspace.ingest.landing import land
from workspace.ingest.mapping import fill
from workspace.ingest.meaning import set_aside

CONFIGURATION = ("sources", "segmentation", "policies")


@pytest.fixture(scope="module")
def quarantine(
    company: Path, plan: Plan, root: Path, tmp_path_factory: pytest.TempPathFactory
) -> pl.DataFrame:
    """Return file, record number and code of what the ingest of the company set aside."""
    folder = tmp_path_factory.mktemp("ingested")
    for name in CONFIGURATION:
        shutil.copytree(root / "data" / "demo" / name, folder / name)
    shutil.copy(root / "data" / "demo" / "workspace.yml", folder)
    shutil.copytree(company / "reference", folder / "reference")
    workspace = open_workspace(folder, inbox=company / "inbox")
    with opened(workspace, plan.as_of) as connection:
        for read in workspace.sources.values():
            for extract in read.value.extracts:
                land(connection, workspace, read.value, extract)
        for entity in entities():
            fill(connection, workspace, entity)
        set_aside(connection, workspace)
        close_books(connection, workspace)
        return _booked(connection)


def _booked(connection: duckdb.DuckDBPyConnection) -> pl.DataFrame:
    return connection.sql(
        "select system || '/' || file_name as file, record_number, code from control.quarantine"
    ).pl()


def test_ingest_quarantines_the_planted_records_under_their_codes_and_no_others(
    quarantine: pl.DataFrame, company: Path
) -> None:
    planted = pl.read_csv(company / "truth" / "defects.csv").drop("kind")
    broken = planted.filter(pl.col("code") != "ROW_DUPLICATE")
    assert set(quarantine.iter_rows()) == set(broken.iter_rows())
