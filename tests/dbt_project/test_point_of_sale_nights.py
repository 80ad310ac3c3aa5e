"""Point of sale is used where it is complete and foresees orders, and nowhere else."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from itertools import pairwise
from random import Random
from typing import Any

import duckdb
import pytest

from models.demand.point_of_sale import PointOfSale
from orchestration.defs.point_of_sale import found
from tests.dbt_project.conftest import Builder, BuiltNight
from tests.dbt_project.delivered_nights import NORTH, RATES, Delivery, Rows
from workspace.config.outside_data import Channel, PointOfSaleSettings

MONDAYS = [date(2026, 3, 23) - timedelta(weeks=week) for week in range(60)][::-1]
STORES = {"corner": 5, "grocer": 5, "kiosk": 5}
REPORTING = {"corner": 5, "grocer": 5, "kiosk": 3}
PRODUCTS, LOT = ("P1", "P2"), 200
CUSTOMERS = [
    {"customer_id": f"C-{channel}", "customer_name": channel.title(), "customer_group": channel}
    for channel in STORES
]
TRUST = PointOfSaleSettings(
    maximum_reconciliation_gap_rate=1,
    minimum_reliability_score=0,
    channels={
        name: Channel(customer_group=name, store_count=stores) for name, stores in STORES.items()
    },
)
FEATURES = "select table_name from information_schema.tables where table_schema = 'features'"


def bought_by_consumers(chance: Random, channel: str) -> dict[tuple[str, date], int]:
    """Return units by product and week: a level that wanders, and for the corner shops chance."""
    units: dict[tuple[str, date], int] = {}
    for product in PRODUCTS:
        mean = 60.0
        for monday in MONDAYS:
            mean = min(max(mean * chance.uniform(0.85, 1.18), 15), 400)
            is_told = channel != "corner"
            units[product, monday] = round(mean if is_told else chance.expovariate(1 / 60))
    return units


def ordered(chance: Random, sold: dict[tuple[str, date], int], channel: str) -> Rows:
    """Return order lines: in lots for what was sold the week before, or at random."""
    rows: list[dict[str, Any]] = []
    for product in PRODUCTS:
        owed = 0
        for before, monday in pairwise(MONDAYS):
            told = channel != "corner"
            owed += sold[product, before] if told else round(chance.expovariate(1 / 60))
            lots, owed = divmod(owed, LOT)
            if lots:
                rows.append(
                    {"order_id": f"{channel}-{product}-{monday}", "line_number": "1",
                     "customer_id": f"C-{channel}",
                     "product_id": product, "quantity_units": lots * LOT,
                     "net_amount": lots * LOT, "order_date": monday, "requested_date": monday}
                )  # fmt: skip
    return rows


def reported(sold: dict[tuple[str, date], int], channel: str) -> Rows:
    """Return what the stores that report say, each a fifth of what the channel has sold."""
    return [
        {"channel_id": channel, "store_id": str(store), "product_id": product,
         "sales_date": monday + timedelta(days=5), "sold_units": units / STORES[channel]}
        for (product, monday), units in sold.items()
        for store in range(REPORTING[channel])
    ]  # fmt: skip


def built(builder: Builder, *reporting: str) -> BuiltNight:
    """Build a night in which every channel orders, and some report."""
    lines: list[Mapping[str, Any]] = []
    sales: list[Mapping[str, Any]] = []
    for channel in STORES:
        chance = Random(channel)
        sold = bought_by_consumers(chance, channel)
        lines += ordered(chance, sold, channel)
        if channel in reporting:
            sales += reported(sold, channel)
    products = [{"product_id": name, "product_name": name} for name in PRODUCTS]
    north = {
        **NORTH, "customers": CUSTOMERS, "products": products, "order_lines": lines,
        "pos_sales": sales,
    }  # fmt: skip
    delivery = Delivery(rows={"north": north, "rates": {"fx_rates": RATES}}, point_of_sale=TRUST)
    night = builder.build(delivery, "--exclude-resource-type", "unit_test")
    assert night.has_passed, night.log
    return night


def used(night: BuiltNight) -> PointOfSale:
    with duckdb.connect(str(night.file), read_only=True) as connection:
        return found(connection)


@pytest.mark.requirement("S1.M2.B5")
def test_a_channel_is_blended_when_it_is_complete_and_lowers_the_error_of_the_backtest(
    builder: Builder,
) -> None:
    night = built(builder, *STORES)
    excluded = night.rows(
        "select channel_id, coverage_rate, exclusion_reason from facts.fct_pos_channel "
        "where not is_included"
    )
    assert [row[:2] for row in excluded] == [("kiosk", 0.6)]
    assert "coverage of stores and weeks is 60 %" in excluded[0][2]

    # What the kiosks report changes no feature, to the last bit.
    without = built(builder, "corner", "grocer")
    tables = [*(f"features.{name}" for (name,) in night.rows(FEATURES)), "facts.fct_demand_weekly"]
    assert "features.int_point_of_sale_weeks" in tables
    for table in tables:
        rows = f"select * from {table} order by all"
        assert night.rows(rows) == without.rows(rows), table
    found_with, found_without = used(night), used(without)
    assert found_with.channels.equals(found_without.channels)
    assert found_with.products.equals(found_without.products)

    # The grocers' stores foresee what the grocers order; the corner shops' do not.
    corner, grocer = found_with.channels.to_dicts()
    assert (corner["channel_id"], grocer["channel_id"]) == ("corner", "grocer")
    assert (grocer["is_used"], corner["is_used"]) == (True, False)
    assert grocer["blended_wape_rate"] < grocer["orders_wape_rate"]
    assert corner["advantage_p_value"] >= 0.05
    switched_off = found_with.products.filter(channel_id="corner")
    assert switched_off["expected_weekly_units"].equals(switched_off["ordered_level_units"])
