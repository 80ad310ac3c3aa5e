"""Items at sites whose demand and supply are held against each other, and played where they differ.

`python -m benchmarks.mismatch [--items 100000] [--hard 0.3]`: `hard` is the share of items whose
demand is hard to foresee; nearly all of these meet supply that does not fit.
"""

from __future__ import annotations

import argparse
import sys
import time
from datetime import date

import numpy as np
import polars as pl

from benchmarks.machine import machine
from benchmarks.measure import peak_gib
from models.supply.mismatch import Limits, demand_supply_mismatch, mismatched
from models.supply.mismatch_simulation import FINAL, SCREENING, Economics

LIMITS = Limits(
    long_lead_time_days=42,
    variable_lead_time_ratio=0.4,
    rigid_order_weeks=13,
    unreliable_otif_rate=0.8,
)
ECONOMICS = Economics(
    review_days=7,
    lead_time_days=14,
    lead_time_cv=0.2,
    order_multiple_units=1,
    ordering_cost_amount=40,
    holding_rate=0.2,
    shortage_rate=0.05,
)


def main() -> int:
    """Print how many items were judged and played, the seconds, and peak memory."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.mismatch", description=__doc__)
    parser.add_argument("--items", type=int, default=100_000)
    parser.add_argument("--hard", type=float, default=0.3)
    asked = parser.parse_args()
    items = _items(asked.items, asked.hard)
    started, processor = time.perf_counter(), time.process_time()
    found = demand_supply_mismatch(
        items, limits=LIMITS, economics=ECONOMICS, business_date=date(2026, 6, 30)
    )
    seconds, used = time.perf_counter() - started, time.process_time() - processor
    peak = peak_gib()
    sys.stdout.write(
        f"{machine()}\n{items.height:,} items, {mismatched(items, LIMITS).height:,} of them played "
        f"{SCREENING.weeks} weeks with each action, {FINAL.weeks} with the best; "
        f"{found.height:,} listed\n"
        f"{seconds:.1f} s, {used:.1f} s of one core; {peak:.1f} GB\n"
    )
    return 0


def _items(count: int, hard: float) -> pl.DataFrame:
    random = np.random.default_rng(7)
    kinds = ["smooth", "erratic", "intermittent", "lumpy"]
    shares = [1 - hard, 0.3 * hard, 0.4 * hard, 0.3 * hard]
    weekly = random.lognormal(1, 1, count)
    return pl.DataFrame(
        {
            "product_id": [f"p{number:07}" for number in range(count)],
            "site_id": ["s"] * count,
            "lifecycle_stage": ["mature"] * count,
            "syntetos_boylan_class": random.choice(kinds, count, p=shares),
            "history_grade": ["A"] * count,
            "adi_ratio": random.uniform(1, 8, count),
            "cv2_ratio": random.uniform(0.1, 2, count),
            "weekly_mean_units": weekly,
            "decayed_weekly_mean_units": weekly,
            "lead_time_mean_days": random.uniform(5, 80, count),
            "lead_time_sd_days": random.uniform(1, 30, count),
            "minimum_order_units": random.uniform(0, 60, count),
            "order_multiple_units": np.ones(count),
            "is_sole_source": random.random(count) < 0.8,
            "otif_rate": random.uniform(0.4, 1, count),
            "import_step_count": random.integers(0, 2, count),
            "component_count": (random.random(count) < 0.05).astype(np.int64),
            "unit_cost_amount": random.lognormal(2, 1, count),
        }
    )


if __name__ == "__main__":
    sys.exit(main())
