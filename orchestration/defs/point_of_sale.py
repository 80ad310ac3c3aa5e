"""Point of sale as a feature: whether it foresees orders, and the demand that is then expected."""

import dagster as dg
import duckdb

from models.demand.point_of_sale import PointOfSale, point_of_sale
from orchestration.python_table import python_table
from workspace.folder import Workspace

WEEKS = """
    select
        channel_id, product_id,
        cast(week_start_date - date '1970-01-01' as bigint) // 7 as week,
        cast(ordered_units as double) as ordered_units, cast(sold_units as double) as sold_units
    from features.int_point_of_sale_weeks
"""


def found(connection: duckdb.DuckDBPyConnection) -> PointOfSale:
    """Backtest the channels of a night."""
    return point_of_sale(connection.sql(WEEKS).pl())


def _channels(connection: duckdb.DuckDBPyConnection, _: Workspace) -> str:
    """Tell of each channel whether its point of sale is used."""
    connection.register("point_of_sale_channels", found(connection).channels)
    return "select * from point_of_sale_channels"


def _products(connection: duckdb.DuckDBPyConnection, _: Workspace) -> str:
    """Expect the demand of each channel and product."""
    connection.register("point_of_sale_products", found(connection).products)
    return "select * from point_of_sale_products"


@dg.definitions
def outside_demand() -> dg.Definitions:
    """Make the two assets of point of sale."""
    return dg.Definitions(
        assets=[
            python_table("features.feat_point_of_sale_channel", _channels),
            python_table("features.feat_point_of_sale_demand", _products),
        ]
    )
