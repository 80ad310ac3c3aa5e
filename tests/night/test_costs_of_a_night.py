"""What serving costs, on a company of which it is known what was really done."""

from __future__ import annotations

from collections.abc import Iterator

import duckdb
import pytest

from tests.night.company import current
from tests.night.conftest import Night

ACTIVITIES = (
    "order_processing_amount + handling_amount + returns_handling_amount "
    "+ special_handling_amount + dedicated_stock_amount"
)
# What the books should show for the work that was done, and for freight of orders that there are.
LEDGER = """
    with rates as (
        select from_currency_code as currency, rate_date as month, rate
        from read_csv('{workspace}/reference/exchange_rates.csv')
        union all
        select 'EUR', month, 1 from (select distinct month from '{workspace}/truth/activities.csv')
    ),

    pools as (
        select distinct pool, currency
        from read_csv('{workspace}/inbox/finance/cost_pools_*.csv')
    )

    select sum(a.cost / 10000 * r.rate)
    from read_csv('{workspace}/truth/activities.csv') as a
    join pools using (pool) join rates as r using (currency, month)
"""
CHARGED = """
    select
        case company when '1000' then 'erp_north' else 'erp_south' end || ':' || "order" as "order",
        line, amount, express
    from read_csv('{workspace}/inbox/finance/freight_*.csv', all_varchar = true)
"""


@pytest.fixture(scope="module")
def release(first_night: Night) -> Iterator[duckdb.DuckDBPyConnection]:
    file = first_night.workspace / "releases" / current(first_night.workspace) / "tierwise.duckdb"
    with duckdb.connect(file, read_only=True) as connection:
        yield connection


@pytest.mark.requirement("S2.M5.B6")
def test_lines_cost_what_the_ledger_has_by_driver_and_approval(
    first_night: Night, release: duckdb.DuckDBPyConnection
) -> None:
    ledger = release.execute(LEDGER.format(workspace=first_night.workspace)).fetchall()[0][0]
    lines = release.execute(f"select sum({ACTIVITIES}) from feat_cost_to_serve").fetchall()[0][0]
    assert float(lines) == pytest.approx(float(ledger), rel=0.005)
    assert release.execute(
        "select count(*) > 0, count(driver) = count(*), count(approver) = count(*), "
        "count(approved_date) = count(*) from activity_cost_allocation where allocated_amount > 0"
    ).fetchall() == [(True, True, True, True)]
    charged = CHARGED.format(workspace=first_night.workspace)
    used = f"select \"order\" || ':' || line from ({charged}) where express = '1'"
    paying = "select order_line_id from feat_cost_to_serve where premium_freight_amount > 0"
    count, elsewhere = release.execute(
        f"select count(*), count(*) filter (where order_line_id not in ({used})) from ({paying})"
    ).fetchall()[0]
    assert count > 0
    assert elsewhere == 0


def test_idle_capacity_is_known_and_charged_to_nobody(release: duckdb.DuckDBPyConnection) -> None:
    assert release.execute(
        "select count(*) from (select pool_id, month_start_date, any_value(pool_amount) as cost, "
        "sum(allocated_amount + idle_amount + unallocated_amount) as parts "
        "from activity_cost_allocation group by all) where cost <> parts"
    ).fetchall() == [(0,)]
    assert release.execute(
        "select sum(idle_amount) > 0, max(excess_units) from activity_cost_allocation"
    ).fetchall() == [(True, 0)]


def test_every_customer_that_bought_has_its_place_on_the_curve(
    release: duckdb.DuckDBPyConnection,
) -> None:
    assert release.execute(
        "select count(*) > 0, count(distinct position_count) = count(*), max(position_count) = "
        "count(*), count(*) filter (where is_peak), max(cumulated_pocket_margin_amount) = "
        "max(case when is_peak then cumulated_pocket_margin_amount end) from whale_curve"
    ).fetchall() == [(True, True, True, 1, True)]
    assert release.execute(
        "select count(*) from feat_customer_cost_to_serve where isnan(whale_position_rate) "
        "or isnan(standard_cost_to_serve_ratio) or isnan(whale_cumulated_ratio)"
    ).fetchall() == [(0,)]
