"""Features that SQL does not compute: the demand profile."""

from datetime import timedelta

import dagster as dg
import duckdb

from models.demand.item_profile import item_profile
from orchestration.python_table import python_table
from workspace.folder import Workspace
from workspace.warehouse import one_row

ITEMS = """
    select
        items.product_id, items.site_id,
        coalesce(products.discontinued_date <= parameters.business_date, false) as is_discontinued
    from facts.int_product_site as items
    cross join night.parameters as parameters
    left join golden.golden_product as products on items.product_id = products.product_id
"""


def _profile(connection: duckdb.DuckDBPyConnection, workspace: Workspace) -> str:
    """Profile the weekly demand of every product at a site, up to the last complete week."""
    business_date, starts_on = one_row(
        connection, "select business_date, week_starts_on from night.parameters"
    )
    # The week that holds the day after the business date is the first that is not over.
    after = business_date + timedelta(days=1)
    last_week = after - timedelta(days=(after.isoweekday() - starts_on) % 7 + 7)
    settings = workspace.file.demand_profile
    profile = item_profile(
        connection.sql(
            "select product_id, site_id, week_start_date, cast(demand_units as double) "
            "as demand_units from facts.fct_demand_weekly"
        ).pl(),
        connection.sql(ITEMS).pl(),
        last_week=last_week,
        half_life_weeks=settings.half_life_weeks,
        adi_definition=settings.adi_definition,
    )
    connection.register("profile", profile)
    return "select * from profile"


@dg.definitions
def demand() -> dg.Definitions:
    """Make the asset of the demand profile."""
    return dg.Definitions(
        assets=[
            python_table(
                "features.feat_demand_profile",
                _profile,
                deps=["night.parameters", "golden.golden_product"],
            )
        ]
    )
