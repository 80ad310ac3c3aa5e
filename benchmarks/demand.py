"""Cleansed demand of many series, beside one scan with one group-by of DuckDB over the same rows.

`python -m benchmarks.demand [--series 1000000]`: of 156 weeks, a quarter of them with demand;
one series in ten is promoted twice, one in five runs out of stock for four weeks. Measured are a
night that makes all months, one in which the lines of one month have changed, and one in which
something of that month has been sent back of one series in a hundred: whatever they lost when they
ran out of stock is then another estimate, so that those months are made, too.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from benchmarks.machine import machine
from benchmarks.measure import peak_gib, seconds_of
from orchestration.dbt import Run, parsed
from orchestration.demand.cleansing import TABLE, adjustments
from workspace.warehouse import create_by_contract, one_row, row_count, write_by_contract

WEEKS = 156
LAST = "date '2026-06-22'"
DEMAND = f"""
    create schema facts; create schema night; create schema golden; create schema features;
    create schema prior;
    create table night.parameters as
        select date '2026-06-30' as business_date, cast(1 as integer) as week_starts_on,
            'code' as code_sha256;
    create table facts.fct_demand_weekly as
    with weeks as (
        select series, week from range({{series}}) as s(series), range({WEEKS}) as w(week)
        where hash(series, week, 1) % 4 = 0
    )
    select
        'p-' || lpad(cast(series as varchar), 12, '0') as product_id,
        's-' || lpad(cast(series % 7 as varchar), 12, '0') as site_id,
        {LAST} - cast(7 * week as integer) as week_start_date,
        cast(sum(1 + hash(series, week) % 97) as decimal(18, 4)) as demand_units,
        cast(sum(case when hash(week, series) % 50 = 0 then 1 else 0 end) as decimal(18, 4))
            as returned_units,
        cast(0 as decimal(18, 4)) as one_off_units,
        count(*) as order_line_count
    from weeks
    group by all;
    create table facts.fct_demand_month as
        select distinct
            cast(date_trunc('month', week_start_date) as date) as month_start_date,
            'before' as fingerprint
        from facts.fct_demand_weekly;
    create table golden.golden_product as
        select distinct product_id, cast(null as date) as discontinued_date
        from facts.fct_demand_weekly;
    create table facts.int_promotion_weeks as
    select
        'p-' || lpad(cast(series as varchar), 12, '0') as product_id,
        's-' || lpad(cast(series % 7 as varchar), 12, '0') as site_id,
        {LAST} - cast(7 * (20 + 60 * event + 3 - place) as integer) as week_start_date,
        'e' || event as promotion_id, 'price' as promotion_kind,
        case when place < 2 then 'before' when place = 2 then 'during' else 'after' end
            as promotion_phase,
        cast(abs(place - 2) as integer) as weeks_apart,
        cast(7 as integer) as affected_days
    from range({{series}}) as s(series), range(2) as e(event), range(6) as p(place)
    where series % 10 = 0;
    create table facts.int_stock_out_weeks as
    select
        'p-' || lpad(cast(series as varchar), 12, '0') as product_id,
        's-' || lpad(cast(series % 7 as varchar), 12, '0') as site_id,
        {LAST} - cast(7 * (40 + place) as integer) as week_start_date,
        cast(7 as integer) as empty_days
    from range({{series}}) as s(series), range(4) as p(place)
    where series % 5 = 0;
"""
FLOOR = """
    create or replace table floor as
    select product_id, site_id, count(*) as weeks, sum(demand_units) as units
    from facts.fct_demand_weekly group by product_id, site_id
"""


NEXT_NIGHT = """
    create or replace table prior.demand_month as from features.demand_month;
    create or replace table prior.demand_cleansed as from features.demand_cleansed;
    update night.parameters set business_date = business_date + 1;
    update facts.fct_demand_month set fingerprint = 'other'
        where month_start_date = date '2026-05-01';
"""
SENT_BACK = """
    update facts.fct_demand_weekly set returned_units = returned_units + 1
        where date_trunc('month', week_start_date) = date '2026-05-01'
            and hash(product_id) % 100 = 0
"""
NIGHTS = {"all months": "", "one month": NEXT_NIGHT, "one series in a hundred": SENT_BACK}
MADE = """
    select count(*) from features.demand_month as months
    inner join night.parameters as parameters on months.made_date = parameters.business_date
"""
CLEANSED = ("--quiet", "run", "--select", "+demand_cleansed,tag:after_cleansing")


def main() -> int:
    """Print seconds of the floor and of the nights, their ratio, and peak memory."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.demand", description=__doc__)
    parser.add_argument("--series", type=int, default=1_000_000)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "demand.duckdb"
        run = Run(parsed(file))
        with _opened(file) as connection:
            connection.execute(DEMAND.format(series=asked.series))
            for name in ("features.demand_month", "features.demand_cleansed"):
                create_by_contract(connection, name, is_written_once=True)
                table = name.split(".")[1]
                connection.execute(f"create table prior.{table} as from {name}")
                connection.execute(f"drop table {name}")
            rows = row_count(connection, "facts.fct_demand_weekly")
            connection.execute(FLOOR)
            floor = seconds_of(lambda: connection.execute(FLOOR))
        nights = {name: _night(file, run, news) for name, news in NIGHTS.items()}
    peak = peak_gib()
    sys.stdout.write(
        f"{machine()}\n{asked.series:,} series, {rows:,} weeks with demand; peak {peak:.1f} GB\n"
        f"scan and group-by {floor:.1f} s\n"
    )
    for name, (made, adjusting, building) in nights.items():
        sys.stdout.write(
            f"{name}, {made} made: adjustments {adjusting:.1f} s, "
            f"demand_cleansed {building:.1f} s: {(adjusting + building) / floor:.1f} times\n"
        )
    return 0


def _night(file: Path, run: Run, news: str) -> tuple[int, float, float]:
    """Return the months made, the seconds of the adjustments, and of what dbt makes of them."""
    with _opened(file) as connection:
        connection.execute(news or "select 1")
        adjusting = seconds_of(
            lambda: write_by_contract(connection, TABLE, adjustments(connection), is_sorted=True)
        )
    building = seconds_of(lambda: run.invoke(*CLEANSED))
    assert not run.has_failed, run.errors()
    with _opened(file) as connection:
        (made,) = one_row(connection, MADE)
    return made, adjusting, building


@contextmanager
def _opened(file: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(str(file)) as connection:
        connection.execute("set memory_limit = '4GB'")
        yield connection


if __name__ == "__main__":
    sys.exit(main())
