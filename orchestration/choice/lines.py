"""Axes and grains of order lines, weighed by what lines show."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import duckdb
import numpy as np
import polars as pl

from models.choice.axis import Axis, Fact, Verdict, judge
from models.choice.concentration import Concentration, concentration
from models.choice.grains import Assessed, Grain, assess
from orchestration.choice.samples import sampled_lines

ALL = "(all)"
AXES: Mapping[str, tuple[str, ...]] = {
    "customer": ("customer_id",),
    "product": ("product_id",),
    "channel": ("channel",),
    "site": ("site_id",),
    "flow": ("site_id", "customer_id"),
}
GRAINS: Mapping[str, tuple[str, ...]] = {
    "item": ("product_id", "site_id"),
    "product": ("product_id",),
    "family": ("family",),
    "account": ("customer_id",),
    "channel": ("channel",),
    "pair": ("product_id", "customer_id"),
    "flow": ("site_id", "customer_id"),
}
HYBRIDS = (("product", "customer"), ("product", "channel"), ("product", "site"))
ASPECTS: Mapping[str, tuple[str, ...]] = {
    "service": ("tolerated_days", "promised_days"),
    "cost_to_serve": ("cost_to_serve",),
    "volatility": ("quantity_deviation",),
    "complexity": ("lines_of_order", "touches"),
}


@dataclass(frozen=True, kw_only=True)
class Judged:
    """What one business unit's lines say: of how many, by which weights."""

    business_unit: str
    verdict: Verdict
    weights: Mapping[str, float]
    concentrations: Mapping[str, Concentration]


def judge_axes(
    connection: duckdb.DuckDBPyConnection,
    *,
    weights: Mapping[str, float],
    charge: float,
    orders: int,
    resamples: int,
) -> list[Judged]:
    """Weigh the axes for all lines together, and for each business unit."""
    facts = sampled_lines(connection, orders)
    found = []
    for unit in [ALL, *sorted(facts["business_unit"].unique())]:
        of_all = unit == ALL
        chosen = pl.col("is_of_all") if of_all else (pl.col("business_unit") == unit)
        lines = facts.filter(chosen if of_all else chosen & pl.col("is_of_unit"))
        by_fact = fact_weights(weights, lines)
        verdict = _verdict(lines, by_fact, charge=charge, resamples=resamples)
        found.append(
            Judged(
                business_unit=unit,
                verdict=verdict,
                weights=by_fact,
                concentrations=_concentrations(connection, None if of_all else unit),
            )
        )
    return found


def assess_grains(
    connection: duckdb.DuckDBPyConnection,
    *,
    weights: Mapping[str, float],
    orders: int,
    minimum_lines: int,
    decisions: int,
    control_points: Mapping[str, int],
) -> list[Assessed]:
    """Assess the grains by the lines of all business units together."""
    lines = sampled_lines(connection, orders).filter(pl.col("is_of_all"))
    grains = []
    for name, columns in GRAINS.items():
        counts = connection.execute(
            "select sum(line_count) as line_count "
            f"from {_summed(columns)} group by {', '.join(columns)}"
        ).fetchnumpy()
        labels = _labels(lines, columns)
        line_counts = counts["line_count"].astype(np.int64)
        points = control_points.get(name, 0)
        grains.append(
            Grain(name=name, labels=labels, line_counts=line_counts, control_points=points)
        )
    facts = _facts(lines, fact_weights(weights, lines))
    return assess(facts, grains, minimum_lines=minimum_lines, decisions=decisions)


def aspect_of(fact: str) -> str:
    """Return the kind of a fact."""
    return next(aspect for aspect, facts in ASPECTS.items() if fact in facts)


def fact_weights(weights: Mapping[str, float], lines: pl.DataFrame) -> dict[str, float]:
    """Return the weight of each fact: its part of its aspect's, by lines that it is known of."""
    found: dict[str, float] = {}
    for aspect, facts in ASPECTS.items():
        known = {fact: lines[fact].count() for fact in facts}
        total = sum(known.values()) or 1
        found |= {fact: weights.get(aspect, 0.0) * known[fact] / total for fact in facts}
    return found


def _verdict(
    lines: pl.DataFrame, weights: Mapping[str, float], *, charge: float, resamples: int
) -> Verdict:
    axes = [
        Axis(name=name, labels=_labels(lines, columns), parts=columns)
        for name, columns in AXES.items()
    ]
    return judge(
        _facts(lines, weights),
        axes,
        hybrids=HYBRIDS,
        customers=lines["customer_id"].to_list(),
        products=lines["product_id"].to_list(),
        charge=charge,
        resamples=resamples,
    )


def _facts(lines: pl.DataFrame, weights: Mapping[str, float]) -> list[Fact]:
    return [
        Fact(name=name, values=lines[name].cast(pl.Float64).to_numpy(), weight=weight)
        for name, weight in weights.items()
    ]


def _labels(lines: pl.DataFrame, columns: Sequence[str]) -> np.ndarray:
    return lines.select(pl.struct(columns).rank("dense")).to_series().to_numpy().astype(np.int64)


def _concentrations(
    connection: duckdb.DuckDBPyConnection, unit: str | None
) -> dict[str, Concentration]:
    """Return how revenue lies on the units of each axis, returns taken off."""
    found = {}
    for name, columns in AXES.items():
        amounts = connection.execute(
            f"select sum(revenue_amount) as amount from {_summed(columns)} "
            f"where $unit is null or business_unit = $unit group by {', '.join(columns)} "
            "order by amount",
            {"unit": unit},
        ).fetchnumpy()
        (values,) = amounts.values()
        found[name] = concentration(np.asarray(values, dtype=np.float64))
    return found


def _summed(columns: Sequence[str]) -> str:
    """Return the table of sums that these columns can be summed up from."""
    if {"product_id", "customer_id"} <= set(columns):
        return "choice_pairs"
    return "choice_items" if {"product_id", "family"} & set(columns) else "choice_flows"
