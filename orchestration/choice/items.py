"""Items as the choice of a driver, a count and an objective reads them, and what they come to."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace

import duckdb
import numpy as np
import polars as pl
from numpy.typing import NDArray

from models.choice.driver_comparison import Comparison, compare_drivers
from models.choice.drivers import Classing, Stocked, implied_shortage_factor, supply_risk
from models.choice.items import Costs, Priced, priced
from models.choice.measured import Measured
from models.choice.objective import Outcome, Setting, Worth, dominated_by, evaluate, settings
from models.inventory.arrays import Floats
from models.inventory.random_numbers import Keys
from orchestration.mismatch import economics
from workspace.config.policy_file import PolicyFile
from workspace.config.strategy_file import DriverComparison

MOST_ITEMS = 50_000
PROVEN = ("actual", "standard", "allocated")
# The year before is told by its own lines; of what they cost, only what was booked or is standard.
ITEMS = """
    with before as (
        select
            lines.product_id, lines.site_id,
            sum(lines.revenue_amount) as revenue_amount,
            sum(lines.margin_amount) as margin_amount,
            sum(lines.quantity_units) as units
        from facts.fct_order_line as lines
        cross join night.parameters as parameters
        where
            not lines.is_cancelled
            and lines.order_date <= cast(parameters.business_date - interval 12 month as date)
            and lines.order_date > cast(parameters.business_date - interval 24 month as date)
        group by lines.product_id, lines.site_id
    ),

    parents as (
        select component_product_id as product_id, count(*) as parent_count
        from features.int_components group by component_product_id
    )

    select
        md5_number_lower(concat_ws('@', product_id, site_id)) as item_key, product_id, site_id,
        value.revenue_12m_amount, value.sold_units_12m - value.returned_units_12m as units_12m,
        margin.graded_margin_12m_amount as margin_12m_amount,
        coalesce(margin.margin_provenance, 'missing') in {proven} as is_proven,
        margin.unit_contribution_amount as unit_margin_amount,
        demand.weekly_mean_units, demand.weekly_sd_units, demand.first_demand_week_date,
        supply.lead_time_mean_days, supply.lead_time_sd_days, supply.minimum_order_units,
        supply.order_multiple_units, supply.source_hhi_ratio, supply.otif_rate,
        supply.geo_risk_ratio, coalesce(parents.parent_count, 0) as parent_count,
        stock.unit_cost_amount,
        coalesce(before.revenue_amount, 0) as revenue_before_amount,
        coalesce(before.margin_amount, 0) as margin_before_amount,
        coalesce(before.units, 0) as units_before,
        targets.target_rate
    from features.feat_item_value as value
    join features.feat_margin_quality as margin using (product_id, site_id)
    join features.feat_demand_profile as demand using (product_id, site_id)
    join features.feat_supply_profile as supply using (product_id, site_id)
    join facts.fct_stock as stock using (product_id, site_id)
    left join parents using (product_id)
    left join before using (product_id, site_id)
    left join policies.policy_safety_stock as targets using (product_id, site_id)
    order by product_id, site_id
"""


@dataclass(frozen=True, kw_only=True)
class Items:
    """Items of the night, and what their stock costs, a shortage as dear as targets imply.

    `shortage_factor` is how many times as dear that is as what is stated.
    """

    frame: pl.DataFrame
    priced: Priced
    classing: Classing
    shortage_factor: float


@dataclass(frozen=True, kw_only=True)
class Compared:
    """What the comparison found, on how many items.

    Left out are items whose margin has no provenance, and of the others those that lack demand, its
    deviation or a cost.
    """

    comparison: Comparison
    item_count: int
    unproven_count: int
    incomplete_count: int


@dataclass(frozen=True, kw_only=True)
class Evaluated:
    """A setting and what it comes to; `better` is one that beats it in all goals, None if none."""

    setting: Setting
    outcome: Outcome
    better: str | None
    is_agreed: bool
    item_count: int


def read_items(
    connection: duckdb.DuckDBPyConnection, policy: PolicyFile, compared: DriverComparison
) -> Items:
    """Return all items with the economics of the stock policy."""
    frame = connection.sql(ITEMS.format(proven=PROVEN)).pl()
    stated = priced(frame, costs(policy, compared))
    classing = Classing(
        names=tuple(compared.classes),
        item_shares=tuple(each.items for each in compared.classes.values()),
        targets=tuple(each.target for each in compared.classes.values()),
    )
    factor = 1.0
    if compared.shortage == "implied":
        factor = implied_shortage_factor(stated.at(stated.is_known).stocked, classing)
    dearer = replace(stated.stocked, shortage_cost=stated.stocked.shortage_cost * factor)
    return Items(
        frame=frame,
        priced=replace(stated, stocked=dearer),
        classing=classing,
        shortage_factor=factor,
    )


def costs(policy: PolicyFile, compared: DriverComparison) -> Costs:
    """Return what the stock policy assumes, and what strategy.yml says of shortages."""
    return Costs(
        **asdict(economics(policy)), lost_rate=compared.lost_rate, wait_weeks=compared.wait_weeks
    )


def compare_item_drivers(items: Items, compared: DriverComparison, reference: str) -> Compared:
    """Compare drivers on items that all of them know."""
    is_proven = items.frame["is_proven"].to_numpy()
    chosen = is_proven & items.priced.is_known
    frame = items.frame.filter(pl.Series(chosen))
    stock = items.priced.at(chosen)
    found = compare_drivers(
        _measured(frame, stock.stocked),
        classing=items.classing,
        weights=compared.blend.model_dump(),
        reference=reference,
        before=_a_year_before(frame, stock.stocked),
    )
    return Compared(
        comparison=found,
        item_count=int(chosen.sum()),
        unproven_count=int((~is_proven).sum()),
        incomplete_count=int((is_proven & ~chosen).sum()),
    )


NOW = ("revenue_12m_amount", "margin_12m_amount", "units_12m")
BEFORE = ("revenue_before_amount", "margin_before_amount", "units_before")


def _measured(frame: pl.DataFrame, stocked: Stocked, of_year: tuple[str, ...] = NOW) -> Measured:
    revenue, margin, volume = (np.nan_to_num(_floats(frame, column)) for column in of_year)
    return Measured(
        keys=frame["item_key"].to_numpy(),
        revenue=revenue,
        margin=margin,
        volume=volume,
        risk=_risk(frame),
        stocked=stocked,
    )


def _risk(frame: pl.DataFrame) -> Floats:
    """Return what may go wrong in supply, by how many products it would stop."""
    lead, spread = _floats(frame, "lead_time_mean_days"), _floats(frame, "lead_time_sd_days")
    variation = np.divide(spread, lead, out=np.full_like(lead, np.nan), where=lead > 0)
    late = 1 - _floats(frame, "otif_rate")
    parts = [_floats(frame, "source_hhi_ratio"), late, variation, _floats(frame, "geo_risk_ratio")]
    return supply_risk(parts, 1 + np.log1p(_floats(frame, "parent_count")))


def _a_year_before(frame: pl.DataFrame, now: Stocked) -> Measured:
    """Return items by what they sold the year before; costs are tonight's."""
    units = np.maximum(np.nan_to_num(_floats(frame, "units_before")), 0.0)
    return _measured(frame, replace(now, demand=units), BEFORE)


def evaluate_settings(
    items: Items, *, order_cost: float, agreed: tuple[str, float]
) -> list[Evaluated]:
    """Return the settings on the front, and the agreed one with what dominates it, if any.

    Of items that the stock policy gives a target, and whose stock can be reckoned; of more than
    50,000, of as many drawn by lot, stock and cost scaled.
    """
    targets = _floats(items.frame, "target_rate")
    eligible = np.flatnonzero(items.priced.is_known & ~np.isnan(targets))
    if not len(eligible):
        return []
    chosen = _drawn(items.frame["item_key"].to_numpy(), eligible)
    stock = items.priced.at(chosen)
    worth = Worth(unit_value=stock.unit_value, order_cost=order_cost)
    every = settings(stock.stocked, targets[chosen])
    scale = len(eligible) / len(chosen)
    outcomes = [evaluate(setting, stock.stocked, worth).scaled(scale) for setting in every]
    found = []
    for setting, outcome, by in zip(every, outcomes, dominated_by(outcomes), strict=True):
        is_agreed = (setting.name, setting.lot_factor) == agreed
        if by < 0 or is_agreed:
            found.append(
                Evaluated(
                    setting=setting,
                    outcome=outcome,
                    better=every[by].words if by >= 0 else None,
                    is_agreed=is_agreed,
                    item_count=len(eligible),
                )
            )
    return found


def _drawn(keys: Keys, eligible: NDArray[np.int64]) -> NDArray[np.int64]:
    order = np.argsort(keys[eligible], kind="stable")[:MOST_ITEMS]
    return np.sort(eligible[order])


def _floats(frame: pl.DataFrame, column: str) -> Floats:
    return frame[column].cast(pl.Float64).to_numpy().astype(np.float64)
