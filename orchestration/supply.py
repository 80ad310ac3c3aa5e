"""The supply profile of a night, from the tables that dbt has built."""

from __future__ import annotations

import duckdb

from models.supply.profile import Supply, supply_profile
from workspace.warehouse import one_row


def profile_supply(connection: duckdb.DuckDBPyConnection) -> str:
    """Profile the supply of every product at a site; return the query of feat_supply_profile."""
    (minimum,) = one_row(connection, "select minimum_receipts from night.parameters")
    supply = Supply(
        items=connection.sql("select * from features.int_item_sources").pl(),
        portions=connection.sql("select * from features.int_supply_portions").pl(),
        performance=connection.sql("select * from features.int_delivery_performance").pl(),
        purchases=connection.sql("select * from features.int_source_purchases").pl(),
    )
    connection.register("supply_profile", supply_profile(supply, minimum_receipts=minimum))
    return "select * from supply_profile"
