"""Activity-based costs of the published hospitals, to the cent, and by properties."""

from __future__ import annotations

from decimal import Decimal

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.cost_to_serve.activity_costing import (
    activity_costs,
    capacity_cost_rates,
    time_equation,
    whale_curve,
)

# A distributor's activities in the published case of University and Memorial hospitals.
POOLS = pl.DataFrame(
    {
        "pool_id": ["delivery", "manual_order", "edi_order", "line"],
        "cost_amount": ["420000", "624000", "170000", "675000"],
        "practical_capacity": ["5000", "8000", "10000", "450000"],
    }
).with_columns(pl.col("cost_amount", "practical_capacity").cast(pl.Decimal(18, 4)))
USED = {"University": (16, 0, 18, 190), "Memorial": (28, 49, 0, 210)}
REVENUE, COST_OF_GOODS = 40_660, 38_000


def uses(rows: list[tuple[str, str, str]]) -> pl.DataFrame:
    frame = pl.DataFrame(rows, schema=["line_id", "pool_id", "used_quantity"], orient="row")
    return frame.cast({"line_id": pl.String, "pool_id": pl.String}).with_columns(
        pl.col("used_quantity").cast(pl.String).cast(pl.Decimal(18, 4))
    )


HOSPITALS = uses(
    [
        (name, pool, str(quantity))
        for name, quantities in USED.items()
        for pool, quantity in zip(POOLS["pool_id"], quantities, strict=True)
    ]
)


def test_the_rates_of_university_and_memorial_are_the_published_ones() -> None:
    rates = capacity_cost_rates(POOLS, HOSPITALS)
    assert dict(rates.select("pool_id", "rate_amount").rows()) == {
        "delivery": 84.0,
        "manual_order": 78.0,
        "edi_order": 17.0,
        "line": 1.5,
    }


def test_the_margins_of_university_and_memorial_are_the_published_ones() -> None:
    served = dict(
        activity_costs(POOLS, HOSPITALS).group_by("line_id").agg(pl.col("cost_amount").sum()).rows()
    )
    assert served == {"University": Decimal(1935), "Memorial": Decimal(6489)}
    margins = {name: REVENUE - COST_OF_GOODS - cost for name, cost in served.items()}
    assert margins == {"University": 725, "Memorial": -3829}


def test_capacity_that_nobody_used_is_reported_and_not_spread() -> None:
    pools = capacity_cost_rates(POOLS, HOSPITALS)
    delivery = pools.filter(pl.col("pool_id") == "delivery").row(0, named=True)
    assert delivery["unused_quantity"] == 5000 - 44
    assert delivery["unused_cost_amount"] == 420_000 - 44 * 84
    halved = capacity_cost_rates(POOLS, HOSPITALS.filter(pl.col("line_id") == "Memorial"))
    assert halved["rate_amount"].equals(pools["rate_amount"])


def test_use_beyond_practical_capacity_shows_as_negative_idleness() -> None:
    over = capacity_cost_rates(POOLS, uses([("a", "delivery", "6000")]))
    row = over.filter(pl.col("pool_id") == "delivery").row(0, named=True)
    assert row["unused_quantity"] == -1000
    assert row["unused_cost_amount"] == -84_000


amounts = st.decimals(0, 10**7, places=2)
quantities = st.decimals(0, 10**4, places=4)


@settings(max_examples=60)
@given(amounts, st.decimals("0.0001", 10**5, places=4), st.lists(quantities, max_size=30))
def test_lines_and_idle_capacity_add_up_to_the_pool_to_the_cent(
    cost: Decimal, capacity: Decimal, used: list[Decimal]
) -> None:
    pool = pl.DataFrame(
        {"pool_id": ["p"], "cost_amount": [str(cost)], "practical_capacity": [str(capacity)]}
    ).with_columns(pl.col("cost_amount", "practical_capacity").cast(pl.Decimal(18, 4)))
    lines = uses([(f"{number:02d}", "p", str(quantity)) for number, quantity in enumerate(used)])
    paid = activity_costs(pool, lines)
    (row,) = capacity_cost_rates(pool, lines).to_dicts()
    assert sum(paid["cost_amount"], Decimal(0)) == row["used_cost_amount"]
    assert row["used_cost_amount"] + row["unused_cost_amount"] == cost
    for quantity, charged in zip(used, paid["cost_amount"], strict=True):
        assert abs(charged - cost * quantity / capacity) <= Decimal("0.01")


def test_the_order_of_lines_changes_no_cent() -> None:
    assert activity_costs(POOLS, HOSPITALS.reverse()).equals(activity_costs(POOLS, HOSPITALS))


def test_a_time_equation_adds_what_makes_a_line_long() -> None:
    lines = pl.DataFrame({"pallets": [2, None], "is_express": [1, 0]})
    minutes = lines.select(time_equation(3, {"pallets": 4, "is_express": 7.5})).to_series()
    assert minutes.to_list() == [3 + 8 + 7.5, 3]
    with pytest.raises(ValueError, match="negative time"):
        time_equation(3, {"pallets": -1})


@pytest.mark.parametrize(
    ("changed", "lines", "said"),
    [
        ({"practical_capacity": "0"}, [("a", "delivery", "1")], "no practical capacity"),
        ({"cost_amount": "-1"}, [("a", "delivery", "1")], "negative cost"),
        ({}, [("a", "delivery", "-1")], "negative quantity"),
        ({}, [("a", "freight", "1")], "freight is not among"),
    ],
)
def test_what_cannot_be_costed_is_refused(
    changed: dict[str, str], lines: list[tuple[str, str, str]], said: str
) -> None:
    literals = [
        pl.lit(value).cast(pl.Decimal(18, 4)).alias(name) for name, value in changed.items()
    ]
    with pytest.raises(ValueError, match=said):
        activity_costs(POOLS.with_columns(literals), uses(lines))


def test_the_whale_rises_above_what_is_left_in_the_end() -> None:
    profits = pl.DataFrame(
        {"customer_id": ["a", "b", "c", "d"], "profit_amount": [-30, 90, 60, -20]}
    )
    curve = whale_curve(profits)
    assert curve["customer_id"].to_list() == ["b", "c", "d", "a"]
    assert curve["cumulated_profit_amount"].to_list() == [90, 150, 130, 100]
    assert curve["cumulated_profit_ratio"].to_list() == [0.9, 1.5, 1.3, 1.0]
    assert curve["customer_share_rate"].to_list() == [0.25, 0.5, 0.75, 1.0]
    losses = whale_curve(profits.with_columns(pl.lit(-1).alias("profit_amount")))
    assert losses["cumulated_profit_ratio"].null_count() == 4
