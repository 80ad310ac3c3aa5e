"""Demand: what the world would buy of each product at each site, week by week.

Each stocked item has a planted class. In a week it is asked for with probability p = 1/ADI, and
then for a gamma-distributed quantity whose squared coefficient of variation is the planted CV².
Trend, season and promotions multiply the quantity; around a promotion customers order less, because
they wait for it and because they have bought ahead.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from data.generator.network import ERPS, SITES
from data.generator.plan import REFERENCE_WEEKS, Plan

CLASSES = ("smooth", "erratic", "intermittent", "lumpy")
CLASS_SHARES = (0.12, 0.07, 0.51, 0.30)
EXTRA_SITE_CHANCE = {"erp_north": 0.10, "erp_south": 0.08}
RETURN_SHARE = 0.02
LOST_SHARE = 0.04
PROMOTION_WEEKS = 13
PROMOTED_SHARE = 0.08
# Factor on demand in the weeks before a promotion, the nearest first, and in those after it.
BEFORE_PROMOTION, AFTER_PROMOTION = (0.85,), (0.7, 0.85)

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


def stocked_items(plan: Plan, records: pl.DataFrame) -> pl.DataFrame:
    """One row per product record and site: its class and the parameters of its demand.

    `extra_lines` is the mean number of order lines beyond the first in a week with demand.
    """
    items = pl.concat([_placed(plan, records, erp) for erp in ERPS])
    random = plan.stream("items")
    count = items.height
    kind = random.choice(len(CLASSES), count, p=CLASS_SHARES)
    often, even = np.isin(kind, [0, 1]), np.isin(kind, [0, 2])
    interval = np.where(
        often, random.uniform(1.0, 1.14, count), _log_uniform(random, count, 1.7, 14)
    )
    cv2 = np.where(even, random.uniform(0.03, 0.22, count), random.uniform(0.85, 2.2, count))
    units = 4 + np.exp(2.2 + 0.95 * random.standard_normal(count))
    is_seasonal = random.random(count) < 0.3
    is_trending = random.random(count) < 0.25
    items = items.with_columns(
        item=pl.int_range(count),
        demand_class=pl.Series(np.array(CLASSES)[kind]),
        probability=pl.Series(1 / interval),
        cv2=pl.Series(cv2),
        units_per_line=pl.Series(units),
        season=pl.Series(np.where(is_seasonal, random.uniform(0.15, 0.4, count), 0.0)),
        season_phase=pl.Series(random.uniform(0, 1, count)),
        trend=pl.Series(np.where(is_trending, random.uniform(-0.22, 0.22, count), 0.0)),
        popularity=pl.Series(np.exp(0.7 * random.standard_normal(count))),
        first_week=((pl.col("launch") - plan.first_monday) // 7).clip(lower_bound=0),
        last_week=(pl.col("discontinued") - plan.first_monday) // 7,
    )
    return items.with_columns(extra_lines=pl.Series(_extra_lines(plan, items)))


def _placed(plan: Plan, records: pl.DataFrame, erp: str) -> pl.DataFrame:
    """Put each record of an ERP at one or more of the sites that ERP works from."""
    random = plan.stream("placed", ERPS.index(erp))
    known = records.filter(pl.col("system") == erp)
    sites = [at for at, site in enumerate(SITES) if erp in site.plants]
    shares = [0.42, 0.2, 0.24, 0.14] if erp == "erp_north" else [0.12, 0.5, 0.38]
    main = random.choice(sites, known.height, p=shares)
    frames = []
    for site in sites:
        chance = random.random(known.height) < EXTRA_SITE_CHANCE[erp]
        frames.append(
            known.filter(pl.Series((main == site) | chance)).with_columns(
                site=pl.lit(site, pl.Int64)
            )
        )
    columns = ["system", "site", "product", "record", "launch", "discontinued"]
    return pl.concat(frames).select(columns).sort("record", "site")


def _log_uniform(random: np.random.Generator, count: int, low: float, high: float) -> Floats:
    return np.exp(random.uniform(np.log(low), np.log(high), count))


def _extra_lines(plan: Plan, items: pl.DataFrame) -> Floats:
    """Spread the order lines that the plan asks for over the weeks in which demand is expected."""
    last = np.minimum(items["last_week"].to_numpy(), REFERENCE_WEEKS)
    weeks = np.clip(last - items["first_week"].to_numpy(), 0, None)
    events = weeks * items["probability"].to_numpy()
    wanted = plan.order_lines / (1 + RETURN_SHARE) / (1 - LOST_SHARE)
    mean = max(0.0, wanted / events.sum() - 1)
    popularity = items["popularity"].to_numpy()
    return mean * popularity * events.sum() / (events * popularity).sum()


@dataclass(frozen=True, kw_only=True)
class Promotions:
    """Events of one block of 13 weeks, at most one for each item; `uplift` is 1 without one."""

    first_week: Ints
    last_week: Ints
    uplift: Floats

    def at(self, week: int) -> Floats:
        """Return the factor on demand in a week of a promotion, by item; 1 in every other."""
        runs = (self.first_week <= week) & (week <= self.last_week)
        return np.where(runs, self.uplift, 1.0)

    def around(self, week: int) -> Floats:
        """Return the factor on demand in a week shortly before or after a promotion, by item."""
        factor = np.ones(len(self.uplift))
        is_promoted = self.uplift > 1
        for distance, share in enumerate(BEFORE_PROMOTION, start=1):
            factor[is_promoted & (self.first_week - week == distance)] *= share
        for distance, share in enumerate(AFTER_PROMOTION, start=1):
            factor[is_promoted & (week - self.last_week == distance)] *= share
        return factor


class Demand:
    """The demand of all items; every week has its own random stream."""

    def __init__(self, plan: Plan, items: pl.DataFrame) -> None:
        """Take the parameters of `stocked_items` as arrays."""
        self._plan = plan
        self._blocks: dict[int, Promotions] = {}
        self.count = items.height
        self.probability = items["probability"].to_numpy()
        self.shape = 1 / items["cv2"].to_numpy()
        self.extra_lines = items["extra_lines"].to_numpy()
        self.mean_units = items["units_per_line"].to_numpy() * (1 + self.extra_lines)
        self._season = items["season"].to_numpy()
        self._phase = items["season_phase"].to_numpy()
        self._trend = items["trend"].to_numpy()
        self.first_week = items["first_week"].to_numpy()
        self.last_week = items["last_week"].to_numpy()
        self._is_frequent = items["demand_class"].is_in(["smooth", "erratic"]).to_numpy()
        self.effects: list[pl.DataFrame] = []

    def units(self, week: int) -> Ints:
        """Return the units asked for in a week, by item, and note what promotions did to them."""
        random = self._plan.stream("demand", week)
        occurs = random.random(self.count) < self.probability
        mean = self.mean_units * self.level(week) * self._seasonal(week)
        size = random.standard_gamma(self.shape) / self.shape * mean
        factor = self.promoted(week)
        without, units = _whole(size), _whole(size * factor)
        asked = np.where(occurs & self.is_live(week), units, 0)
        at = np.flatnonzero((asked > 0) & (factor != 1))
        self.effects.append(
            pl.DataFrame({"item": at, "factor": factor[at], "asked": asked[at]}).with_columns(
                week=pl.lit(week, pl.Int64), without=pl.Series(without[at], dtype=pl.Int64)
            )
        )
        return asked

    def is_live(self, week: int) -> npt.NDArray[np.bool_]:
        """Return whether each item can be ordered in a week."""
        return (self.first_week <= week) & (week < self.last_week)

    def level(self, week: int) -> Floats:
        """Return the trend's factor on demand in a week; it flattens after four years."""
        return np.exp(self._trend * min(week / 52.18, 4.0))

    def promoted(self, week: int) -> Floats:
        """Return the factor of promotions on demand in a week, by item."""
        runs = self.promotions(week).at(week)
        factor = np.ones(self.count)
        for other in (week - PROMOTION_WEEKS, week, week + PROMOTION_WEEKS):
            if other >= 0:
                factor *= self.promotions(other).around(week)
        return np.where(runs > 1, runs, factor)

    def promotions(self, week: int) -> Promotions:
        """Return the promotions of the block that a week lies in."""
        block = week // PROMOTION_WEEKS
        if block not in self._blocks:
            self._blocks[block] = self._drawn(block)
        return self._blocks[block]

    def _drawn(self, block: int) -> Promotions:
        random = self._plan.stream("promotions", block)
        chosen = (random.random(self.count) < PROMOTED_SHARE) & self._is_frequent
        first = block * PROMOTION_WEEKS + random.integers(0, PROMOTION_WEEKS - 2, self.count)
        last = first + random.integers(0, 3, self.count)
        uplift = np.round(random.uniform(1.4, 2.6, self.count), 2)
        live = (self.first_week <= first) & (last < self.last_week)
        return Promotions(
            first_week=first, last_week=last, uplift=np.where(chosen & live, uplift, 1.0)
        )

    def _seasonal(self, week: int) -> Floats:
        return 1 + self._season * np.cos(2 * np.pi * (week / 52.18 - self._phase))


def _whole(size: Floats) -> Ints:
    """Round quantities to whole units, at least one."""
    return np.maximum(1, np.rint(size)).astype(np.int64)
