"""Demand that SQL alone does not compute: cleansed week by week, and profiled."""

import dagster as dg

from orchestration.demand_cleansing import TABLE, cleanse_demand
from orchestration.demand_profile import profile_demand
from orchestration.python_table import python_table


@dg.definitions
def demand() -> dg.Definitions:
    """Make the assets of cleansed demand and of the demand profile."""
    return dg.Definitions(
        assets=[
            python_table(TABLE, cleanse_demand, deps=["night.parameters", "golden.golden_product"]),
            python_table(
                "features.feat_demand_profile",
                profile_demand,
                deps=[
                    "night.parameters",
                    "golden.golden_product",
                    "golden.golden_xref",
                    "staging.stg_product_replacements",
                ],
            ),
        ]
    )
