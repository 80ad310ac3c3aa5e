"""Features that SQL does not compute: the demand profile."""

from datetime import timedelta

import dagster as dg
import duckdb

from models.demand.profile import demand_profile
from orchestration.python_table import python_table
from workspace.folder import Workspace
from workspace.warehouse import one_row


def _profile(connection: duckdb.DuckDBPyConnection, workspace: Workspace) -> str:
    """Profile the weekly demand of every product at a site, up to the last complete week."""
    business_date, starts_on = one_row(
        connection, "select business_date, week_starts_on from night.parameters"
    )
    # The week that holds the day after the business date is the first that is not over.
    after = business_date + timedelta(days=1)
    last_week = after - timedelta(days=(after.isoweekday() - starts_on) % 7 + 7)
    profile = demand_profile(
        connection.sql(
            "select product_id, site_id, week_start_date, cast(demand_units as double) "
            "as demand_units from facts.fct_demand_weekly"
        ).pl(),
        connection.sql("select product_id, site_id from facts.int_product_site").pl(),
        last_week=last_week,
        adi_definition=workspace.file.demand_profile.adi_definition,
    )
    connection.register("profile", profile)
    return "select * from profile"


@dg.definitions
def demand() -> dg.Definitions:
    """Make the asset of the demand profile."""
    return dg.Definitions(
        assets=[python_table("features.feat_demand_profile", _profile, deps=["night.parameters"])]
    )
