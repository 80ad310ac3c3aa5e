"""Pools and equations on order lines: what is charged, what stays, and what is refused."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.orchestration.costing.costed_lines import (
    ENTERING,
    FEBRUARY,
    FREIGHT,
    JANUARY,
    Row,
    costed,
)
from workspace.errors import TierwiseError

PARTS = "allocated_amount + idle_amount + unallocated_amount"


def test_a_line_pays_for_what_it_used_and_the_rest_is_idle(tmp_path: Path) -> None:
    lines: list[Row] = [{}, {"orders": 0}, {"orders": 1, "sales_lines": 0, "cancelled_lines": 1}]
    with costed(tmp_path, lines=lines) as night:
        assert list(night.lines("order_processing_amount").values()) == [24, 4, 20]
        assert night.rows(
            "select activity_id, element, driver, approver, approved_date, used_units, idle_units, "
            "rate_amount, allocated_amount, idle_amount from features.activity_cost_allocation "
            "order by activity_id desc"
        ) == [
            ("entering", "order_processing", "orders", "controlling", JANUARY, 24, None, 2, 48, 0),
            ("(idle)", None, None, None, None, None, 476, 2, 0, 952),
        ]


@pytest.mark.requirement("S1.M7.B2")
def test_volume_of_one_segment_changes_nothing_that_another_pays(tmp_path: Path) -> None:
    """Two segments, of which the second doubles its orders; the pool has capacity for both."""
    first: list[Row] = [{"customer_id": "a"}, {"customer_id": "a", "orders": 0}]
    second: list[Row] = [{"customer_id": "b"}, {"customer_id": "b", "sales_lines": 3}]
    rent: Row = {"pool_id": "rent", "practical_capacity_units": None}
    pools: list[Row] = [{"cost_amount": "333.33"}, rent]
    paid = []
    for lines in (first + second, first + second * 2):
        with costed(tmp_path, lines=lines, pools=pools) as night:
            assert night.rows(
                f"select pool_id, sum({PARTS}) from features.activity_cost_allocation "
                "group by all order by all"
            ) == [("desk", Decimal("333.33")), ("rent", 1_000)]
            amounts = "allocated_amount, idle_amount, unallocated_amount"
            least = f"select min(least({amounts})) from features.activity_cost_allocation"
            assert night.rows(least) == [(0,)]
            rate = night.rows(
                "select rate_amount from features.activity_cost_allocation "
                "where activity_id = 'entering'"
            )
            charged = night.lines("order_processing_amount")
            assert min(charged.values()) >= 0
            paid.append((rate, charged["e:0:1"], charged["e:1:1"]))
    assert paid[0] == paid[1]


def test_lines_of_different_months_pay_the_rates_of_their_months(tmp_path: Path) -> None:
    pools = [{}, {"month_start_date": FEBRUARY, "cost_amount": 3_000}]
    with costed(tmp_path, lines=[{}, {"month_start_date": FEBRUARY}], pools=pools) as night:
        assert list(night.lines("order_processing_amount").values()) == [24, 72]


def test_without_an_agreement_nothing_is_charged_and_all_is_unallocated(tmp_path: Path) -> None:
    lines = [{"freight_amount": 7, "premium_freight_amount": 2}]
    with costed(tmp_path, agreed=None, lines=lines) as night:
        assert night.lines("credit_amount") == {}
        assert night.total("unallocated_amount") == 1_009
        assert night.total("allocated_amount") == night.total("idle_amount") == 0


def test_a_pool_month_in_which_nobody_worked_is_idle(tmp_path: Path) -> None:
    with costed(tmp_path, pools=[{}, {"month_start_date": FEBRUARY}]) as night:
        assert night.total("idle_amount", f"month_start_date = date '{FEBRUARY}'") == 1_000


def test_a_pool_that_no_activity_uses_is_unallocated(tmp_path: Path) -> None:
    rent = {"pool_id": "rent", "cost_amount": 70, "practical_capacity_units": None}
    with costed(tmp_path, pools=[{}, rent]) as night:
        assert night.total("unallocated_amount", "pool_id = 'rent'") == 70
        assert night.total(PARTS) == 1_070


def test_freight_is_charged_as_agreed_and_what_nobody_knows_stays(tmp_path: Path) -> None:
    lines = [{"freight_amount": 7}, {"freight_amount": 3, "premium_freight_amount": 40}]
    legs: list[Row] = [
        {"leg_key": "e:1", "leg_date": date(2026, 1, 20), "freight_amount": 9},
        {"leg_key": "e:2", "leg_date": date(2025, 12, 31), "freight_amount": 800},
    ]
    agreed = ENTERING + FREIGHT.format(name="freight")
    with costed(tmp_path, agreed=agreed, lines=lines, legs=legs) as night:
        assert list(night.lines("freight_amount").values()) == [7, 3]
        assert list(night.lines("premium_freight_amount").values()) == [0, 0]
        assert night.rows(
            "select activity_id, allocated_amount, unallocated_amount, pool_amount, line_count "
            "from features.activity_cost_allocation where pool_id = '(freight)' order by all"
        ) == [("(unallocated)", 0, 49, 59, None), ("freight", 10, 0, 59, 2)]
    both = agreed + FREIGHT.format(name="premium_freight")
    with costed(tmp_path, agreed=both, lines=lines, legs=legs) as night:
        assert list(night.lines("premium_freight_amount").values()) == [0, 40]
        assert night.total("unallocated_amount") == 9


def test_credit_is_revenue_by_days_and_a_return_takes_its_own_back(tmp_path: Path) -> None:
    agreed = "credit: {yearly_rate: 0.073, driver: days, approver: t, approved: 2026-01-01}\n"
    lines = [{"payment_days": 30}, {"payment_days": 30, "revenue_amount": -100}, {}]
    with costed(tmp_path, agreed=agreed, lines=lines) as night:
        assert list(night.lines("credit_amount").values()) == [
            Decimal("0.6000"),
            Decimal("-0.6000"),
            0,
        ]


def test_what_is_not_known_of_a_line_counts_as_no_work(tmp_path: Path) -> None:
    equation = ENTERING.replace("10 * orders + 2 * sales_lines", "3 * stated_units")
    condition = equation + "    where: order_channel = 'manual'\n"
    lines: list[Row] = [
        {"order_channel": "manual", "stated_units": 2},
        {"order_channel": None},
        {"order_channel": "manual", "stated_units": None},
    ]
    with costed(tmp_path, agreed=condition, lines=lines) as night:
        assert list(night.lines("order_processing_amount").values()) == [12, 0, 0]


@pytest.mark.parametrize(
    ("pool", "code", "said"),
    [
        ({"pool_id": "dusk"}, "COST_POOL", "No pool `desk` is delivered. Did you mean `dusk`?"),
        ({"month_start_date": FEBRUARY}, "COST_POOL", "desk has no cost for 2026-01"),
        (
            {"practical_capacity_units": None},
            "COST_POOL",
            "desk has no practical capacity in 2026-01",
        ),
        ({"capacity_unit": "hours"}, "COST_POOL", "desk is counted in hours in 2026-01"),
        ({"capacity_unit": None}, "COST_POOL", "nothing that is named"),
        ({"capacity_unit_count": 2}, "COST_POOL", "desk is counted in minutes"),
    ],
)
def test_a_pool_that_does_not_do_holds_the_night(
    tmp_path: Path, pool: Row, code: str, said: str
) -> None:
    with pytest.raises(TierwiseError) as raised, costed(tmp_path, pools=[pool]):
        pass
    assert (raised.value.code, int(raised.value.exit)) == (code, 3)
    assert said in raised.value.cause
    assert "costing.yml:2" in raised.value.place


def test_an_equation_that_takes_less_than_nothing_holds_the_night(tmp_path: Path) -> None:
    agreed = ENTERING.replace("10 * orders", "10 * orders - 30 * return_lines")
    lines: list[Row] = [{}, {"return_lines": 1}]
    with pytest.raises(TierwiseError) as raised, costed(tmp_path, agreed=agreed, lines=lines):
        pass
    assert (raised.value.code, int(raised.value.exit)) == ("COST_EQUATION", 3)
    assert "less than nothing: 1, e:1:1 the first" in raised.value.cause


work = st.tuples(
    st.sampled_from([JANUARY, FEBRUARY]), st.integers(0, 3), st.integers(0, 9), st.integers(0, 2)
)


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    st.lists(work, max_size=12),
    st.decimals(0, 10**6, places=2),
    st.decimals("0.01", 10**3, places=2),
)
def test_lines_idle_and_unallocated_are_the_pools_to_the_last_digit(
    tmp_path: Path, done: list[tuple[date, int, int, int]], cost: Decimal, capacity: Decimal
) -> None:
    """Whatever is ordered and sent back, with two activities on one pool, in two months."""
    back = (
        ENTERING.replace("entering", "taking_back")
        .replace("order_processing", "returns_handling")
        .replace("10 * orders + 2 * sales_lines", "7.25 * return_lines")
        .removeprefix("activities:\n")
    )
    lines = [
        {"month_start_date": m, "orders": o, "sales_lines": s, "return_lines": r}
        for m, o, s, r in done
    ]
    desk = {"cost_amount": cost, "practical_capacity_units": capacity}
    rent = {"pool_id": "rent", "cost_amount": 5, "practical_capacity_units": None}
    pools = [
        {**pool, "month_start_date": month}
        for month in (JANUARY, FEBRUARY)
        for pool in (desk, rent)
    ]
    with costed(tmp_path, agreed=ENTERING + back, lines=lines, pools=pools) as night:
        by_pool = night.rows(
            f"select pool_id, sum({PARTS}), min(allocated_amount), min(idle_amount), "
            "min(unallocated_amount), min(excess_units) from features.activity_cost_allocation "
            "group by pool_id, month_start_date order by all"
        )
        assert [(pool, parts) for pool, parts, *_ in by_pool] == [
            ("desk", cost), ("desk", cost), ("rent", 5), ("rent", 5),
        ]  # fmt: skip
        assert all(least >= 0 for *_, a, b, c, _ in by_pool for least in (a, b, c))
        for element in ("order_processing", "returns_handling"):
            charged = night.lines(f"{element}_amount").values()
            assert all(amount >= 0 for amount in charged)
            allocated = night.total("allocated_amount", f"element = '{element}'") or 0
            assert sum(charged, Decimal(0)) == allocated
