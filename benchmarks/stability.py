"""How often items move for nothing, and what a night's step costs: the defaults of stability.

`python -m benchmarks.stability [--items 2000] [--units 1000000]`. Items sell day by day at a level
that never changes; a scheme judges them every night for two years by their margin of 365 days, and
by the variation of their 52 weeks. Every move is then one for nothing. After that the level of each
item is multiplied by three, and it is counted how long the class takes to follow.
"""

from __future__ import annotations

import argparse
import sys
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

import numpy as np
import polars as pl

from benchmarks.machine import machine
from benchmarks.measure import peak_gib, seconds_of
from models.segmentation.methods.cuts import Cut
from models.segmentation.methods.thresholds import Thresholds
from models.segmentation.scheme import Scheme
from models.stability.churn import QUARTER_DAYS
from models.stability.replay import Evaluation, Floats, replay
from models.stability.step import DEFAULT, NONE, Said, Stability, Standing, step
from orchestration.segments.stability import stepped
from workspace.config.stability_settings import StabilitySettings

YEAR, NIGHTS = 365, 730
SETTINGS = {
    "nothing": Stability(),
    "5 of 7": Stability(confirm=5, among=7),
    "10 of 14": Stability(confirm=10, among=14),
    "band 0.05": Stability(band=0.05),
    "band 0.1": Stability(band=0.1),
    "band 0.15": Stability(band=0.15),
    "band 0.2": Stability(band=0.2),
    "dwell 90": Stability(dwell_days=90),
    "band 0.2, 5 of 7": Stability(band=0.2, confirm=5, among=7),
    "band 0.2, 10 of 14": Stability(band=0.2, confirm=10, among=14),
    "default": DEFAULT,
}


@dataclass(frozen=True, kw_only=True)
class Feature:
    """A feature night by night, with a row for each night, and the cuts of its scheme."""

    title: str
    values: Floats
    cuts: Floats
    is_falling: bool

    def moves(self, settings: Stability) -> float:
        """Return the moves per 100 units and quarter."""
        evaluations = [
            Evaluation(day=day, values=row, cuts=self.cuts, other=np.full(len(row), NONE, np.int32))
            for day, row in enumerate(self.values)
        ]
        found = replay(evaluations, settings, is_falling=self.is_falling)
        quarters = (len(self.values) - 1) / QUARTER_DAYS
        return float(100 * found.is_moved.sum() / (self.values.shape[1] * quarters))


def features(items: int, seed: int = 7) -> tuple[Feature, Feature]:
    """Return margin and variation of items whose demand is stationary.

    Orders of an item come by a Poisson process, of sizes that vary by 60 % (a gamma distribution);
    items differ in their orders a week (median 3, from 1 to 9 for two thirds) and in the margin of
    a piece, so that the largest fifth of them has about four fifths of the margin.
    """
    random = np.random.default_rng(seed)
    weekly = random.lognormal(np.log(3), 1.1, items)
    worth = random.lognormal(2, 1.2, items)
    days = YEAR + NIGHTS
    orders = random.poisson(weekly / 7, (days, items))
    units = random.gamma(np.maximum(orders, 1e-9) / 0.36, 3.6)
    margin = _rolling(units * worth, YEAR)[-NIGHTS:]
    weeks = units[: days // 7 * 7].reshape(-1, 7, items).sum(axis=1)
    count, squares = _rolling(weeks, 52), _rolling(weeks**2, 52)
    variance = (squares - count**2 / 52) / 51
    variation = np.sqrt(np.maximum(variance, 0)) / np.maximum(count / 52, 1e-9)
    return (
        Feature(
            title="margin of 365 days, A B C",
            values=margin,
            cuts=_pareto_cuts(weekly * worth * 10 * 52.14),
            is_falling=True,
        ),
        Feature(
            title="weekly variation, X Y Z",
            values=np.repeat(variation, 7, axis=0)[-NIGHTS:],
            cuts=np.array([0.5, 1.0]),
            is_falling=False,
        ),
    )


def shifted(feature: Feature, factor: float = 3.0) -> Feature:
    """Return units that stand still for 60 nights, and at another level for 60 more."""
    level = np.tile(feature.values[0], (120, 1))
    level[60:] *= factor
    return Feature(
        title=feature.title, values=level, cuts=feature.cuts, is_falling=feature.is_falling
    )


def followed(feature: Feature, settings: Stability) -> int:
    """Return the nights after a level shift until the last unit is where the rules say."""
    evaluations = [
        Evaluation(day=day, values=row, cuts=feature.cuts, other=np.full(len(row), NONE, np.int32))
        for day, row in enumerate(feature.values)
    ]
    found = replay(evaluations, settings, is_falling=feature.is_falling)
    wrong = (found.in_force != found.said) & _clearly_beyond(feature, settings.band)
    late = np.flatnonzero(wrong.any(axis=1))
    return int(late[-1]) - 60 + 2 if len(late) else 1


def step_of(units: int) -> float:
    """Return the seconds of one step at the default settings, cool-down and notice beside them."""
    random = np.random.default_rng(1)
    settings = replace(DEFAULT, cooldown_days=90, notice_down_days=30)
    stood = random.integers(0, 3, units, dtype=np.int32)
    before = Standing.nowhere(units, ladder=3, among=settings.among)
    first = Said(day=0, raw=stood, banded=stood)
    before = step(before, first, settings).standing
    raw = np.where(random.random(units) < 0.1, random.integers(0, 5, units), stood)
    for day in range(1, 6):
        said = Said(day=day * 100, raw=raw.astype(np.int32), banded=raw.astype(np.int32))
        before = step(before, said, settings).standing
    return min(seconds_of(lambda: step(before, said, settings)) for _ in range(3))


def night_of(units: int) -> float:
    """Return the seconds of the same in a night: with what is read from the state, and written."""
    random = np.random.default_rng(1)
    scheme = Scheme(
        scheme_id="size",
        title="By size",
        unit="customer",
        keys=("customer_id",),
        first_rules=(),
        method=Thresholds(
            column="revenue",
            cuts=(Cut(segment_id="A", up_to=Decimal(1)), Cut(segment_id="B", up_to=Decimal(2))),
            last_segment_id="C",
        ),
        fallback_segment_id="C",
        value_column="revenue",
    )
    said = pl.Series(["A", "B", "C"]).gather(random.integers(0, 3, units))
    has_moved = pl.Series(random.random(units) < 0.1)
    tonight = pl.DataFrame(
        {
            "unit_type": pl.repeat("customer", units, eager=True),
            "unit_id": [f"c-{number:016}" for number in range(units)],
            "said": said,
            "banded_segment_id": said,
            "standing_segment_id": said,
            "stood": said.shuffle(seed=1).zip_with(pl.Series(random.random(units) < 0.1), said),
            "is_open": pl.repeat(True, units, eager=True),
            "was_on_ladder": pl.repeat(True, units, eager=True),
            "is_silent": pl.repeat(False, units, eager=True),
            "is_triggered": pl.repeat(False, units, eager=True),
            "rank": np.arange(units, dtype=np.int32),
        }
    ).with_columns(
        moved_date=pl.when(has_moved).then(date(2026, 1, 1)),
        segments_left=pl.when(has_moved).then(pl.lit("A=2026-01-01,B=2025-03-01")),
        candidates=pl.when(has_moved).then(pl.lit(",".join("-" * 13))),
        pending_segment_id=pl.lit(None, pl.String),
        confirmed_date=pl.lit(None, pl.Date),
    )
    settings = StabilitySettings()
    return min(
        seconds_of(lambda: stepped(tonight, scheme, settings, 20_600, None)) for _ in range(3)
    )


def main() -> int:
    """Print moves for nothing by setting, nights until a shift is followed, and seconds."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.stability", description=__doc__)
    parser.add_argument("--items", type=int, default=2000)
    parser.add_argument("--units", type=int, default=1_000_000)
    asked = parser.parse_args()
    found = features(asked.items)
    sys.stdout.write(f"{machine()}\n{asked.items:,} items that do not change, {NIGHTS} nights\n\n")
    heads = "".join(f"{feature.title:>28}" for feature in found)
    sys.stdout.write(f"{'moves per 100 and quarter':<30}{heads}{'nights to follow':>20}\n")
    for title, settings in SETTINGS.items():
        counts = "".join(f"{feature.moves(settings):>28.2f}" for feature in found)
        nights = max(followed(shifted(feature), settings) for feature in found)
        sys.stdout.write(f"{title:<30}{counts}{nights:>20}\n")
    sys.stdout.write(
        f"\none step of {asked.units:,} units: {step_of(asked.units):.2f} s; "
        f"with reading and writing its state {night_of(asked.units):.2f} s; "
        f"{peak_gib():.1f} GiB in all\n"
    )
    return 0


def _rolling(rows: Floats, window: int) -> Floats:
    """Return sums over `window` rows, one for each row that has so many before it."""
    sums = np.vstack([np.zeros(rows.shape[1]), np.cumsum(rows, axis=0)])
    return np.asarray(sums[window:] - sums[:-window])


def _pareto_cuts(levels: Floats) -> Floats:
    """Return the levels at which four fifths, and nineteen twentieths, of the total are reached."""
    ordered = np.sort(levels)[::-1]
    share = np.cumsum(ordered) / ordered.sum()
    return ordered[np.searchsorted(share, [0.80, 0.95])]


def _clearly_beyond(feature: Feature, band: float) -> np.ndarray:
    """Return which values are not inside of the band of any cut."""
    far = np.abs(feature.values[..., None] - feature.cuts) > band * np.abs(feature.cuts)
    return np.asarray(far.all(axis=-1))


if __name__ == "__main__":
    sys.exit(main())
