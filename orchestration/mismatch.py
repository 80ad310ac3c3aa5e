"""Where demand and supply do not fit, by tonight's features and the costs of the stock policy."""

from __future__ import annotations

import duckdb

from models.supply.actions import CATALOGUE, Action, ActionName
from models.supply.mismatch import Limits, demand_supply_mismatch
from models.supply.mismatch_simulation import Economics
from workspace.config.policy_file import PolicyFile
from workspace.config.supply_file import MismatchSettings
from workspace.warehouse import one_row

TABLE = "features.demand_supply_mismatch"
ITEMS = """
    select
        product_id, site_id,
        demand.lifecycle_stage, demand.syntetos_boylan_class, demand.history_grade,
        demand.adi_ratio, demand.cv2_ratio, demand.weekly_mean_units,
        demand.decayed_weekly_mean_units,
        supply.lead_time_mean_days, supply.lead_time_sd_days, supply.minimum_order_units,
        supply.order_multiple_units, supply.is_sole_source, supply.otif_rate,
        supply.import_step_count, supply.component_count,
        stock.unit_cost_amount
    from features.feat_demand_profile as demand
    join features.feat_supply_profile as supply using (product_id, site_id)
    join facts.fct_stock as stock using (product_id, site_id)
"""


def find_mismatches(
    connection: duckdb.DuckDBPyConnection, settings: MismatchSettings, policy: PolicyFile
) -> str:
    """Return the query of demand_supply_mismatch."""
    (business_date,) = one_row(connection, "select business_date from night.parameters")
    found = demand_supply_mismatch(
        connection.sql(ITEMS).pl(),
        limits=limits(settings),
        economics=economics(policy),
        business_date=business_date,
        catalogue=catalogue(settings),
    )
    connection.register("mismatches", found)
    return "select * from mismatches"


def limits(settings: MismatchSettings) -> Limits:
    """Return from when on supply is hard."""
    return Limits(
        long_lead_time_days=settings.long_lead_time_days,
        variable_lead_time_ratio=settings.variable_lead_time_ratio,
        rigid_order_weeks=settings.rigid_order_weeks,
        unreliable_otif_rate=settings.unreliable_otif_rate,
    )


def economics(policy: PolicyFile) -> Economics:
    """Return what the stock policy assumes and what it costs."""
    defaults = policy.defaults
    return Economics(
        review_days=defaults.review_days,
        lead_time_days=defaults.lead_time_days,
        lead_time_cv=defaults.lead_time_cv,
        order_multiple_units=defaults.order_multiple_units,
        ordering_cost_amount=defaults.ordering_cost_amount,
        holding_rate=defaults.holding_rate,
        shortage_rate=defaults.shortage_rate,
    )


def catalogue(settings: MismatchSettings) -> dict[ActionName, Action]:
    """Return the open actions, with the company's own figures where it states any."""
    found: dict[ActionName, Action] = {}
    for name, action in CATALOGUE.items():
        own = settings.actions.get(name)
        if own is None:
            found[name] = action
        elif own.is_open:
            stated = own.model_dump(exclude={"is_open"}, exclude_none=True)
            found[name] = Action(**{**vars(action), **stated})
    return found
