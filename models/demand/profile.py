"""What is measured of the demand of many series: how regular it is, and what shape it has."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import polars as pl

from models.demand import behaviour, regularity
from models.demand.histories import blocks
from models.demand.regularity import AdiDefinition

Ints = npt.NDArray[np.int64]

LIFE = "life_weeks_count"  # weeks from the first one with demand to the newest
COUNTS = (LIFE, *regularity.COUNTS)
# The rounding of a matrix product may depend on how it was cut up, that of a sum does not.
DECIMALS = dict.fromkeys(regularity.MEASURES, 12) | dict.fromkeys(behaviour.MEASURES, 6)


def demand_profile(
    demand: pl.DataFrame,
    periods: Ints,
    *,
    half_life_weeks: float,
    adi_definition: AdiDefinition = AdiDefinition.LEADING_ZEROS_TRIMMED,
) -> pl.DataFrame:
    """Measure len(periods) series: a row each, in their order, with COUNTS and DECIMALS as columns.

    `demand` is as for `histories.blocks`; `periods` says how many weeks of each series were
    observed, at least as many as its history is long. Without demand counts are 0, but for the
    history of definitions that count it from the start; what is not defined is null, never NaN.
    """
    count = len(periods)
    from_start = adi_definition.counts_from_the_start
    counts = {name: np.zeros(count, dtype=np.int64) for name in COUNTS}
    counts["history_weeks_count"] += periods if from_start else 0
    found = {name: np.full(count, np.nan) for name in DECIMALS}
    for block in blocks(demand):
        observed = periods[block.series]
        counts[LIFE][block.series] = block.length
        for name, whole in regularity.counts(block, observed, adi_definition).items():
            counts[name][block.series] = whole
        for name, values in (
            regularity.regularity(block, observed, adi_definition)
            | behaviour.behaviour(block.sizes, half_life_weeks=half_life_weeks)
        ).items():
            found[name][block.series] = values
    for name, decimals in DECIMALS.items():
        np.round(found[name], decimals, out=found[name])
    return pl.DataFrame(counts | found).with_columns(
        pl.col(DECIMALS.keys()).fill_nan(None),
        weeks_since_demand_count=pl.when(pl.col(LIFE) > 0).then("weeks_since_demand_count"),
    )
