"""The demand profile of many series, beside one scan with one group-by of DuckDB over their weeks.

`python -m benchmarks.demand_profile [--series 1000000]`: 156 weeks, a quarter of them with demand,
lying as a night leaves them. Measured are a night of a new week, in which every history is another,
one in which a hundredth of them has changed, and one in which none has.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
from pathlib import Path

import duckdb

from benchmarks.machine import machine
from benchmarks.measure import peak_gib, seconds_of
from orchestration.demand.profile import profile_demand
from workspace.folder import open_workspace
from workspace.night_inputs import code_hash
from workspace.table_contract import contract
from workspace.warehouse import create_by_contract, row_count, write_by_contract

WEEKS = 156
DEMO = Path(__file__).parent.parent / "data" / "demo"
PROFILE = "features.feat_demand_profile"
DEMAND = f"""
    create schema night; create schema facts; create schema golden; create schema features;
    create schema staging; create schema prior;
    create table night.parameters as
        select date '2026-06-30' as business_date, cast(1 as integer) as week_starts_on;
    create table features.demand_cleansed as
    with weeks as (
        select series, week, cast(1 + hash(series, week) % 97 as decimal(18, 4)) as units
        from range({{series}}) as s(series), range({WEEKS}) as w(week)
        where hash(series, week, 1) % 4 = 0
    )
    select
        'p-' || lpad(cast(series as varchar), 12, '0') as product_id,
        's-' || lpad(cast(series % 7 as varchar), 12, '0') as site_id,
        date '2026-06-22' - cast(7 * week as integer) as week_start_date,
        cast(sum(units) as decimal(18, 4)) as raw_units,
        cast(sum(units) as decimal(18, 4)) as baseline_units,
        cast(0 as decimal(18, 4)) as one_off_units,
        cast(0 as decimal(18, 4)) as lost_units
    from weeks
    group by all;
    create table facts.int_product_site as
        select distinct product_id, site_id from features.demand_cleansed;
    create table golden.golden_product as
        select distinct product_id, cast(null as date) as discontinued_date
        from facts.int_product_site;
    create table staging.stg_product_replacements (
        _namespace text, product_id text, successor_id text, share_rate double, valid_from date
    );
"""
FLOOR = """
    create or replace temp table floor as
    select product_id, site_id, count(*) as weeks, sum(baseline_units) as units
    from features.demand_cleansed group by product_id, site_id
"""
LATE_ORDERS = """
    update features.demand_cleansed set baseline_units = baseline_units + 1
    where hash(product_id) % 100 = 0 and week_start_date = date '2026-06-22'
"""
NIGHTS = {
    "every history is new": "select 1",
    "a hundredth changed": LATE_ORDERS,
    "none changed": "select 1",
}


def main() -> int:
    """Print seconds of the floor and of each night, their ratio, and peak memory."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.demand_profile", description=__doc__
    )
    parser.add_argument("--series", type=int, default=1_000_000)
    asked = parser.parse_args()
    workspace = open_workspace(DEMO)
    code_hash()
    floors: list[float] = []
    nights: dict[str, float] = {}
    with (
        tempfile.TemporaryDirectory() as folder,
        duckdb.connect(str(Path(folder) / "build.duckdb")) as connection,
    ):
        connection.execute("set memory_limit = '4GB'")
        _lay_out(connection, asked.series)
        rows = row_count(connection, "features.demand_cleansed")
        for night, change in NIGHTS.items():
            connection.execute(change)
            floors.append(seconds_of(lambda: connection.execute(FLOOR)))
            nights[night] = seconds_of(
                lambda: write_by_contract(
                    connection, PROFILE, profile_demand(connection, workspace)
                )
            )
            floors.append(seconds_of(lambda: connection.execute(FLOOR)))
            connection.execute(
                f"create or replace table prior.feat_demand_profile as from {PROFILE}"
            )
    floor = statistics.median(floors)
    peak = peak_gib()
    sys.stdout.write(
        f"{machine()}\n{asked.series:,} series, {rows:,} weeks with demand; peak {peak:.1f} GB\n"
        f"scan and group-by {floor:.1f} s ({min(floors):.1f} to {max(floors):.1f})\n"
    )
    for night, seconds in nights.items():
        sys.stdout.write(f"{night}: {seconds:.1f} s, {seconds / floor:.1f} times\n")
    return 0


def _lay_out(connection: duckdb.DuckDBPyConnection, series: int) -> None:
    connection.execute(DEMAND.format(series=series))
    for name in ("features.demand_exceptions", "golden.golden_xref"):
        columns = ", ".join(f"{c.name} {c.data_type}" for c in contract(name).columns)
        connection.execute(f"create table {name} ({columns})")
    create_by_contract(connection, PROFILE)
    connection.execute(f"create table prior.feat_demand_profile as from {PROFILE}")
    connection.execute(FLOOR)


if __name__ == "__main__":
    sys.exit(main())
