"""The policies that follow from a cell: service target, safety stock, reorder point and order."""

from __future__ import annotations

import duckdb
import polars as pl

from models.inventory.stock_policy import Economics, buffers, orders
from workspace.config.policy_file import PolicyFile
from workspace.folder import Workspace
from workspace.ingest.parsing import literal

POLICY = "stock"
TARGET = "policies.policy_service_target"
SAFETY_STOCK = "policies.policy_safety_stock"
REORDER = "policies.policy_reorder"
ITEMS = """
    with cells as (
        select product_id, site_id, segment_id
        from segments.segment_assignment
        where scheme_id = {scheme}
    ),

    targets as (
        select segment_id, target_rate, distribution, review_days
        from policies.policy_service_target
    ),

    final as (
        select
            cells.product_id, cells.site_id, cells.segment_id,
            targets.target_rate, targets.distribution, targets.review_days,
            demand.weekly_mean_units, demand.weekly_sd_units,
            supply.lead_time_mean_days, supply.lead_time_sd_days,
            supply.minimum_order_units, supply.order_multiple_units,
            stock.on_hand_units, stock.on_order_units, stock.unit_cost_amount
        from cells
        join targets using (segment_id)
        join features.feat_demand_profile as demand using (product_id, site_id)
        join features.feat_supply_profile as supply using (product_id, site_id)
        join facts.fct_stock as stock using (product_id, site_id)
    )

    select * from final order by product_id, site_id
"""


def _policy(workspace: Workspace) -> PolicyFile:
    return workspace.policies[POLICY].value


def sets_targets(workspace: Workspace) -> bool:
    """Return whether any cell has a service target; without one no item has a policy."""
    return any(cell.target is not None for cell in _policy(workspace).cells.values())


def _economics(workspace: Workspace) -> Economics:
    defaults = _policy(workspace).defaults
    return Economics(
        lead_time_days=defaults.lead_time_days,
        lead_time_cv=defaults.lead_time_cv,
        order_multiple_units=defaults.order_multiple_units,
        ordering_cost_amount=defaults.ordering_cost_amount,
        holding_rate=defaults.holding_rate,
    )


def _items(connection: duckdb.DuckDBPyConnection, workspace: Workspace) -> pl.DataFrame:
    """Return one row per item in a cell with a target: its demand, supply, stock and target."""
    return connection.sql(ITEMS.format(scheme=literal(_policy(workspace).scheme))).pl()


def service_target(connection: duckdb.DuckDBPyConnection, workspace: Workspace) -> str:
    """Return the cells that have a target; a cell without one holds no stock by policy."""
    policy = _policy(workspace)
    cells = [(name, cell) for name, cell in policy.cells.items() if cell.target is not None]
    targets = pl.DataFrame(
        {
            "segment_id": [name for name, _ in cells],
            "measure": [policy.measure] * len(cells),
            "target_rate": [cell.target for _, cell in cells],
            "distribution": [c.distribution or policy.defaults.distribution for _, c in cells],
            "review_days": [
                float(policy.defaults.review_days if c.review_days is None else c.review_days)
                for _, c in cells
            ],
            "source": [policy.source] * len(cells),
        }
    )
    connection.register("targets", targets)
    return "select * from targets"


def safety_stock(connection: duckdb.DuckDBPyConnection, workspace: Workspace) -> str:
    """Compute the buffers of all items with a target."""
    connection.register("buffered", buffers(_items(connection, workspace), _economics(workspace)))
    return """
        select
            product_id, site_id, segment_id, target_rate, distribution, weekly_mean_units,
            weekly_sd_units, lead_time_mean_days, lead_time_sd_days, review_days,
            protection_mean_units, protection_sd_units, safety_factor_ratio, safety_stock_units,
            safety_stock_units * unit_cost_amount as safety_stock_value_amount
        from buffered
    """


def reorder(connection: duckdb.DuckDBPyConnection, workspace: Workspace) -> str:
    """Compute reorder points and suggestions from the published buffers."""
    items = _items(connection, workspace).join(
        connection.sql(
            "select product_id, site_id, protection_mean_units, safety_stock_units "
            "from policies.policy_safety_stock"
        ).pl(),
        on=["product_id", "site_id"],
    )
    connection.register("ordered", orders(items, _economics(workspace)))
    return """
        select
            product_id, site_id, segment_id, reorder_point_units, order_quantity_units,
            on_hand_units, on_order_units, inventory_position_units, is_below_reorder_point,
            suggested_order_units, policy_stock_units,
            policy_stock_units * unit_cost_amount as policy_stock_value_amount, excess_units
        from ordered
    """
