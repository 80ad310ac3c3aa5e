"""Signals and point of sale: what a decision of a day may know, and whose reports are used."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

import pytest

from tests.dbt_project.conftest import Builder, BuiltNight
from tests.dbt_project.delivered_nights import NORTH, RATES, Delivery, Rows
from workspace.config.outside_data import Channel, PointOfSaleSettings, SignalSettings

BUSINESS_DATE = date(2026, 3, 31)
SIGNALS = ("--select", "stg_external_signals", "fct_external_signal")
ALL_BUT_UNIT_TESTS = ("--exclude-resource-type", "unit_test")
Subject = tuple[str, str, str]


def published(chance: Random, subject: int) -> dict[str, Any]:
    """Return one value: for a day before or after it is published, known by now or not."""
    day = BUSINESS_DATE - timedelta(days=chance.randrange(-5, 60))
    return {
        "signal_name": chance.choice(["growth", "risk"]),
        "subject_type": "supplier",
        "subject_key": f"V{subject}",
        "signal_value": chance.randrange(1_000),
        "value_date": day + timedelta(days=chance.randrange(-20, 10)),
        "published_at": datetime.combine(day, datetime.min.time())
        + timedelta(minutes=chance.randrange(1_440)),
    }


@pytest.fixture(scope="module")
def values() -> Rows:
    """Return values of forty subjects in no order: late ones, early ones, revisions."""
    chance = Random(2026)
    rows = {}
    for _ in range(600):
        row = published(chance, chance.randrange(20))
        parts = ("signal_name", "subject_key", "value_date", "published_at")
        rows[tuple(row[part] for part in parts)] = row
    return list(rows.values())


def night_of(values: Rows, **changes: Any) -> Delivery:
    return replace(Delivery(), rows={"market": {"external_signals": values}}, **changes)


@pytest.fixture(scope="module")
def with_signals(builder: Builder, values: Rows) -> BuiltNight:
    return builder.build(night_of(values), *SIGNALS, *ALL_BUT_UNIT_TESTS)


@pytest.fixture(scope="module")
def without_provider(builder: Builder, with_signals: BuiltNight) -> BuiltNight:
    """Five weeks later the provider delivers nothing; risk may be relied upon for longer."""
    settings = SignalSettings(time_to_live_days=30, by_signal={"risk": 60})
    delivery = night_of([], business_date=BUSINESS_DATE + timedelta(days=35), signals=settings)
    return builder.build(delivery, *SIGNALS, *ALL_BUT_UNIT_TESTS, previous=with_signals.file)


def newest_known(values: Rows, day: date) -> dict[Subject, Mapping[str, Any]]:
    """Return for each subject the value that a decision of a day would look up by hand."""
    found: dict[Subject, Mapping[str, Any]] = {}
    for row in sorted(values, key=lambda row: (row["value_date"], row["published_at"])):
        if max(row["value_date"], row["published_at"].date()) <= day:
            found[row["signal_name"], row["subject_type"], row["subject_key"]] = row
    return found


def test_a_decision_of_any_day_sees_the_newest_value_it_could_know(
    with_signals: BuiltNight, values: Rows
) -> None:
    assert with_signals.has_passed, with_signals.log
    for age in range(0, 70, 3):
        day = BUSINESS_DATE - timedelta(days=age)
        joined = with_signals.rows(
            "select signal_name, subject_type, subject_key, signal_value, value_date, published_at "
            f"from facts.fct_external_signal where valid_from <= date '{day}' "
            f"and (valid_to is null or date '{day}' < valid_to)"
        )
        assert all(max(row[4], row[5].date()) <= day for row in joined)
        assert {row[:3]: (int(row[3]), row[4]) for row in joined} == {
            subject: (row["signal_value"], row["value_date"])
            for subject, row in newest_known(values, day).items()
        }
        assert len({row[:3] for row in joined}) == len(joined)


def test_without_the_provider_the_values_stay_and_old_ones_are_stale(
    with_signals: BuiltNight, without_provider: BuiltNight
) -> None:
    assert without_provider.has_passed, without_provider.log
    stayed = (
        "select signal_name, subject_key, valid_from, signal_value "
        "from facts.fct_external_signal order by all"
    )
    assert without_provider.rows(stayed) == with_signals.rows(stayed)
    rows = without_provider.rows(
        "select signal_name, valid_from, signal_stale from facts.fct_external_signal "
        "where is_in_force and not is_delivered"
    )
    lives = {"growth": 30, "risk": 60}
    today = BUSINESS_DATE + timedelta(days=35)
    assert {stale for _, _, stale in rows} == {True, False}
    for name, valid_from, stale in rows:
        assert stale == ((today - valid_from).days > lives[name])


def test_only_the_value_in_force_can_be_stale(without_provider: BuiltNight) -> None:
    assert (
        without_provider.rows(
            "select * from facts.fct_external_signal where signal_stale and not is_in_force"
        )
        == []
    )


GROCERS = [
    {"customer_id": "C1", "customer_name": "Acme", "customer_group": "GROCERS"},
    {"customer_id": "C2", "customer_name": "Bolt", "customer_group": "KIOSKS"},
]
LINES = [
    {"line_number": str(n), "customer_id": customer, "product_id": "P1", "quantity_units": 60,
     "net_amount": 600, "order_date": date(2026, 3, 20)}
    for n, customer in enumerate(("C1", "C2"), start=1)
]  # fmt: skip
TRUST = PointOfSaleSettings(
    window_weeks=2,
    channels={
        "grocer": Channel(customer_group="GROCERS", store_count=2),
        "kiosk": Channel(customer_group="KIOSKS", store_count=5),
    },
)


def sold(channel: str, stores: int) -> Rows:
    """Return what stores of a channel report: two weeks that add up to what was sold in."""
    return [
        {"channel_id": channel, "store_id": str(store), "product_id": "P1", "sales_date": day,
         "sold_units": 30 / stores}
        for store in range(stores)
        for day in (date(2026, 3, 20), date(2026, 3, 30))
    ]  # fmt: skip


def pos_night(builder: Builder, sales: Rows) -> BuiltNight:
    north = {**NORTH, "customers": GROCERS, "order_lines": LINES, "pos_sales": sales}
    delivery = Delivery(rows={"north": north, "rates": {"fx_rates": RATES}}, point_of_sale=TRUST)
    return builder.build(delivery, *ALL_BUT_UNIT_TESTS)


@pytest.fixture(scope="module")
def both_channels(builder: Builder) -> BuiltNight:
    """The grocer's stores all report; two of the kiosk's five do not."""
    return pos_night(builder, [*sold("grocer", 2), *sold("kiosk", 3)])


def test_a_channel_without_forty_percent_of_its_stores_is_excluded_with_its_reason(
    both_channels: BuiltNight,
) -> None:
    assert both_channels.has_passed, both_channels.log
    missing = "coverage of stores and weeks is 60 %, at least 90 % is needed"
    low = "the score is 60 %, at least 70 % is needed"
    assert both_channels.rows(
        "select channel_id, coverage_rate, reconciliation_ratio, is_included, exclusion_reason "
        "from facts.fct_pos_channel order by all"
    ) == [
        ("grocer", 1.0, 1.0, True, None),
        ("kiosk", 0.6, 1.0, False, f"{missing}; {low}"),
    ]
    weekly = "select distinct channel_id from facts.fct_pos_sales_weekly"
    assert both_channels.rows(weekly) == [("grocer",)]


def test_what_is_excluded_leaves_every_other_table_as_it_is_without_it(
    builder: Builder, both_channels: BuiltNight
) -> None:
    alone = pos_night(builder, sold("grocer", 2))
    tables = [
        f"{schema}.{table}"
        for schema, table in both_channels.rows(
            "select table_schema, table_name from information_schema.tables "
            "where table_schema in ('facts', 'features', 'golden', 'hierarchies')"
        )
    ]
    knowing = {"facts.fct_pos_channel", "facts.int_pos_sales_resolved"}
    assert {"features.feat_item_value", "facts.fct_demand_weekly"} <= set(tables)
    for table in set(tables) - knowing:
        rows = f"select * from {table} order by all"
        assert alone.rows(rows) == both_channels.rows(rows), table
