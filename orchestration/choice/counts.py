"""Into how many segments: weekly demand as it was, and what policies cost on its two halves."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

import duckdb
import numpy as np
import pyarrow as pa

from models.choice.count_frontier import Configuration, Frontier, count_frontier, enough_rates
from models.choice.items import DAYS_PER_WEEK
from models.choice.stock_costs import Histories, is_long_enough, policy_costs
from models.inventory.arrays import Floats
from models.inventory.random_numbers import exponential_weights
from orchestration.choice.items import Items
from workspace.config.policy_file import Defaults
from workspace.config.strategy_file import SegmentCount
from workspace.warehouse import one_row

WEEKS = 104
SPLIT = WEEKS // 2
RESAMPLES = 40
PARAMETERS = 2  # of a policy: safety factor and order cycle
LAST_WEEK = "select max(week_start_date) from facts.fct_demand_weekly"
WEEKLY = """
    select
        drawn.item,
        date_diff('day', cast($first as date), demand.week_start_date) // 7 as week,
        cast(demand.demand_units as double) as units
    from facts.fct_demand_weekly as demand
    join choice_drawn as drawn using (product_id, site_id)
    where demand.week_start_date >= $first
"""


@dataclass(frozen=True, kw_only=True)
class Counted:
    """The frontier of the items drawn; costs are scaled to all items with a history."""

    frontier: Frontier
    enough: Mapping[int, float]
    item_count: int
    eligible_count: int


def configuration(asked: SegmentCount) -> Configuration:
    """Return what must be kept in the ERP for each segment."""
    return Configuration(
        objects=asked.objects,
        field_characters=asked.field.characters,
        field_alphabet=asked.field.alphabet,
    )


def count_segments(
    connection: duckdb.DuckDBPyConnection, items: Items, asked: SegmentCount, defaults: Defaults
) -> Counted | None:
    """Weigh numbers of segments on two years of weekly demand; None where no item has them.

    Policies are fitted on the first year and costed on the second.
    """
    (last,) = one_row(connection, LAST_WEEK)
    if last is None:
        return None
    first = last - timedelta(weeks=WEEKS - 1)
    eligible = _eligible(items, first)
    drawn = _drawn(items, eligible, asked.sampled_items)
    histories = _histories(connection, items, drawn, first, defaults)
    chosen = is_long_enough(histories.demand, histories.protected, split=SPLIT)
    if not chosen.any():
        return None
    fitted, later = policy_costs(_at(histories, chosen), split=SPLIT)
    scale, limit = len(eligible) / len(drawn), configuration(asked).most_segments
    frontier = count_frontier(
        fitted * scale,
        later * scale,
        observations=float(len(fitted) * SPLIT / histories.protected[chosen].mean()),
        parameters=PARAMETERS,
        limit=limit,
    )
    weights = exponential_weights(items.frame["item_key"].to_numpy()[drawn[chosen]], RESAMPLES)
    return Counted(
        frontier=frontier,
        enough=enough_rates(fitted, later, weights, limit=limit),
        item_count=len(fitted),
        eligible_count=len(eligible),
    )


def _eligible(items: Items, first: date) -> np.ndarray:
    """Return the items whose stock can be reckoned and that had demand before the first week."""
    began = items.frame["first_demand_week_date"]
    return np.flatnonzero(items.priced.is_known & (began <= first).fill_null(False).to_numpy())


def _drawn(items: Items, eligible: np.ndarray, most: int) -> np.ndarray:
    if len(eligible) <= most:
        return eligible
    lots = items.frame["item_key"].gather(eligible).to_numpy()
    return np.sort(eligible[np.argsort(lots, kind="stable")[:most]])


def _histories(
    connection: duckdb.DuckDBPyConnection,
    items: Items,
    drawn: np.ndarray,
    first: date,
    defaults: Defaults,
) -> Histories:
    frame = items.frame[drawn]
    ids = {"product_id": frame["product_id"].to_list(), "site_id": frame["site_id"].to_list()}
    connection.register("choice_drawn", pa.table({"item": np.arange(len(drawn)), **ids}))
    found = connection.execute(WEEKLY, {"first": first}).fetchnumpy()
    demand = np.zeros((len(drawn), WEEKS))
    demand[found["item"], found["week"]] = np.maximum(found["units"], 0.0)
    days = items.priced.lead_days[drawn] + defaults.review_days
    stocked = items.priced.stocked
    return Histories(
        demand=demand,
        protected=np.maximum(np.ceil(days / DAYS_PER_WEEK), 1).astype(np.int64),
        minimum=_minimum(items)[drawn],
        holding=stocked.holding_cost[drawn],
        shortage=stocked.shortage_cost[drawn],
        order=defaults.ordering_cost_amount,
    )


def _minimum(items: Items) -> Floats:
    return items.frame["minimum_order_units"].cast(float).fill_null(0.0).to_numpy()


def _at(histories: Histories, chosen: np.ndarray) -> Histories:
    columns = {n: v[chosen] for n, v in vars(histories).items() if isinstance(v, np.ndarray)}
    return Histories(order=histories.order, **columns)
