"""Costs of many order lines, beside one scan with one group-by of DuckDB over the same lines.

`python -m benchmarks.costing [--lines 1000000]`: of twelve months, with the demo's activities. The
floor reads what equations read and adds it up by customer.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import duckdb

from benchmarks.machine import machine
from benchmarks.measure import peak_gib, seconds_of
from orchestration.costing.allocation import ALLOCATION, LINE_COSTS, allocate_pools, cost_lines
from orchestration.dbt import Run, parsed
from workspace.costing import LINES, Costing, read_costing
from workspace.table_contract import contract
from workspace.warehouse import write_by_contract

DEMO = Path(__file__).parents[1] / "data" / "demo"
SERVED = ("feat_cost_to_serve", "feat_customer_cost_to_serve", "whale_curve")
# What lines hold; columns that are not named are null.
VALUES = {
    "order_line_id": "'erp:' || lpad(cast(n // 3 as varchar), 10, '0') || ':' || n % 3",
    "month_start_date": "date '2025-07-01' + to_months(cast(hash(n // 3) % 12 as integer))",
    "customer_id": "'c-' || lpad(cast(hash(n // 3, 1) % 20000 as varchar), 16, '0')",
    "product_id": "'p-' || lpad(cast(hash(n, 2) % 50000 as varchar), 16, '0')",
    "site_id": "'s-' || hash(n, 3) % 7",
    "namespace": "case when hash(n // 3, 4) % 3 = 0 then 'erp_south' else 'erp_north' end",
    "customer_group": "case when hash(n // 3, 1) % 8 = 0 then 'Retail' else 'Trade' end",
    "transaction_type": "'sale'",
    "is_cancelled": "false",
    "order_channel": "case hash(n // 3, 5) % 3 when 0 then 'manual' when 1 then 'edi' end",
    "handling_code": "case when hash(n, 6) % 40 = 0 then 'crane' end",
    "unit_code": "case when hash(n, 7) % 5 = 0 then 'CS' end",
    "orders": "case when n % 3 = 0 then 1 else 0 end",
    "return_orders": "0",
    "sales_lines": "case when hash(n, 8) % 50 = 0 then 0 else 1 end",
    "return_lines": "case when hash(n, 8) % 50 = 0 then 1 else 0 end",
    "cancelled_lines": "0",
    "units": "1 + hash(n, 9) % 97",
    "stated_units": "1 + hash(n, 9) % 97",
    "list_amount": "100 + hash(n, 10) % 900",
    "list_grade": "'actual'",
    "revenue_amount": "90 + hash(n, 10) % 900",
    "rebate_amount": "hash(n, 11) % 5",
    "payment_days": "30",
    "freight_amount": "hash(n, 12) % 20",
    "premium_freight_amount": "case when hash(n, 13) % 60 = 0 then 40 else 0 end",
    "cost_of_goods_amount": "60 + hash(n, 10) % 600",
    "cost_grade": "'standard'",
}
POOLS = """
    create table features.int_cost_pools as
    select
        pool_id,
        cast(date '2025-07-01' + to_months(cast(m as integer)) as date) as month_start_date,
        true as is_in_scope, cast(10000000 as decimal(18, 4)) as cost_amount,
        cast(10000000 as decimal(18, 4)) as practical_capacity_units, unit as capacity_unit,
        cast(1 as bigint) as capacity_unit_count, cast(null as varchar) as ledger_account
    from (values ('order_desk', 'minutes'), ('warehouse_europe', 'minutes'),
        ('warehouse_america', 'minutes'), ('returns_desk', 'minutes'), ('crane', 'minutes'),
        ('retail_reserve', 'lines')) as p(pool_id, unit), range(12) as r(m);
    create table features.int_freight_shares as
        select cast(null as varchar) as order_line_id, date '2025-07-01' as leg_date,
            cast(0 as decimal(18, 4)) as freight_amount;
    create view facts.int_customer_order_lines as
        select order_line_id, customer_id, cast(1 as integer) as line_count,
            cast(0 as decimal(18, 9)) as low_rate, cast(1 as decimal(18, 9)) as high_rate
        from features.int_order_line_work;
    create table golden.golden_customer as
        select distinct customer_id from features.int_order_line_work;
"""
FLOOR = f"""
    create or replace table floor as
    select
        customer_id, month_start_date, order_channel, count(*) as line_count, sum(orders) as orders,
        sum(sales_lines) as sales_lines, sum(stated_units) as units, sum(revenue_amount) as revenue,
        sum(cost_of_goods_amount) as cost
    from {LINES} group by all
"""


def main() -> int:
    """Print seconds of the floor and of each step, their ratio, and peak memory."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.costing", description=__doc__)
    parser.add_argument("--lines", type=int, default=1_000_000)
    asked = parser.parse_args()
    costing = read_costing(DEMO)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "costing.duckdb"
        manifest = parsed(file)
        with duckdb.connect(str(file)) as connection:
            _deliver(connection, asked.lines)
            connection.execute(FLOOR)
            floor = seconds_of(lambda: connection.execute(FLOOR))
            steps = {
                "pools": _written(connection, ALLOCATION, allocate_pools),
                "lines": _written(connection, LINE_COSTS, cost_lines),
            }
        run = Run(manifest)
        steps["waterfall, customers, curve"] = seconds_of(
            lambda: run.invoke("--quiet", "run", "--select", *SERVED)
        )
        assert not run.has_failed, run.errors()
    peak = peak_gib()
    told = ", ".join(f"{name} {seconds:.2f} s" for name, seconds in steps.items())
    sys.stdout.write(
        f"{machine()}\n{asked.lines:,} order lines, {len(costing.activities)} activities\n"
        f"scan and group-by {floor:.2f} s; {told}: {sum(steps.values()) / floor:.1f} times; "
        f"{peak:.1f} GB\n"
    )
    return 0


def _written(
    connection: duckdb.DuckDBPyConnection,
    table: str,
    compute: Callable[[duckdb.DuckDBPyConnection, Costing], str],
) -> float:
    """Return the seconds that a table takes, written as a night writes it."""
    costing = read_costing(DEMO)
    return seconds_of(lambda: write_by_contract(connection, table, compute(connection, costing)))


def _deliver(connection: duckdb.DuckDBPyConnection, lines: int) -> None:
    connection.execute("set memory_limit = '4GB'")
    connection.execute("create schema features; create schema golden; create schema facts")
    listed = ", ".join(
        f"cast({VALUES.get(c.name, 'null')} as {c.data_type}) as {c.name}"
        for c in contract(LINES).columns
    )
    connection.execute(f"create table {LINES} as select {listed} from range({lines}) as r(n)")
    connection.execute(POOLS)


if __name__ == "__main__":
    sys.exit(main())
