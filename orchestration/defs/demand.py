"""Demand that SQL alone does not compute: cleansed week by week, and profiled; one-off orders."""

import dagster as dg

from orchestration.demand.cleansing import TABLE, adjust_demand
from orchestration.demand.exceptions import TABLE as EXCEPTIONS
from orchestration.demand.exceptions import find_exceptions
from orchestration.demand.profile import profile_demand
from orchestration.python_table import python_table


@dg.definitions
def demand() -> dg.Definitions:
    """Make the assets of adjustments to demand, of one-off orders and of the demand profile."""
    return dg.Definitions(
        assets=[
            python_table(
                TABLE,
                adjust_demand,
                deps=[
                    "night.parameters",
                    "golden.golden_product",
                    "features.int_cleansing_basis",
                ],
                is_sorted=True,
            ),
            python_table(EXCEPTIONS, find_exceptions, deps=["night.parameters"]),
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
