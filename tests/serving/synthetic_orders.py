"""Seeded masters and order lines of an invented wholesaler, from which a release grows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import polars as pl

FIRST_WEEK = date(2022, 7, 4)
WEEKS = 104
SITES = {"S1": ("HAM", "Hamburg"), "S2": ("LYO", "Lyon"), "S3": ("GRZ", "Graz")}
PATTERNS = {  # share of units, chance of demand in a week, deviation of the log size
    "smooth": (0.34, 0.97, 0.35),
    "erratic": (0.16, 0.95, 0.95),
    "intermittent": (0.32, 0.33, 0.40),
    "lumpy": (0.18, 0.28, 1.05),
}
KINDS = {
    "Valves": ["Ball valve", "Gate valve", "Check valve", "Relief valve"],
    "Pumps": ["Circulation pump", "Dosing pump", "Drum pump"],
    "Fasteners": ["Hex bolt", "Threaded rod", "Wedge anchor", "Washer set"],
    "Seals": ["O-ring", "Flat gasket", "Shaft seal"],
    "Bearings": ["Groove ball bearing", "Needle bearing", "Pillow block"],
    "Filters": ["Oil filter", "Air filter", "Strainer insert"],
}
SIZES = ["DN15", "DN25", "DN40", "DN50", "M8", "M12", "M16", "20 mm", "35 mm", "50 mm"]


@dataclass(frozen=True, kw_only=True)
class Masters:
    """Frames of products, customers and units, and the order lines between them."""

    products: pl.DataFrame
    customers: pl.DataFrame
    units: pl.DataFrame
    order_lines: pl.DataFrame


def masters(*, seed: int = 7, products: int = 190) -> Masters:
    """Return the same company for the same seed."""
    random = np.random.default_rng(seed)
    product_frame = _products(random, products)
    customers = _customers(random, 84)
    units = _units(random, product_frame)
    return Masters(
        products=product_frame,
        customers=customers,
        units=units,
        order_lines=_order_lines(random, units, customers),
    )


def _products(random: np.random.Generator, count: int) -> pl.DataFrame:
    lines = list(KINDS)
    line = [lines[i] for i in random.integers(0, len(lines), count)]
    name = [
        f"{KINDS[kind][random.integers(0, len(KINDS[kind]))]} {SIZES[random.integers(0, 10)]}"
        for kind in line
    ]
    cost = np.round(np.exp(random.normal(2.9, 1.1, count)), 2)
    return pl.DataFrame(
        {
            "product_id": [f"P-{i:06d}" for i in range(1, count + 1)],
            "product_code": [f"{10_000 + 7 * i}" for i in range(1, count + 1)],
            "product_name": name,
            "product_line": line,
            "gtin": [f"04012345{i:06d}" for i in range(1, count + 1)],
            "cost": cost,
            "price": np.round(cost * random.uniform(1.18, 1.9, count), 2),
        }
    )


def _customers(random: np.random.Generator, count: int) -> pl.DataFrame:
    weight = np.sort(random.pareto(1.2, count) + 0.05)[::-1]
    return pl.DataFrame(
        {
            "customer_id": [f"C-{i:06d}" for i in range(1, count + 1)],
            "customer_name": [f"Works {i:03d}" for i in range(1, count + 1)],
            "weight": weight / weight.sum(),
        }
    )


def _units(random: np.random.Generator, products: pl.DataFrame) -> pl.DataFrame:
    units = products.select("product_id", "cost", "price").join(
        pl.DataFrame({"site_id": list(SITES)}), how="cross"
    )
    units = units.filter(pl.Series(random.random(units.height) < 0.92))
    patterns = list(PATTERNS)
    share = [PATTERNS[name][0] for name in patterns]
    start = np.where(random.random(units.height) < 0.06, WEEKS - random.integers(2, 12), 0)
    stop = np.where(random.random(units.height) < 0.05, random.integers(10, 45), WEEKS)
    return units.with_columns(
        pl.Series("pattern", [patterns[i] for i in random.choice(4, units.height, p=share)]),
        pl.Series("size", np.exp(random.normal(2.2, 1.25, units.height))),
        pl.Series("first_week", start),
        pl.Series("last_week", stop),
        pl.Series("cover_weeks", np.exp(random.normal(1.2, 0.9, units.height))),
        pl.Series("supplier", random.integers(1, 15, units.height)),
        pl.Series("lead_days", random.integers(5, 42, units.height)),
    )


def _order_lines(
    random: np.random.Generator, units: pl.DataFrame, customers: pl.DataFrame
) -> pl.DataFrame:
    blocks = []
    for unit in units.iter_rows(named=True):
        _, chance, deviation = PATTERNS[unit["pattern"]]
        weeks = np.flatnonzero(random.random(WEEKS) < chance)
        weeks = weeks[(weeks >= unit["first_week"]) & (weeks < unit["last_week"])]
        size = np.exp(random.normal(np.log(unit["size"]), deviation, weeks.size))
        blocks.append(
            pl.DataFrame(
                {
                    "product_id": [unit["product_id"]] * weeks.size,
                    "site_id": [unit["site_id"]] * weeks.size,
                    "order_date": [FIRST_WEEK + timedelta(days=7 * int(w) + 2) for w in weeks],
                    "quantity": np.maximum(1, np.round(size)),
                    "price": [unit["price"]] * weeks.size,
                    "cost": [unit["cost"]] * weeks.size,
                },
                schema_overrides={"order_date": pl.Date},
            )
        )
    lines = pl.concat(blocks).sort("order_date", "product_id", "site_id")
    chosen = random.choice(customers.height, lines.height, p=customers["weight"].to_numpy())
    return lines.with_columns(
        pl.Series("customer_id", customers["customer_id"].gather(chosen)),
        pl.Series("is_return", random.random(lines.height) < 0.015),
        pl.Series("is_cancelled", random.random(lines.height) < 0.01),
        pl.int_range(1, lines.height + 1).alias("record"),
    )
