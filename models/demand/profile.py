"""What is measured of the demand of many series: how regular it is, and what shape it has."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import islice

import numpy as np
import numpy.typing as npt
import polars as pl
from threadpoolctl import threadpool_limits

from models.demand import behaviour, regularity
from models.demand.histories import Block, blocks
from models.demand.regularity import AdiDefinition

Matrix = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Measured = tuple[dict[str, Ints], dict[str, Matrix]]

LIFE = "life_weeks_count"  # weeks from the first one with demand to the newest
COUNTS = (LIFE, *regularity.COUNTS)
AHEAD = 64  # blocks laid out for the threads that measure them
# The rounding of a matrix product may depend on how it was cut up, that of a sum does not.
DECIMALS = dict.fromkeys(regularity.MEASURES, 12) | dict.fromkeys(behaviour.MEASURES, 6)


def demand_profile(
    demand: pl.DataFrame,
    periods: Ints,
    *,
    half_life_weeks: float,
    adi_definition: AdiDefinition = AdiDefinition.LEADING_ZEROS_TRIMMED,
    threads: int = 1,
) -> pl.DataFrame:
    """Measure len(periods) series: a row each, in their order, with COUNTS and DECIMALS as columns.

    `demand` is as for `histories.blocks`; `periods` says how many weeks of each series were
    observed, at least as many as its history is long. Without demand counts are 0, but for the
    history of definitions that count it from the start; what is not defined is null, never NaN.
    How many threads work at it changes nothing but the time.
    """
    counts = {name: np.zeros(len(periods), dtype=np.int64) for name in COUNTS}
    counts["history_weeks_count"] += periods if adi_definition.counts_from_the_start else 0
    found = {name: np.full(len(periods), np.nan) for name in DECIMALS}

    def measured(block: Block) -> Measured:
        observed = periods[block.series]
        counted = regularity.counts(block, observed, adi_definition)
        return (
            counted | {LIFE: np.full(len(observed), block.length)},
            regularity.regularity(block, observed, adi_definition)
            | behaviour.behaviour(block.sizes, half_life_weeks=half_life_weeks),
        )

    for block, (whole, values) in _spread(measured, blocks(demand), threads):
        for name in whole:
            counts[name][block.series] = whole[name]
        for name in values:
            found[name][block.series] = values[name]
    return pl.DataFrame(
        counts | {name: np.round(found[name], places) for name, places in DECIMALS.items()}
    ).with_columns(
        pl.col(DECIMALS.keys()).fill_nan(None),
        weeks_since_demand_count=pl.when(pl.col(LIFE) > 0).then("weeks_since_demand_count"),
    )


def _spread(
    work: Callable[[Block], Measured], given: Iterator[Block], threads: int
) -> Iterator[tuple[Block, Measured]]:
    """Yield each block with what becomes of it.

    Numpy works on blocks beside each other, since it holds no lock; the threads of its linear
    algebra would only wait for each other on matrices as small as these.
    """
    with threadpool_limits(1, user_api="blas"), ThreadPoolExecutor(threads) as pool:
        while some := list(islice(given, AHEAD)):
            yield from zip(some, pool.map(work, some), strict=True)
