"""Activity-based costs of the published hospitals, and by properties: to the last digit."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

import duckdb
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.cost_to_serve.activity_costing import (
    Work,
    allocation,
    charges,
    daily_rate,
    line_costs,
    quantity_query,
    usage_query,
)

MONTH = date(2026, 1, 1)
MONEY = pl.Decimal(18, 4)
# A distributor's activities in the published case of University and Memorial hospitals.
POOLS = {
    "delivery": ("420000", "5000"),
    "manual_order": ("624000", "8000"),
    "edi_order": ("170000", "10000"),
    "line": ("675000", "450000"),
}
USED = {"University": (16, 0, 18, 190), "Memorial": (28, 49, 0, 210)}
REVENUE, COST_OF_GOODS = 40_660, 38_000


@pytest.fixture(scope="module")
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        yield connection


def works(*names: str, pool: str | None = None) -> tuple[Work, ...]:
    """Return an activity of each name: it takes what the column of its name says of its pool."""
    return tuple(
        Work(activity_id=name, pool_id=pool or name, element=name, quantity=f"l.{name}")
        for name in sorted(names)
    )


def pools_of(costs: Mapping[str, tuple[str, str | None]]) -> pl.DataFrame:
    rows = [(name, MONTH, cost, capacity) for name, (cost, capacity) in costs.items()]
    names = ("pool_id", "month_start_date", "cost_amount", "practical_capacity_units")
    frame = pl.DataFrame(rows, schema=names, orient="row")
    return frame.cast({"cost_amount": MONEY, "practical_capacity_units": MONEY})


class Costed:
    """What a month of lines costs: the allocation of the pools, and the lines."""

    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        pools: pl.DataFrame,
        done: tuple[Work, ...],
        lines: Mapping[str, tuple[str, ...]],
    ) -> None:
        names = sorted(work.activity_id for work in done)
        rows = [(key, MONTH, *used) for key, used in lines.items()]
        frame = pl.DataFrame(
            rows,
            schema={
                "order_line_id": pl.String,
                "month_start_date": pl.Date,
                **dict.fromkeys(names, pl.String),
            },
            orient="row",
        ).cast(dict.fromkeys(names, MONEY))
        connection.register("lines", frame)
        usage = connection.sql(usage_query(done, "lines")).pl()
        self.allocation = allocation(pools, done, usage)
        used = connection.sql(quantity_query(done, "lines"), params=[MONTH]).pl()
        charged = charges(pools, done, usage)[MONTH]
        self.lines = line_costs(used, done, charged, names)

    def row(self, pool: str, activity: str) -> dict[str, Any]:
        at = (pl.col("pool_id") == pool) & (pl.col("activity_id") == activity)
        return self.allocation.filter(at).row(0, named=True)

    def charged(self) -> dict[str, Decimal]:
        """Return what each line pays in all."""
        return {row[0]: sum(row[1:], Decimal(0)) for row in self.lines.rows()}


@pytest.fixture(scope="module")
def hospitals(connection: duckdb.DuckDBPyConnection) -> Costed:
    names = sorted(POOLS)
    lines = {
        name: tuple(str(dict(zip(POOLS, used, strict=True))[pool]) for pool in names)
        for name, used in USED.items()
    }
    return Costed(connection, pools_of(POOLS), works(*POOLS), lines)


def test_the_rates_of_university_and_memorial_are_the_published_ones(hospitals: Costed) -> None:
    rates = {pool: hospitals.row(pool, pool)["rate_amount"] for pool in POOLS}
    assert rates == {"delivery": 84.0, "manual_order": 78.0, "edi_order": 17.0, "line": 1.5}


def test_the_margins_of_university_and_memorial_are_the_published_ones(hospitals: Costed) -> None:
    assert hospitals.charged() == {"University": 1935, "Memorial": 6489}
    margins = {k: REVENUE - COST_OF_GOODS - cost for k, cost in hospitals.charged().items()}
    assert margins == {"University": 725, "Memorial": -3829}


def test_capacity_that_nobody_used_is_reported_and_not_spread(hospitals: Costed) -> None:
    idle = hospitals.row("delivery", "(idle)")
    assert idle["idle_units"] == 5000 - 44
    assert idle["idle_amount"] == 420_000 - 44 * 84
    assert idle["excess_units"] == 0


def test_use_beyond_capacity_shares_the_cost_and_is_reported(
    connection: duckdb.DuckDBPyConnection,
) -> None:
    over = Costed(
        connection, pools_of({"desk": ("84000", "4000")}), works("desk"),
        {"a": ("1500",), "b": ("4500",)},
    )  # fmt: skip
    idle = over.row("desk", "(idle)")
    assert (idle["idle_amount"], idle["idle_units"], idle["excess_units"]) == (0, 0, 2000)
    assert over.row("desk", "desk")["rate_amount"] == 14
    assert over.charged() == {"a": 21_000, "b": 63_000}


def test_a_pool_without_activity_is_not_forced_upon_lines(
    connection: duckdb.DuckDBPyConnection,
) -> None:
    pools = pools_of({"desk": ("100", "10"), "rent": ("7000.01", None)})
    costed = Costed(connection, pools, works("desk"), {"a": ("1",)})
    rent = costed.row("rent", "(unallocated)")
    assert rent["unallocated_amount"] == Decimal("7000.01")
    assert rent["allocated_amount"] == rent["idle_amount"] == 0
    assert costed.charged() == {"a": 10}


def test_a_month_without_lines_leaves_the_pool_idle() -> None:
    usage = pl.DataFrame(
        schema={
            "month_start_date": pl.Date,
            "activity_id": pl.String,
            "used_units": pl.Decimal(38, 4),
        }
    )
    rows = allocation(pools_of({"desk": ("100", "10")}), works("desk"), usage)
    assert rows["idle_amount"].sum() == 100
    assert rows["unallocated_amount"].sum() == 0


amounts = st.decimals(0, 10**7, places=4)
capacities = st.decimals("0.0001", 10**5, places=4)
quantities = st.decimals(0, 10**4, places=4)
uses = st.lists(st.tuples(quantities, quantities), max_size=20)


@settings(max_examples=80)
@given(amounts, capacities, amounts, uses)
def test_allocated_idle_and_unallocated_add_up_to_each_pool(
    connection: duckdb.DuckDBPyConnection,
    cost: Decimal,
    capacity: Decimal,
    rent: Decimal,
    used: list[tuple[Decimal, Decimal]],
) -> None:
    """Whatever pools cost and can do, and however much is used: nothing, or beyond capacity."""
    pools = pools_of({"desk": (str(cost), str(capacity)), "rent": (str(rent), None)})
    lines = {f"{n:02d}": (str(first), str(second)) for n, (first, second) in enumerate(used)}
    costed = Costed(connection, pools, works("entering", "picking", pool="desk"), lines)
    parts = ("allocated_amount", "idle_amount", "unallocated_amount")
    for pool, total in (("desk", cost), ("rent", rent)):
        rows = costed.allocation.filter(pl.col("pool_id") == pool)
        assert sum((rows[name].sum() for name in parts), Decimal(0)) == total
        assert all(amount >= 0 for name in parts for amount in rows[name])
    for activity in ("entering", "picking"):
        charged = costed.lines[f"{activity}_amount"]
        assert sum(charged, Decimal(0)) == costed.row("desk", activity)["allocated_amount"]
        assert all(amount >= 0 for amount in charged)
    rate = cost / max(capacity, sum((a + b for a, b in used), Decimal(0)))
    for (first, second), amount in zip(used, costed.charged().values(), strict=True):
        assert abs(amount - (first + second) * rate) <= Decimal("0.0002")


@settings(max_examples=40)
@given(amounts, st.lists(quantities, min_size=1, max_size=9), quantities)
def test_volume_of_one_changes_no_rate_of_another_within_capacity(
    connection: duckdb.DuckDBPyConnection, cost: Decimal, others: list[Decimal], own: Decimal
) -> None:
    pools = pools_of({"desk": (str(cost), "200000")})
    lines = {f"{n:02d}": (str(used),) for n, used in enumerate(others)}
    before = Costed(connection, pools, works("desk"), {"own": (str(own),), **lines})
    after = Costed(connection, pools, works("desk"), {"own": (str(own),)})
    assert before.row("desk", "desk")["rate_amount"] == after.row("desk", "desk")["rate_amount"]
    assert abs(before.charged()["own"] - after.charged()["own"]) <= Decimal("0.0002")


def test_the_order_in_which_lines_arrive_changes_no_digit(
    connection: duckdb.DuckDBPyConnection,
) -> None:
    lines = {f"{n:03d}": (f"{n % 7}.3333",) for n in range(200)}
    pools = pools_of({"desk": ("1000", "777")})
    forth = Costed(connection, pools, works("desk"), lines)
    back = Costed(connection, pools, works("desk"), dict(reversed(lines.items())))
    assert forth.lines.equals(back.lines)


@pytest.mark.parametrize(
    ("pool", "used", "said"),
    [
        (("100", None), "1", "no practical capacity"),
        (("100", "0"), "1", "no practical capacity"),
        (("-1", "10"), "1", "negative cost"),
        (("100", "10"), "-1", "less than nothing"),
    ],
)
def test_what_cannot_be_costed_is_refused(
    connection: duckdb.DuckDBPyConnection, pool: tuple[str, str | None], used: str, said: str
) -> None:
    with pytest.raises(ValueError, match=said):
        Costed(connection, pools_of({"desk": pool}), works("desk"), {"a": (used,)})


def test_a_day_costs_the_365th_part_of_a_year() -> None:
    assert daily_rate(Decimal("0.073")) == Decimal("0.0002")
