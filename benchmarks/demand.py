"""Demand features of many series, beside one scan with one group-by of DuckDB over the same rows.

`python -m benchmarks.demand [--series 1000000]`: 156 weeks, a quarter of them with demand; one
series in ten is promoted twice, one in five runs out of stock for four weeks. Each night is timed
from weekly demand on, by its steps: what promotions and empty shelves did to it, cleansed demand,
and the demand profile. Nights follow each other, each with the release of the one before.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from benchmarks.demand_company import COMPANY, EMPTY, NIGHTS, RELEASED
from benchmarks.machine import machine
from benchmarks.measure import peak_gib, seconds_of
from orchestration.dbt import Run, parsed
from orchestration.demand.cleansing import TABLE as ADJUSTMENTS
from orchestration.demand.cleansing import adjustments
from orchestration.demand.profile import profile_demand
from workspace.folder import open_workspace
from workspace.night_inputs import code_hash
from workspace.warehouse import create_by_contract, one_row, row_count, write_by_contract

DEMO = Path(__file__).parent.parent / "data" / "demo"
PROFILE = "features.feat_demand_profile"
FLOOR = """
    create or replace table floor as
    select product_id, site_id, count(*) as weeks, sum(demand_units) as units
    from facts.fct_demand_weekly group by product_id, site_id
"""
MADE = """
    select count(*) from features.demand_month as months
    inner join night.parameters as parameters on months.made_date = parameters.business_date
"""
BASIS = ("--quiet", "run", "--select", "int_cleansing_basis")
CLEANSED = ("--quiet", "run", "--select", "+demand_cleansed,tag:after_cleansing")
STEPS = ("adjustments", "demand_cleansed", "profile")


def main() -> int:
    """Print the seconds of the floor and of each night, their ratio, and peak memory."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.demand", description=__doc__)
    parser.add_argument("--series", type=int, default=1_000_000)
    asked = parser.parse_args()
    code_hash()
    floors: list[float] = []
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "demand.duckdb"
        run = Run(parsed(file))
        with _opened(file) as connection:
            rows = _lay_out(connection, asked.series)
        nights = {}
        for night, news in NIGHTS.items():
            with _opened(file) as connection:
                connection.execute(news.format(series=asked.series))
                floors.append(seconds_of(lambda: connection.execute(FLOOR)))
            nights[night] = _night(file, run)
            with _opened(file) as connection:
                for name in RELEASED:
                    table = name.split(".")[1]
                    connection.execute(f"create or replace table prior.{table} as from {name}")
    floor = statistics.median(floors)
    sys.stdout.write(
        f"{machine()}\n{asked.series:,} series, {rows:,} weeks with demand; "
        f"peak {peak_gib():.1f} GB\n"
        f"scan and group-by {floor:.1f} s ({min(floors):.1f} to {max(floors):.1f})\n"
    )
    for night, (made, seconds) in nights.items():
        steps = ", ".join(f"{step} {seconds[step]:.1f} s" for step in STEPS)
        total = sum(seconds.values())
        sys.stdout.write(
            f"{night}, {made} months made: {steps}: {total:.1f} s, {total / floor:.1f} times\n"
        )
    return 0


def _lay_out(connection: duckdb.DuckDBPyConnection, series: int) -> int:
    """Create a night's tables up to weekly demand; return the number of its rows."""
    connection.execute(COMPANY.format(series=series))
    for name in (*EMPTY, *RELEASED):
        create_by_contract(connection, name, is_written_once=True)
    connection.execute("create schema prior")
    for name in RELEASED:
        connection.execute(f"create table prior.{name.split('.')[1]} as from {name}")
    connection.execute("drop table features.demand_month; drop table features.demand_cleansed")
    connection.execute(FLOOR)
    return row_count(connection, "facts.fct_demand_weekly")


def _night(file: Path, run: Run) -> tuple[int, dict[str, float]]:
    """Return the months made, and the seconds of each step.

    What cleansing follows from is a statement of a run of dbt that a night has in any case: of that
    one, only the statement counts.
    """
    (basis,) = run.invoke(*BASIS).results
    seconds = {"adjustments": basis.execution_time}
    with _opened(file) as connection:
        seconds["adjustments"] += seconds_of(
            lambda: write_by_contract(
                connection, ADJUSTMENTS, adjustments(connection), is_sorted=True
            )
        )
    seconds["demand_cleansed"] = seconds_of(lambda: run.invoke(*CLEANSED))
    assert not run.has_failed, run.errors()
    workspace = open_workspace(DEMO)
    with _opened(file) as connection:
        seconds["profile"] = seconds_of(
            lambda: write_by_contract(connection, PROFILE, profile_demand(connection, workspace))
        )
        (made,) = one_row(connection, MADE)
    return made, seconds


@contextmanager
def _opened(file: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(str(file)) as connection:
        connection.execute("set memory_limit = '4GB'")
        yield connection


if __name__ == "__main__":
    sys.exit(main())
