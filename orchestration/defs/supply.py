"""Supply: the risk of countries, the record of suppliers, the profile of items, and mismatches."""

import dagster as dg
import duckdb

from orchestration.mismatch import TABLE as MISMATCH
from orchestration.mismatch import find_mismatches
from orchestration.python_table import python_table
from orchestration.supply import (
    PROFILE,
    RISK,
    SCORECARD,
    profile_supply,
    score_geography,
    score_suppliers,
)
from workspace.folder import Workspace


def _geography(connection: duckdb.DuckDBPyConnection, workspace: Workspace) -> str:
    """Score every country that goods come from or go to, and the regions above."""
    return score_geography(connection, workspace.supply.file)


def _scorecard(connection: duckdb.DuckDBPyConnection, workspace: Workspace) -> str:
    """Draw up the record of every supplier."""
    return score_suppliers(connection, workspace.supply.file)


def _profile(connection: duckdb.DuckDBPyConnection, workspace: Workspace) -> str:
    """Profile the supply of every product at a site."""
    return profile_supply(connection, workspace.supply.file)


def _mismatch(connection: duckdb.DuckDBPyConnection, workspace: Workspace) -> str:
    """Find the items whose demand and supply do not fit."""
    policy = workspace.policies["stock"].value
    return find_mismatches(connection, workspace.supply.file.mismatch, policy)


@dg.definitions
def supply() -> dg.Definitions:
    """Make the assets of supply."""
    bought = ["features.int_source_purchases", "features.int_supplier_products_resolved"]
    return dg.Definitions(
        assets=[
            python_table(RISK, _geography, deps=["prior.feat_geo_risk", *bought]),
            python_table(SCORECARD, _scorecard, deps=bought),
            python_table(
                PROFILE,
                _profile,
                deps=["night.parameters", "staging.stg_bill_of_materials", *bought],
            ),
            python_table(MISMATCH, _mismatch, deps=["night.parameters"]),
        ]
    )
