"""The supply profile: lead times with open orders censored, delivery, and concentration."""

import dagster as dg
import duckdb

from orchestration.python_table import python_table
from orchestration.supply import profile_supply
from workspace.folder import Workspace


def _profile(connection: duckdb.DuckDBPyConnection, _: Workspace) -> str:
    """Profile the supply of every product at a site."""
    return profile_supply(connection)


@dg.definitions
def supply() -> dg.Definitions:
    """Make the asset of the supply profile."""
    return dg.Definitions(
        assets=[python_table("features.feat_supply_profile", _profile, deps=["night.parameters"])]
    )
