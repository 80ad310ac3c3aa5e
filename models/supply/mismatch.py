"""Items whose demand and supply do not fit, what to do about each, and what that is worth.

Demand is hard where it is erratic, lumpy or intermittent, declines or ends; supply is hard where it
is long, variable or rigid, or hangs on one source that does not keep its dates. Where both are,
each action that could mend it is played against the item as it is, on the same demand and the same
luck with lead times, each with the level of stock that is cheapest for it. The action that saves
most is proposed. What it saves in a longer run is the value at stake; where it saves nothing there,
the item is left out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl

from models.inventory.random_numbers import item_keys
from models.supply.actions import CATALOGUE, TRAITS, Action, ActionName
from models.supply.mismatch_simulation import (
    FINAL,
    OUTCOMES,
    SCREENING,
    Changes,
    Economics,
    Items,
    Run,
    as_they_are,
    compare,
)

ITEM = ["product_id", "site_id"]
HARD_STAGES = ("end_of_life", "decline")
HARD_CLASSES = ("lumpy", "erratic", "intermittent")
SUFFICIENT_HISTORY = ("A", "B", "C")
DECIMALS = 4


@dataclass(frozen=True, kw_only=True)
class Limits:
    """From when on supply is hard."""

    long_lead_time_days: float
    variable_lead_time_ratio: float
    rigid_order_weeks: float
    unreliable_otif_rate: float


def demand_supply_mismatch(
    items: pl.DataFrame,
    *,
    limits: Limits,
    economics: Economics,
    business_date: date,
    catalogue: Mapping[ActionName, Action] = CATALOGUE,
) -> pl.DataFrame:
    """Return one row per item that does not fit and that some action mends, dearest first.

    `items` holds product_id, site_id; of demand lifecycle_stage, syntetos_boylan_class,
    history_grade, adi_ratio, cv2_ratio, weekly_mean_units, decayed_weekly_mean_units; of supply
    lead_time_mean_days, lead_time_sd_days, minimum_order_units, order_multiple_units,
    is_sole_source, otif_rate, import_step_count, component_count; and unit_cost_amount. An item
    without demand, history or unit cost is not judged.
    """
    candidates = mismatched(items, limits)
    actions = _best_actions(candidates, economics, business_date, catalogue)
    chosen = candidates.with_columns(action=pl.Series(actions, dtype=pl.String)).filter(
        pl.col("action").is_not_null()
    )
    worth = _worth(chosen, economics, business_date, catalogue)
    words = {name: action.words for name, action in catalogue.items()}
    value = pl.col("value_at_stake_amount")
    return (
        chosen.select(*ITEM, "demand_trait", "supply_traits", "action")
        .with_columns(worth)
        .filter(value > 0)
        .with_columns(
            is_certain=value > pl.col("value_half_width_amount"),
            action_description=pl.col("action").replace_strict(words, return_dtype=pl.String),
        )
        .sort("value_at_stake_amount", *ITEM, descending=[True, False, False])
        .with_columns(value_rank=pl.int_range(1, pl.len() + 1, dtype=pl.Int64))
    )


def mismatched(items: pl.DataFrame, limits: Limits) -> pl.DataFrame:
    """Return the items that do not fit, sorted, with what makes them hard.

    Added are level_units, demand_trait, a column for each trait of supply, and supply_traits.
    """
    stage, kind = pl.col("lifecycle_stage"), pl.col("syntetos_boylan_class")
    falls = stage.is_in(HARD_STAGES)
    lead = pl.col("lead_time_mean_days")
    level = pl.when(falls).then("decayed_weekly_mean_units").otherwise("weekly_mean_units")
    hard = {
        "long": lead >= limits.long_lead_time_days,
        "variable": pl.col("lead_time_sd_days") >= limits.variable_lead_time_ratio * lead,
        "rigid": pl.col("minimum_order_units").cast(pl.Float64)
        >= limits.rigid_order_weeks * pl.col("level_units"),
        "dependent": pl.col("is_sole_source") & (pl.col("otif_rate") < limits.unreliable_otif_rate),
    }
    assert tuple(hard) == TRAITS
    words = pl.concat_str(
        [pl.when(pl.col(name)).then(pl.lit(name)) for name in TRAITS],
        separator=", ",
        ignore_nulls=True,
    )
    return (
        items.with_columns(
            level_units=level,
            demand_trait=pl.when(falls).then(stage).when(kind.is_in(HARD_CLASSES)).then(kind),
        )
        .filter(
            pl.col("demand_trait").is_not_null(),
            pl.col("history_grade").is_in(SUFFICIENT_HISTORY),
            pl.col("level_units") > 0,
            pl.col("unit_cost_amount") > 0,
        )
        .with_columns(condition.fill_null(False).alias(name) for name, condition in hard.items())
        .filter(pl.any_horizontal(TRAITS))
        .with_columns(supply_traits=words)
        .sort(ITEM)
    )


def _can(action_id: ActionName, action: Action) -> pl.Expr:
    """Whether an action answers what is hard about an item, and can be taken for it."""
    answers = pl.any_horizontal(name for name in TRAITS if name in action.answers)
    possible: dict[ActionName, pl.Expr] = {
        "second_source": pl.col("is_sole_source"),
        "local_source": pl.col("import_step_count") > 0,
        "make_or_buy_to_order": pl.col("demand_trait") != "erratic",
        "postpone": pl.col("component_count") > 0,
    }
    return (answers & possible.get(action_id, pl.lit(True))).fill_null(False)


def _best_actions(
    candidates: pl.DataFrame,
    economics: Economics,
    business_date: date,
    catalogue: Mapping[ActionName, Action],
) -> list[ActionName | None]:
    """Return the action that saves most in a short run; none where none saves anything.

    At a tie the one that stands first in the catalogue is taken.
    """
    names = list(catalogue)
    best: list[ActionName | None] = []
    for block, drawn in _drawn(candidates, economics, business_date, SCREENING):
        can = block.select(_can(name, catalogue[name]).alias(name) for name in names).to_numpy()
        item, action = np.nonzero(can)
        saved = np.zeros(can.shape)
        if len(item):
            changes = Changes.of([catalogue[names[number]] for number in action])
            now = as_they_are(drawn, economics)
            said = compare(drawn.at(item), now.at(item), changes, economics)
            saved[item, action] = said["cost_now_amount"] - said["cost_after_amount"]
        most = saved.argmax(axis=1)
        best += [
            names[number] if saved[row, number] > 0 else None for row, number in enumerate(most)
        ]
    return best


def _worth(
    chosen: pl.DataFrame,
    economics: Economics,
    business_date: date,
    catalogue: Mapping[ActionName, Action],
) -> pl.DataFrame:
    """Return what the action of each item is worth in a long run, in the order of the items."""
    parts = []
    for block, drawn in _drawn(chosen, economics, business_date, FINAL):
        changes = Changes.of([catalogue[name] for name in block["action"]])
        said = compare(drawn, as_they_are(drawn, economics), changes, economics)
        parts.append(pl.DataFrame({name: np.round(said[name], DECIMALS) for name in OUTCOMES}))
    found = pl.concat([pl.DataFrame(schema=dict.fromkeys(OUTCOMES, pl.Float64)), *parts])
    value = pl.col("cost_now_amount") - pl.col("cost_after_amount")
    return found.with_columns(value_at_stake_amount=value.round(DECIMALS))


def _drawn(
    items: pl.DataFrame, economics: Economics, business_date: date, run: Run
) -> Iterator[tuple[pl.DataFrame, Items]]:
    """Draw the weeks of a block of items at a time."""
    for first in range(0, items.height, run.block):
        block = items[first : first + run.block]
        names = (f"{p}@{s} {business_date}" for p, s in block.select(ITEM).iter_rows())
        yield block, Items.of(block, item_keys(names), economics, run)
