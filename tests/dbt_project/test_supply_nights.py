"""Supply over three nights: what is measured, who counts as a source, and what was known when."""

from __future__ import annotations

import statistics

import duckdb
import pytest

from models.supply.geography import INDICES
from tests.dbt_project.conftest import Builder
from tests.dbt_project.supply_nights import (
    APRIL,
    CANCELLED,
    MARCH,
    ORDERS,
    OVERDUE,
    SIGNALS,
    Measured,
    delivered,
    measured,
    ordered,
)


@pytest.fixture(scope="module")
def march(builder: Builder) -> Measured:
    orders = ordered([*ORDERS, CANCELLED, OVERDUE], cancelled=[len(ORDERS)])
    known = [row for row in SIGNALS if row["value_date"] <= MARCH]
    return measured(builder, delivered(MARCH, orders, known))


@pytest.fixture(scope="module")
def april(builder: Builder, march: Measured) -> Measured:
    return measured(builder, delivered(APRIL, ordered(ORDERS)), march.file)


@pytest.mark.requirement("S4.M3.B2")
def test_supply_is_profiled_by_the_receipts_of_orders_that_stand_and_by_those_still_open(
    march: Measured, april: Measured
) -> None:
    by_april = april.profile["P1"]
    assert by_april["source_hhi_ratio"] == 1
    assert by_april["lead_time_sd_days"] == pytest.approx(statistics.stdev([10, 17, 30]))
    # In March an order was open for 71 days, past its day; one that was cancelled says nothing.
    overdue = march.profile["P1"]
    assert (overdue["receipt_count"], overdue["open_line_count"]) == (3, 1)
    assert overdue["lead_time_unresolved_rate"] == pytest.approx(0.25)
    assert overdue["lead_time_mean_days"] == pytest.approx((10 + 17 + 30 + 30) / 4)
    assert overdue["otif_rate"] == pytest.approx(2 / 4)


def test_calendar_days_and_working_days_of_a_receipt_lead_to_one_day(march: Measured) -> None:
    with duckdb.connect(str(march.file), read_only=True) as connection:
        wrong = connection.sql(
            """
            select * from features.int_supply_portions as p
            where p.business_days != (
                select count(*) from facts.dim_business_day as d
                where d.business_calendar_id = 'default' and d.is_business_day
                    and d.calendar_date > p.order_date
                    and d.calendar_date <= p.order_date + cast(p.calendar_days as integer)
            )
            """
        ).fetchall()
    assert wrong == []
    found = march.profile["P2"]
    assert (found["lead_time_mean_days"], found["lead_time_mean_business_days"]) == (28.5, 20.75)


@pytest.mark.requirement("S2.M9.B3")
def test_an_item_has_its_sources_record_by_volume_until_they_change_on_their_date(
    march: Measured, april: Measured
) -> None:
    both = march.profile["P2"]
    # 60 units of V, who took 15 days, and 40 of W, who took 42 and was late.
    assert both["source_lead_time_days"] == pytest.approx(0.6 * 15 + 0.4 * 42)
    assert both["source_otif_rate"] == pytest.approx(0.6)
    assert (both["source_supplier_id"], both["possible_source_count"]) == ("V", 2)
    switched = april.profile["P2"]
    assert (switched["source_lead_time_days"], switched["source_otif_rate"]) == (42, 0)
    assert (switched["source_supplier_id"], switched["supplier_id"]) == ("W", "W")
    assert (switched["is_sole_source"], switched["source_hhi_ratio"]) == (True, 1)
    assert switched["lead_time_mean_days"] == 42
    # P3 is ordered from a trader; the record is that of the one who makes it.
    made = march.profile["P3"]
    assert (made["supplier_id"], made["source_supplier_id"]) == ("T", "W")
    assert made["source_lead_time_days"] == 55
    # P4 has had no receipts: V's on other products stand in, and it says so.
    fallback = march.profile["P4"]
    assert fallback["source_grade"] == "source receipts"
    assert (fallback["lead_time_source"], fallback["lead_time_mean_days"]) == ("planned", 33)


def test_a_product_of_parts_has_levels_and_the_others_have_none(march: Measured) -> None:
    levels = {
        code: (row["process_level_count"], row["component_count"])
        for code, row in march.profile.items()
    }
    assert levels == {**dict.fromkeys(("P1", "P2", "P3", "P4"), (0, 0)), "P5": (1, 2)}


@pytest.mark.requirement("S3.M4.B7")
def test_a_newer_vintage_of_risk_alters_no_past_score_and_what_is_missing_comes_from_above(
    builder: Builder, march: Measured, april: Measured
) -> None:
    for night in (march, april):
        for row in night.risks:
            shares = [row[f"{name}_share_ratio"] or 0 for name in INDICES]
            assert 0 <= row["score_ratio"] <= 1
            assert sum(shares) == pytest.approx(row["score_ratio"], abs=1e-11)
    # Of China nobody knows anything: it has the score of the world, and says so.
    then = march.risk_on(MARCH)
    assert then["CN"][0] == then["world"][0]
    assert (then["CN"][1], then["SE"][1]) == ("parent", "partly")
    # In April a newer vintage is known. What March knew is what it was, also to a backfill of March
    # that is given everything published since.
    assert april.risk_on(MARCH) == then
    assert april.risk_on(APRIL)["DE"][0] > then["DE"][0]
    orders = ordered([*ORDERS, CANCELLED, OVERDUE], cancelled=[len(ORDERS)])
    again = measured(builder, delivered(MARCH, orders))
    assert again.risk_on(MARCH) == then
