"""The floor is a floor of the same thing: it finds the demand that a night publishes."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import duckdb
import pytest

from benchmarks.floor import weekly_demand
from data.generator.plan import Plan
from data.generator.wholesaler import generate
from tests.night.company import found_company, tierwise

AS_OF = date(2026, 6, 30)


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the published workspace of a tiny company without broken records."""
    company = found_company(tmp_path_factory.mktemp("floored") / "company")
    shutil.rmtree(company / "inbox")
    generate(Plan(order_lines=2_000, as_of=AS_OF, defect_share=0.0), company)
    said = tierwise("refresh", "--workspace", company)
    assert said.status == 0, said.err
    return company


def test_floor_and_night_find_the_same_demand_by_product_site_and_week(workspace: Path) -> None:
    connection = duckdb.connect()
    floor = weekly_demand(connection, workspace / "inbox", AS_OF)
    connection.execute(f"attach '{_release(workspace)}' as release (read_only)")
    differing = connection.execute(
        """
        with floored as (
            select
                p.golden_id as product_id, s.golden_id as site_id, week_start_date,
                sum(demand_units) as demand_units, sum(order_line_count) as order_line_count
            from demand as d
            join release.golden_xref as p
                on p.object_type = 'product' and p.valid_to is null
                and p.namespace = d.namespace and p.source_key = d.product_key
            join release.golden_xref as s
                on s.object_type = 'site' and s.valid_to is null
                and s.namespace = d.namespace and s.source_key = d.site_key
            group by all
        )

        -- a week into which only a return falls has no demand, and the floor does not know it
        select * from floored
        full join (
            select * from release.fct_demand_weekly where order_line_count > 0
        ) as n using (product_id, site_id, week_start_date)
        where floored.demand_units is distinct from n.demand_units
            or floored.order_line_count is distinct from n.order_line_count
        """
    ).fetchall()
    assert floor.order_lines > 0
    assert differing == []


def _release(workspace: Path) -> Path:
    name = (workspace / "CURRENT").read_text().strip()
    return workspace / "releases" / name / "tierwise.duckdb"
