"""From demand, supply and target to buffer and order, for many items at once."""

from __future__ import annotations

from collections.abc import Mapping
from random import Random

import numpy as np
import polars as pl
import polars.selectors as cs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.inventory.safety_stock import Distribution
from models.inventory.stock_policy import Economics, buffers, orders

ECONOMICS = Economics(
    lead_time_days=14,
    lead_time_cv=0.2,
    order_multiple_units=1,
    ordering_cost_amount=40,
    holding_rate=0.2,
)
KEYS = ["product_id", "site_id"]
EXACT = pl.Decimal(18, 4)
TYPES: dict[str, pl.DataType | type[pl.DataType]] = {
    "target_rate": pl.Float64,
    "distribution": pl.String,
    "review_days": pl.Float64,
    "weekly_mean_units": pl.Float64,
    "weekly_sd_units": pl.Float64,
    "lead_time_mean_days": pl.Float64,
    "lead_time_sd_days": pl.Float64,
    "minimum_order_units": EXACT,
    "order_multiple_units": EXACT,
    "unit_cost_amount": EXACT,
    "on_hand_units": EXACT,
    "on_order_units": EXACT,
}
Row = Mapping[str, float | str | None]
# Two deviations of normal demand, four weeks to protect, a position of 250 units.
STEADY: Row = {
    "target_rate": 0.977249868,
    "distribution": "normal",
    "review_days": 7,
    "weekly_mean_units": 100,
    "weekly_sd_units": 40,
    "lead_time_mean_days": 21,
    "lead_time_sd_days": 4.2,
    "minimum_order_units": 100,
    "order_multiple_units": 50,
    "unit_cost_amount": 20,
    "on_hand_units": 150,
    "on_order_units": 100,
}
BUFFER = ["protection_mean_units", "protection_sd_units", "safety_factor_ratio"]
ORDER = [
    "reorder_point_units",
    "order_quantity_units",
    "is_below_reorder_point",
    "suggested_order_units",
    "policy_stock_units",
    "excess_units",
]
COMPUTED = [*BUFFER, "safety_stock_units", *ORDER]
UNITS = st.integers(0, 2_000)
MEANS = st.floats(0.1, 1_000)


def items(*changes: Row) -> pl.DataFrame:
    """Return one row per set of changes to the steady item."""
    rows = [{**STEADY, **change} for change in changes]
    columns = {name: [row[name] for row in rows] for name in TYPES}
    typed = pl.DataFrame(columns, strict=False).select(
        pl.col(name).cast(kind) for name, kind in TYPES.items()
    )
    return typed.with_columns(
        product_id=pl.int_range(pl.len()).cast(pl.String), site_id=pl.lit("S")
    )


def policy(*changes: Row) -> pl.DataFrame:
    return orders(buffers(items(*changes), ECONOMICS), ECONOMICS)


def test_mean_100_x_4_weeks_and_2_x_root_of_4_x_1600_and_60_squared_reorder_at_600() -> None:
    """Three weeks of lead time, 0.6 its deviation, one of review: sqrt(4 x 40² + (100 x 0.6)²)."""
    (row,) = policy({}).to_dicts()
    assert row["protection_mean_units"] == pytest.approx(400)
    assert row["protection_sd_units"] == pytest.approx(100)
    assert row["safety_factor_ratio"] == pytest.approx(2)
    assert row["safety_stock_units"] == pytest.approx(200)
    assert row["reorder_point_units"] == pytest.approx(600)


def test_root_of_2_x_40_x_5218_by_4_is_323_and_two_orders_of_300_lift_250_over_600() -> None:
    """Of 300 and 350, the multiples of 50 beside 323, the lower costs less: 300 x 350 > 323²."""
    changes: list[Row] = [{}, {"order_multiple_units": None}, {"minimum_order_units": 330}]
    row, free, least = policy(*changes).to_dicts()
    assert free["order_quantity_units"] == 323
    assert least["order_quantity_units"] == 350
    assert row["order_quantity_units"] == 300
    assert row["inventory_position_units"] == 250
    assert row["is_below_reorder_point"]
    assert row["suggested_order_units"] == 600
    assert row["policy_stock_units"] == pytest.approx(200 + 300 / 2)
    assert row["excess_units"] == 0


def test_1000_on_hand_are_100_more_than_600_and_an_order_of_300() -> None:
    (row,) = policy({"on_hand_units": 1000}).to_dicts()
    assert row["excess_units"] == pytest.approx(100)
    assert row["suggested_order_units"] == 0
    assert not row["is_below_reorder_point"]


@pytest.mark.parametrize("lacking", ["weekly_mean_units", "weekly_sd_units"])
def test_an_item_without_demand_statistics_has_no_policy_and_keeps_its_position(
    lacking: str,
) -> None:
    result = policy({lacking: None}, {})
    unknown, known = result.to_dicts()
    assert {name: unknown[name] for name in COMPUTED} == dict.fromkeys(COMPUTED)
    assert unknown["inventory_position_units"] == 250
    assert known["suggested_order_units"] == 600


def test_what_is_absent_is_null_and_never_not_a_number() -> None:
    absent = ["weekly_mean_units", "weekly_sd_units", "lead_time_mean_days", "lead_time_sd_days"]
    absent += ["minimum_order_units", "order_multiple_units", "unit_cost_amount"]
    result = policy({}, dict.fromkeys(absent), *({name: None} for name in absent))
    assert not result.select(pl.any_horizontal(cs.float().is_nan().any())).item()
    assert result["safety_stock_units"].is_null().sum() == 3
    assert result["order_quantity_units"].is_null().sum() == 4


def test_no_items_are_an_answer() -> None:
    result = orders(buffers(items({}).clear(), ECONOMICS), ECONOMICS)
    assert result.is_empty()
    assert result.columns == policy({}).columns


@pytest.mark.parametrize("cost", [None, 0])
@pytest.mark.parametrize(
    ("minimum", "multiple", "expected"), [(None, None, 350), (0, 40, 360), (400, 30, 420)]
)
def test_without_a_cost_the_gap_of_350_is_suggested_in_orderable_units(
    cost: float | None, minimum: float | None, multiple: float | None, expected: float
) -> None:
    terms: Row = {"minimum_order_units": minimum, "order_multiple_units": multiple}
    # Certain demand and lead time reorder at the mean of six weeks, 600.
    certain = {"weekly_sd_units": 0, "lead_time_sd_days": 0, "lead_time_mean_days": 35}
    (row,) = policy({"unit_cost_amount": cost, **terms, **certain}).to_dicts()
    assert row["reorder_point_units"] == 600
    assert row["suggested_order_units"] == expected
    assert row["order_quantity_units"] is None
    assert row["policy_stock_units"] == row["safety_stock_units"] == 0


def test_without_a_cost_excess_begins_at_the_reorder_point() -> None:
    (row,) = policy({"unit_cost_amount": None, "on_hand_units": 1000}).to_dicts()
    assert row["excess_units"] == pytest.approx(400)


def test_a_planned_lead_time_deviates_by_its_coefficient_of_variation() -> None:
    planned = {"lead_time_mean_days": 30, "lead_time_sd_days": None}
    unknown = {"lead_time_mean_days": None, "lead_time_sd_days": None}
    certain = {"lead_time_mean_days": 30, "lead_time_sd_days": 0}
    result = buffers(items(planned, unknown, certain, {}), ECONOMICS)
    assert result["lead_time_mean_days"].to_list() == [30, 14, 30, 21]
    assert result["lead_time_sd_days"].to_list() == pytest.approx([0.2 * 30, 0.2 * 14, 0, 4.2])


def test_the_coefficient_of_variation_of_a_planned_lead_time_is_part_of_its_buffer() -> None:
    planned = {"lead_time_mean_days": 21, "lead_time_sd_days": None}
    result = buffers(items(planned, {}), ECONOMICS)  # 0.2 x 21 is the 4.2 that was measured
    assert result["safety_stock_units"][0] == pytest.approx(result["safety_stock_units"][1])


@given(MEANS, st.floats(0.01, 500), UNITS)
def test_an_item_without_a_multiple_is_ordered_in_whole_units(
    mean: float, cost: float, on_hand: int
) -> None:
    demand = {"weekly_mean_units": mean, "unit_cost_amount": cost, "on_hand_units": on_hand}
    free = {"minimum_order_units": None, "order_multiple_units": None}
    (row,) = policy({**demand, **free}).to_dicts()
    assert row["order_quantity_units"] == int(row["order_quantity_units"]) > 0
    assert row["suggested_order_units"] == int(row["suggested_order_units"])
    assert (row["suggested_order_units"] > 0) == row["is_below_reorder_point"]


@given(
    st.sampled_from(Distribution), MEANS, st.floats(0, 3), st.floats(0.5, 0.99), st.floats(0, 0.009)
)
def test_a_higher_target_never_holds_less(
    shape: Distribution, mean: float, cv: float, target: float, more: float
) -> None:
    item: Row = {
        "distribution": shape.value,
        "weekly_mean_units": mean,
        "weekly_sd_units": cv * mean,
    }
    rates = (target, target + more)
    result = buffers(items(*({**item, "target_rate": rate} for rate in rates)), ECONOMICS)
    low, high = result["safety_stock_units"]
    assert high >= low


@given(st.lists(st.booleans(), min_size=1, max_size=5), st.randoms(use_true_random=False))
@settings(max_examples=30)
def test_each_item_is_computed_as_if_it_were_alone(has_demand: list[bool], random: Random) -> None:
    rows = [
        {"weekly_mean_units": random.uniform(1, 500) if known else None, "on_hand_units": number}
        for number, known in enumerate(has_demand)
    ]
    together = policy(*rows).drop(KEYS).rows()
    alone = [policy(row).drop(KEYS).row(0) for row in rows]
    assert together == alone


def test_rows_keep_their_order_and_number() -> None:
    random = np.random.default_rng(7)
    shuffled = random.permutation(5_000)
    many = items(*({"weekly_mean_units": None if n % 3 == 0 else float(n)} for n in shuffled))
    many = many.with_columns(product_id=pl.Series(shuffled).cast(pl.String))
    result = orders(buffers(many, ECONOMICS), ECONOMICS)
    assert result.select(KEYS).equals(many.select(KEYS))
    assert result["weekly_mean_units"].equals(many["weekly_mean_units"])
    assert result["safety_stock_units"].is_null().equals(many["weekly_mean_units"].is_null())
