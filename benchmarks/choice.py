"""The tables of a choice of scheme at a million units, beside one scan and group-by of the lines.

`python -m benchmarks.choice [--items 1000000] [--lines 5000000]`: a year of lines of 100,000
customers, two business units, and two years of weekly demand of every tenth item.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from functools import partial
from pathlib import Path

import duckdb

from benchmarks.machine import machine
from benchmarks.measure import peak_gib, seconds_of
from orchestration.choice import reports as choice
from orchestration.python_table import Computation
from workspace.folder import Workspace, open_workspace
from workspace.warehouse import write_by_contract

ROOT = Path(__file__).parents[1]
CUSTOMERS = 100_000
DRAWN = f"""
    create schema night; create schema golden; create schema facts; create schema features;
    create schema staging; create schema policies;
    create table night.parameters as select date '2026-06-30' as business_date;
    create table golden.golden_customer as
        select 'c' || n as customer_id, 'g' || n % 7 as customer_group
        from range({CUSTOMERS}) as r(n);
    create table golden.golden_product as
        select 'p' || n as product_id, 'l' || n % 40 as product_line from range({{items}}) as r(n);
    create table facts.fct_order_line as
        select
            'n:' || n as order_line_id, 'n' as namespace, cast(n // 3 as varchar) as order_id,
            'c' || hash(n // 3, 1) % {CUSTOMERS} as customer_id,
            'p' || hash(n, 2) % {{items}} as product_id, 's' as site_id,
            'u' || hash(n // 3, 3) % 2 as business_unit, 'sale' as transaction_type,
            'regular' as demand_kind, false as is_cancelled,
            date '2026-06-30' - cast(hash(n // 3, 4) % 360 as integer) as order_date,
            cast(1 + hash(n, 5) % 20 as decimal(18, 4)) as quantity_units,
            cast(10 + hash(n, 6) % 90 as decimal(18, 4)) as revenue_amount,
            cast(hash(n, 6) % 30 as decimal(18, 4)) as margin_amount
        from range({{lines}}) as r(n);
    create table features.int_customer_requests as
        select order_line_id, cast(hash(customer_id) % 9 as bigint) as calendar_days
        from facts.fct_order_line;
    create table features.feat_cost_to_serve as
        select
            order_line_id,
            cast(5 + hash(customer_id) % 9 as decimal(18, 4)) as standard_cost_to_serve_amount
        from facts.fct_order_line;
    create table facts.int_contracts_resolved as
        select
            'c' || n as customer_id, cast(null as varchar) as product_id,
            n % 9 as promised_lead_time_days,
            cast(null as bigint) as promised_lead_time_business_days, true as is_in_force
        from range(1000) as r(n);
    create table staging.stg_order_lines as
        select
            order_line_id as record_key, 'edi' as order_channel,
            cast(null as varchar) as handling_code
        from facts.fct_order_line;
    create table staging.stg_shipment_lines as
        select order_line_id, order_line_id as shipment_id from facts.fct_order_line;
    create table features.feat_item_value as
        select
            'p' || n as product_id, 's' as site_id,
            cast(1 + hash(n, 7) % 90000 as decimal(18, 4)) as revenue_12m_amount,
            cast(1 + hash(n, 8) % 9000 as decimal(18, 4)) as sold_units_12m,
            cast(0 as decimal(18, 4)) as returned_units_12m
        from range({{items}}) as r(n);
    create table features.feat_margin_quality as
        select
            product_id, site_id, 'actual' as margin_provenance,
            cast(revenue_12m_amount * 0.3 as decimal(18, 4)) as graded_margin_12m_amount,
            cast(1 + hash(product_id) % 9 as decimal(18, 4)) as unit_contribution_amount
        from features.feat_item_value;
    create table features.feat_demand_profile as
        select
            product_id, site_id, cast(sold_units_12m as double) / 52 as weekly_mean_units,
            cast(1 + hash(product_id, 9) % 40 as double) as weekly_sd_units,
            date '2024-01-01' as first_demand_week_date
        from features.feat_item_value;
    create table features.feat_supply_profile as
        select
            product_id, site_id,
            cast(5 + hash(product_id, 10) % 40 as double) as lead_time_mean_days,
            3.0 as lead_time_sd_days, cast(10 as decimal(18, 4)) as minimum_order_units,
            cast(1 as decimal(18, 4)) as order_multiple_units,
            (1 + hash(product_id, 11) % 9) / 9.0 as source_hhi_ratio, 0.9 as otif_rate,
            0.1 as geo_risk_ratio
        from features.feat_item_value;
    create table facts.fct_stock as
        select
            product_id, site_id, cast(1 + hash(product_id, 12) % 50 as decimal(18, 4))
                as unit_cost_amount
        from features.feat_item_value;
    create table features.int_components as
        select 'p1' as product_id, 'p2' as component_product_id;
    create table policies.policy_safety_stock as
        select product_id, site_id, 0.95 as target_rate from features.feat_item_value;
    create table facts.fct_demand_weekly as
        select
            'p' || 10 * n as product_id, 's' as site_id,
            date '2024-06-24' + cast(7 * week as integer) as week_start_date,
            cast(hash(n, week) % 30 as decimal(18, 4)) as demand_units
        from range({{items}} // 10) as r(n), range(105) as w(week);
"""
FLOOR = """
    create or replace table floor as
    select customer_id, count(*) as lines, sum(revenue_amount) as amount
    from facts.fct_order_line group by customer_id
"""
TABLES: dict[str, Computation] = {
    choice.AXES: choice.axis_selection_report,
    choice.GRAINS: choice.grain_assessment,
    choice.DRIVERS: choice.driver_comparison,
    choice.AGREEMENT: choice.driver_agreement,
    choice.SWITCHES: choice.driver_switch,
    choice.COUNTS: choice.segment_count_frontier,
    choice.OBJECTIVES: choice.objective_frontier,
}


def _write(
    connection: duckdb.DuckDBPyConnection, workspace: Workspace, name: str, compute: Computation
) -> None:
    write_by_contract(connection, name, compute(connection, workspace))


def main() -> int:
    """Print seconds of the floor and of each table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.choice", description=__doc__)
    parser.add_argument("--items", type=int, default=1_000_000)
    parser.add_argument("--lines", type=int, default=5_000_000)
    asked = parser.parse_args()
    workspace = open_workspace(ROOT / "data" / "demo")
    with (
        tempfile.TemporaryDirectory() as folder,
        duckdb.connect(str(Path(folder) / "choice.duckdb")) as connection,
    ):
        connection.execute(DRAWN.format(items=asked.items, lines=asked.lines))
        floor = seconds_of(lambda: connection.execute(FLOOR))
        drawn = peak_gib()
        spent = {}
        for name, compute in TABLES.items():
            write = partial(_write, connection, workspace, name, compute)
            spent[name] = seconds_of(write)
    parts = ", ".join(f"{name.split('.')[1]} {seconds:.1f} s" for name, seconds in spent.items())
    sys.stdout.write(
        f"{machine()}\n{asked.items:,} items, {asked.lines:,} order lines\n"
        f"scan and group-by {floor:.2f} s; {parts}; all {sum(spent.values()):.1f} s; "
        f"peak {peak_gib():.1f} GiB, {drawn:.1f} before\n"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
