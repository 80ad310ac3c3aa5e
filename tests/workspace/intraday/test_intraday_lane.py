from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from tests.workspace.intraday.lane_company import (
    FIRST,
    MORNING,
    LaneCompany,
    june,
    lane_company,
    orders,
)
from tests.workspace.small_company import Company
from workspace.archive import sha256_of
from workspace.intraday.store import arrivals

TUESDAY = june(30)


@pytest.fixture
def lane(company: Company) -> LaneCompany:
    """Return the company after the night of 29 June, with one order line published."""
    made = lane_company(company)
    made.open(orders(29, "O1,1,C1,P1,2026-06-29,3"))
    made.night(FIRST)
    return made


def test_an_event_file_is_a_signal_after_the_next_look(lane: LaneCompany) -> None:
    assert lane.look(TUESDAY).signal_count == 0
    lane.open(orders(30, "O2,1,C1,P1,2026-06-30,5,2026-06-30"))
    found = lane.look(TUESDAY)
    assert [(file["file_name"], file["record_count"]) for file in found.files] == [
        ("orders_2026-06-30.csv", 1)
    ]
    (signal,) = lane.signals()
    assert (signal["product_id"], signal["site_id"]) == ("p-P1", "s-S1")
    assert (signal["ordered_units"], signal["available_units"]) == (Decimal(5), Decimal(5))
    assert (signal["event_count"], signal["pending_count"], signal["late_count"]) == (1, 1, 0)
    assert (signal["watermark_date"], signal["first_event_date"]) == (FIRST, TUESDAY)
    assert signal["is_provisional"]


@pytest.mark.parametrize(
    ("units", "flags"), [(7, (False, False)), (8, (True, False)), (10, (True, True))]
)
def test_flags_rise_at_twice_the_weekly_mean_and_at_the_last_unit(
    lane: LaneCompany, units: int, flags: tuple[bool, bool]
) -> None:
    lane.open(orders(30, f"O2,1,C1,P1,2026-06-30,{units}"))
    found = lane.look(TUESDAY)
    (signal,) = lane.signals()
    assert (signal["is_order_spike"], signal["is_stock_out"]) == flags
    assert signal["order_spike_limit_units"] == 8
    assert found.flags == {
        "is_order_spike": int(flags[0]),
        "is_stock_out": int(flags[1]),
        "is_late_shipment": 0,
    }


def test_the_limit_of_a_spike_is_a_setting(lane: LaneCompany) -> None:
    eager = LaneCompany(
        company=lane.company.configure(
            "workspace.yml",
            ("business_date:", "intraday: {order_spike_ratio: 0.5}\nbusiness_date:"),
        )
    )
    eager.open(orders(30, "O2,1,C1,P1,2026-06-30,2"))
    assert eager.look(TUESDAY).flags["is_order_spike"] == 1


def test_what_shipped_late_or_should_have_is_a_late_shipment(lane: LaneCompany) -> None:
    lane.open(
        orders(
            30,
            "O2,1,C1,P1,2026-06-28,1,2026-06-29",
            "O3,1,C1,P1,2026-06-28,1,2026-06-28,2026-06-29",
            "O4,1,C1,P1,2026-06-28,1,2026-06-28,2026-06-28",
            "O5,1,C1,P1,2026-06-28,1,2026-06-28,,true",
            "O6,1,C1,P1,2026-06-28,1,2026-06-30",
        )
    )
    lane.look(TUESDAY)
    (signal,) = lane.signals()
    assert (signal["late_line_count"], signal["is_late_shipment"]) == (2, True)
    assert signal["ordered_units"] == Decimal(4)  # the cancelled line is none
    assert signal["available_units"] == Decimal(8)  # two have shipped


def test_what_the_release_has_of_a_line_is_no_new_demand(lane: LaneCompany) -> None:
    lane.open(orders(30, "O1,1,C1,P1,2026-06-29,5"))
    lane.look(TUESDAY)
    (signal,) = lane.signals()
    assert signal["ordered_units"] == Decimal(2)
    assert (signal["late_count"], signal["restated_from_date"]) == (1, FIRST)


def test_a_night_that_reads_the_file_clears_the_flags(lane: LaneCompany) -> None:
    lane.open(orders(30, "O2,1,C1,P1,2026-06-30,50"))
    assert lane.look(TUESDAY).flags["is_order_spike"] == 1
    lane.night(TUESDAY)
    found = lane.look(june(31))
    assert (found.files, found.signal_count) == ((), 0)


def test_flags_stay_until_no_late_file_may_change_their_day(company: Company) -> None:
    lane = lane_company(company, lateness=1)
    lane.open(orders(29, "O1,1,C1,P1,2026-06-29,3"))
    lane.night(FIRST)
    lane.open(orders(30, "O2,1,C1,P1,2026-06-30,50"))
    counts = []
    for night in (TUESDAY, june(31)):
        lane.look(night)
        open_events = {row["first_event_date"]: row["pending_count"] for row in lane.signals()}
        counts.append(open_events)
        lane.night(night)
        lane.open(orders(june(31), "O3,1,C1,P2,2026-07-01,1"))
    # First the day before is open too; then only Tuesday, whose records the night has.
    assert counts == [{FIRST: 1}, {TUESDAY: 0, june(31): 1}]
    lane.look(june(32))
    assert [row["product_id"] for row in lane.signals()] == ["p-P2"]


def test_the_order_of_arrival_changes_no_signal(tmp_path: Path) -> None:
    files = [
        orders(30, "O2,1,C1,P1,2026-06-30,5", part="_0800"),
        orders(30, "O2,1,C1,P1,2026-06-30,7", "O3,1,C2,P2,2026-06-30,1", part="_0900"),
        orders(30, "O4,1,C1,P1,2026-06-28,2", part="_1000"),
    ]
    found = []
    for name, order in (("sorted", files), ("shuffled", [files[2], files[0], files[1]])):
        lane = lane_company(Company(root=tmp_path / name))
        lane.open(orders(29, "O1,1,C1,P1,2026-06-29,3"))
        lane.night(FIRST)
        for file in order:
            lane.open(file)
            lane.look(TUESDAY)
        found.append([row | {"release_id": ""} for row in lane.signals()])
    assert found[0] == found[1]
    assert [row["ordered_units"] for row in found[0]] == [Decimal(9), Decimal(1)]


def test_no_release_and_no_part_of_the_night_changes(lane: LaneCompany) -> None:
    root = lane.company.root
    lane.open(orders(30, "O2,1,C1,P1,2026-06-30,5"))

    def kept() -> dict[str, str]:
        files = [*root.rglob("releases/**/*"), *root.rglob("landed/**/*"), root / "CURRENT"]
        mine = [f for f in files if f.is_file() and "intraday" not in f.relative_to(root).parts]
        return {str(file): sha256_of(file) for file in mine}

    before = kept()
    lane.look(TUESDAY)
    assert kept() == before
    assert (root / "archive").is_dir()


def test_records_that_cannot_be_placed_are_left_out_by_the_nights_codes(lane: LaneCompany) -> None:
    lane.open(
        orders(
            30,
            "O2,1,C1,P9,2026-06-30,5",
            "O3,1,C1,P1,2026-06-30,many",
            "O4,1,C1,P1,2026-07-15,5",
            "O5,1,C1,P1,2026-06-30,5",
        )
    )
    found = lane.look(TUESDAY)
    assert lane.quarantine() == [
        (1, "ROW_ORPHAN", "product_id"),
        (2, "ROW_TYPE", "units"),
        (3, "ROW_DATE_FUTURE", "order_date"),
    ]
    assert (found.files[0]["record_count"], found.files[0]["quarantined_count"]) == (4, 3)


def test_a_file_that_cannot_be_read_keeps_no_other_waiting(lane: LaneCompany) -> None:
    lane.open({"erp/orders_2026-06-30_a.csv": "%PDF-1.7 nothing to see"})
    lane.open(orders(30, "O2,1,C1,P1,2026-06-30,5", part="_b"))
    found = lane.look(TUESDAY)
    assert [(file["status"], file["code"]) for file in found.refused] == [("refused", "FILE_TYPE")]
    assert found.signal_count == 1


def test_arrivals_are_kept_from_the_first_look_on(lane: LaneCompany) -> None:
    lane.open(orders(30, "O2,1,C1,P1,2026-06-30,5"))
    lane.look(TUESDAY)
    again = lane.look(TUESDAY, MORNING + timedelta(hours=1))
    assert again.new_file_count == 0
    assert list(arrivals(lane.open()).values()) == [MORNING]
    (signal,) = lane.signals()
    assert signal["last_arrived_at"] == MORNING.replace(tzinfo=None)


def test_a_torn_line_of_arrivals_is_passed_over(lane: LaneCompany) -> None:
    lane.open(orders(30, "O2,1,C1,P1,2026-06-30,5"))
    lane.look(TUESDAY)
    book = lane.company.root / "intraday" / "arrivals.jsonl"
    book.write_bytes(book.read_bytes()[:-9])
    later = MORNING + timedelta(minutes=5)
    lane.look(TUESDAY, later)
    assert list(arrivals(lane.open()).values()) == [later]


def test_what_the_lane_parsed_may_be_deleted(lane: LaneCompany) -> None:
    lane.open(orders(30, "O2,1,C1,P1,2026-06-30,5"))
    lane.look(TUESDAY)
    before = lane.signals()
    lane.forget()
    lane.look(TUESDAY)
    assert lane.signals() == before
