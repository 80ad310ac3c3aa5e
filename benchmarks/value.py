"""Customer value, margins and service needs, beside one scan with one group-by over the same lines.

`python -m benchmarks.value [--lines 1000000]`: three years of lines of 20,000 customers and 50,000
products at a site. It also brings decayed sums forward from the day before, as a night that kept
them could do, to see what adding up anew costs.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

import duckdb
import numpy as np

from benchmarks.machine import machine
from benchmarks.measure import peak_gib, seconds_of
from models.decay import Decayed, advanced, decayed_sums
from orchestration.dbt import Run, parsed
from workspace.config.value_settings import CustomerValueSettings, MarginSettings
from workspace.value_tables import land_value_settings
from workspace.warehouse import row_count

CUSTOMERS, ITEMS, DAYS = 20_000, 50_000, 1_096
TABLES = ("feat_customer_value", "feat_margin_quality", "feat_service_need")
STEPS = (
    *("int_customer_order_lines", "int_cost_spreads", "int_cost_ratios", "int_order_line_margins"),
    *("int_customer_days", "int_customer_conduct", "int_customer_orders", "int_customer_requests"),
)
DRAWN = f"""
    create schema facts; create schema night; create schema golden; create schema features;
    create schema staging;
    create table night.parameters as select date '2026-06-30' as business_date;
    create table golden.int_past_shares (
        namespace varchar, source_key varchar, ordered_from date, ordered_to date,
        customer_id varchar, low_rate decimal(13, 12), high_rate decimal(13, 12)
    );
    create table golden.golden_customer as
        select 'c-' || lpad(cast(n as varchar), 16, '0') as customer_id
        from range({CUSTOMERS}) as r(n);
    create table golden.golden_product as
        select
            'p-' || lpad(cast(n as varchar), 16, '0') as product_id, 'l' || n % 9 as product_line,
            case when n % 20 > 0 then cast(7 as decimal(18, 4)) end as standard_cost_amount,
            cast(null as date) as discontinued_date
        from range({ITEMS}) as r(n);
    create table golden.golden_location as select 's' as site_id, 'k' as business_calendar_id;
    create table facts.int_product_site as
        select product_id, 's' as site_id from golden.golden_product;
    create table facts.int_contracts_resolved (
        customer_id varchar, contract_id varchar, promised_lead_time_days bigint,
        promised_lead_time_business_days bigint, service_measure varchar,
        promised_service_rate decimal(18, 8), penalty_rate decimal(18, 8), is_in_force boolean
    );
    create table facts.dim_business_day as
        select
            'k' as business_calendar_id, cast(d as date) as calendar_date,
            cast(row_number() over (order by d) * 5 // 7 as bigint) as business_day_count
        from range(date '2023-01-01', date '2027-01-01', interval 1 day) as r(d);
    create table facts.fct_order_line as
        select
            'n:' || n || ':1' as order_line_id, cast(n // 3 as varchar) as order_id,
            'n' as namespace,
            case when hash(n, 1) % 50 = 0 then 'return' else 'sale' end as transaction_type,
            'regular' as demand_kind,
            'c-' || lpad(cast(hash(n // 3, 2) % {CUSTOMERS} as varchar), 16, '0') as customer_id,
            'p-' || lpad(cast(hash(n, 3) % {ITEMS} as varchar), 16, '0') as product_id,
            's' as site_id, cast(null as varchar) as business_unit,
            cast(null as varchar) as fiscal_calendar_id,
            date '2026-06-30' - cast(hash(n // 3, 4) % {DAYS} as integer) as order_date,
            cast(null as timestamp) as ordered_at,
            date '2026-06-30' - cast(hash(n // 3, 4) % {DAYS} as integer)
                + cast(hash(n, 5) % 6 as integer) as requested_date,
            cast(null as date) as shipped_date, cast(null as date) as demand_date,
            cast(null as varchar) as original_order_line_id, cast(null as varchar) as return_match,
            hash(n, 6) % 100 = 0 as is_cancelled,
            cast(1 + hash(n, 7) % 20 as decimal(18, 4)) as quantity_units,
            cast((1 + hash(n, 7) % 20) * (9 + hash(n, 3) % 5) as decimal(18, 4)) as revenue_amount,
            case when hash(n, 3) % 20 > 0
                then cast((1 + hash(n, 7) % 20) * 7 as decimal(18, 4)) end as cost_amount,
            case when hash(n, 3) % 20 = 0 then 'missing' when hash(n, 3) % 3 = 0 then 'actual'
                else 'standard' end as cost_grade
        from range({{lines}}) as r(n);
    create view staging.stg_order_lines as
        select order_line_id as record_key, namespace as _namespace, customer_id, order_date
        from facts.fct_order_line;
"""
FLOOR = """
    create or replace table floor as
    select customer_id, count(*) as lines, sum(revenue_amount) as amount
    from facts.fct_order_line group by customer_id
"""
EVENTS = """
    select
        cast(revenue_amount as double) as amount,
        date_diff('day', date '2023-01-01', order_date) as day,
        cast(substr(customer_id, 3) as bigint) as customer
    from facts.fct_order_line where {which}
"""


def main() -> int:
    """Print seconds of the floor and of the tables, their ratio, and what decay costs."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.value", description=__doc__)
    parser.add_argument("--lines", type=int, default=1_000_000)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "value.duckdb"
        manifest = parsed(file)
        with duckdb.connect(str(file)) as connection:
            connection.execute(DRAWN.format(lines=asked.lines))
            land_value_settings(connection, CustomerValueSettings(), MarginSettings())
            rows = row_count(connection, "facts.fct_order_line")
            connection.execute(FLOOR)
            floor = seconds_of(lambda: connection.execute(FLOOR))
        spent: dict[str, float] = {}
        run = Run(manifest)
        run.invoke("--quiet", "run", "--select", *STEPS, *TABLES)
        assert not run.has_failed, run.errors()
        for ended in run.ended:
            data = ended["data"]
            name = data["node_info"]["node_name"]
            named = name if name in TABLES else "steps on the way"
            spent[named] = spent.get(named, 0.0) + float(data["execution_time"])
        with duckdb.connect(str(file)) as connection:
            whole, brought = _decays(connection)
    peak = peak_gib()
    parts = ", ".join(f"{name} {seconds:.1f} s" for name, seconds in spent.items())
    sys.stdout.write(
        f"{machine()}\n{rows:,} order lines\nscan and group-by {floor:.2f} s; {parts}: "
        f"{sum(spent.values()) / floor:.0f} times; {peak:.1f} GB\n"
        f"decayed revenue, added up anew {whole:.2f} s, brought forward a day {brought:.2f} s\n"
    )
    return 0


def _decays(connection: duckdb.DuckDBPyConnection) -> tuple[float, float]:
    """Return seconds of adding decayed revenue up anew, and of bringing it forward by a day."""
    last = 1_276  # days from 2023-01-01 to the business date

    def sums(which: str, as_of: int) -> Decayed:
        events = connection.execute(EVENTS.format(which=which)).fetchnumpy()
        return decayed_sums(
            events["amount"],
            events["day"],
            events["customer"],
            count=CUSTOMERS,
            as_of=as_of,
            half_life=365,
        )

    before = sums("order_date < date '2026-06-30'", last - 1)

    def bring() -> Decayed:
        return advanced(before, sums("order_date = date '2026-06-30'", last), half_life=365)

    anew = sums("true", last)
    assert np.allclose(bring().value, anew.value)
    return seconds_of(lambda: sums("true", last)), seconds_of(bring)


if __name__ == "__main__":
    sys.exit(main())
