"""Tables kept by month: what is as it was is the same file, and nothing damaged is carried on."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import duckdb
import pytest

from workspace.errors import TierwiseError
from workspace.night_inputs import land_prior
from workspace.release_months import write_by_month
from workspace.releases import Release, file_hashes
from workspace.table_contract import contract
from workspace.warehouse import create_by_contract

WEEKLY = contract("facts.fct_demand_weekly")
TODAY, BEFORE = date(2026, 4, 5), date(2026, 4, 4)


@pytest.fixture
def build(tmp_path: Path) -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect(str(tmp_path / "build.duckdb"))
    connection.execute("create schema night")
    connection.execute("create table night.parameters (business_date date)")
    connection.execute("insert into night.parameters values (?)", [TODAY])
    for name in (WEEKLY.name, "facts.fct_demand_month"):
        create_by_contract(connection, name)
    return connection


def make(connection: duckdb.DuckDBPyConnection, week: date, units: int, *, made: date) -> None:
    """Add a month of one week."""
    connection.execute(
        "insert into facts.fct_demand_weekly values ('p', 's', ?, ?, 0, 0, 1)", [week, units]
    )
    connection.execute(
        "insert into facts.fct_demand_month values (?, 1, 'f', ?)", [week.replace(day=1), made]
    )


def published(
    connection: duckdb.DuckDBPyConnection, folder: Path
) -> tuple[Release, dict[str, object]]:
    """Publish weekly demand alone."""
    (folder / "tables").mkdir(parents=True)
    told = write_by_month(connection, folder / "tables" / WEEKLY.table, WEEKLY, None)
    return Release(folder=folder, manifest={"files": file_hashes(folder)}), told


def test_a_month_that_was_carried_over_is_the_file_of_last_time(
    build: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    make(build, date(2026, 2, 23), 1, made=TODAY)
    make(build, date(2026, 3, 2), 2, made=TODAY)
    before, told = published(build, tmp_path / "before")

    build.execute(
        "update facts.fct_demand_month set made_date = ? where month(month_start_date) = 2",
        [BEFORE],
    )
    build.execute(
        "update facts.fct_demand_weekly set demand_units = 3 where month(week_start_date) = 3"
    )
    months = tmp_path / "after"
    again = write_by_month(build, months, WEEKLY, before)
    old = before.folder / "tables" / WEEKLY.table
    names = ["2026-02.parquet", "2026-03.parquet"]
    assert [file.name for file in sorted(months.iterdir())] == names
    same = [(months / name).samefile(old / name) for name in names]
    assert same == [True, False]
    units = "select week_start_date, demand_units from read_parquet(?) order by all"
    found = build.execute(units, [f"{months}/*.parquet"]).fetchall()
    assert found == [(date(2026, 2, 23), 1), (date(2026, 3, 2), 3)]
    assert again["rows"] == told["rows"] == 2
    assert again["sha256"] != told["sha256"]


def test_the_same_months_give_the_same_hash_whether_carried_or_made(
    build: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    make(build, date(2026, 2, 23), 1, made=TODAY)
    before, told = published(build, tmp_path / "before")
    build.execute("update facts.fct_demand_month set made_date = ?", [BEFORE])
    assert write_by_month(build, tmp_path / "after", WEEKLY, before) == told
    assert write_by_month(build, tmp_path / "anew", WEEKLY, None) == told


def test_the_next_night_reads_all_months_and_refuses_a_damaged_one(
    build: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    make(build, date(2026, 2, 23), 1, made=TODAY)
    make(build, date(2026, 3, 2), 2, made=TODAY)
    release, _ = published(build, tmp_path / "release")
    with duckdb.connect(str(tmp_path / "next.duckdb")) as connection:
        counts = land_prior(connection, release)
    assert counts["fct_demand_weekly"] == 2
    assert counts["fct_demand_month"] == 0  # the release has none: it is empty, and typed

    file = release.folder / "tables" / WEEKLY.table / "2026-03.parquet"
    damaged = bytearray(file.read_bytes())
    damaged[len(damaged) // 2] ^= 1
    file.write_bytes(damaged)
    with (
        duckdb.connect(str(tmp_path / "other.duckdb")) as connection,
        pytest.raises(TierwiseError) as refused,
    ):
        land_prior(connection, release)
    assert refused.value.code == "RELEASE_DAMAGED"
    assert "2026-03.parquet" in str(refused.value)
