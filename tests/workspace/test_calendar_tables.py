"""What calendars.yml says beside the other files, and what SQL gets to know of it."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import duckdb
import polars as pl
import pytest

from tests.workspace.calendar_company import CONFIGURED, company, opened
from workspace.calendar_check import check_calendars
from workspace.calendar_tables import business_frame, fiscal_frame, land_calendars
from workspace.calendars import read_calendars
from workspace.folder import open_workspace


@pytest.mark.parametrize(
    ("old", "new", "code", "words"),
    [
        ("fiscal: months", "fiscal: month", "CONFIG_REFERENCE", "Did you mean `months`"),
        ("systems: [erp]", "systems: [erq]", "CONFIG_REFERENCE", "Did you mean `erp`"),
        ("erp:S1", "wms:S1", "CONFIG_REFERENCE", "`wms` is no system"),
        ("days: hamburg", "days: hamborg", "CONFIG_REFERENCE", "Did you mean `hamburg`"),
        ("title: Months", "title: M, business_days: x", "CONFIG_REFERENCE", "business_days"),
        ('sites: ["erp:S1"]', "systems: [erp]", "CONFIG_VALUE", "`erp` stands in 2 entries"),
        ("unit: shop", "unit: north", "CONFIG_VALUE", "`north` stands in 2 entries"),
        (", subdivision: HH", "", "CONFIG_VALUE", "`DE` stands in 2 entries"),
    ],
)
def test_names_exist_and_nothing_has_two_owners(
    root: Path, tmp_path: Path, old: str, new: str, code: str, words: str
) -> None:
    workspace = opened(root, company(tmp_path, CONFIGURED.replace(old, new, 1)))
    faults = check_calendars(workspace)
    assert code in {fault.code for fault in faults}
    assert any(words in fault.cause for fault in faults)
    assert all(":1:1" not in fault.place for fault in faults)


def test_a_system_whose_postings_nobody_takes_is_refused(root: Path, tmp_path: Path) -> None:
    text = CONFIGURED.replace("systems: [erp]", 'sites: ["erp:S9"]')
    (fault,) = check_calendars(opened(root, company(tmp_path, text)))
    assert (fault.code, "no business unit takes them" in fault.cause) == ("CONFIG_VALUE", True)


def test_our_own_calendars_are_sound(root: Path) -> None:
    assert check_calendars(open_workspace(root / "data" / "demo")) == []


def test_sql_knows_units_working_calendars_and_what_sites_state(root: Path, tmp_path: Path) -> None:
    workspace = opened(root, company(tmp_path))
    with duckdb.connect() as connection:
        connection.execute("create schema night")
        land_calendars(connection, workspace)
        rows = {
            name: connection.execute(f"from night.{name} order by all").fetchall()
            for name in ("business_units", "business_calendars", "site_settings")
        }
    assert rows["business_units"] == [
        ("erp", "S1", "shop", "written"),
        ("erp", None, "north", "months"),
    ]
    # A calendar with the holidays of a part of a country serves only the sites that name it.
    assert rows["business_calendars"] == [("default", None), ("germany", "DE"), ("hamburg", None)]
    assert rows["site_settings"] == [("erp", "S2", "hamburg", "Europe/Berlin")]


def test_holidays_are_those_of_the_country_and_of_its_part(tmp_path: Path) -> None:
    calendars = read_calendars(company(tmp_path), ("erp",))
    assert calendars.holidays == {
        "default": {},
        "germany": {date(2026, 5, 1): "Labour Day"},
        "hamburg": {date(2026, 5, 1): "Labour Day", date(2026, 10, 31): "Reformation Day"},
    }
    saturdays = business_frame(calendars, "hamburg", date(2026, 10, 24), date(2026, 10, 31))
    assert saturdays["is_business_day"].to_list() == [True, False, *[True] * 5, False]


def test_the_frame_holds_whole_years_from_the_first_posting_on(tmp_path: Path) -> None:
    calendars = read_calendars(company(tmp_path), ("erp",))
    frame = fiscal_frame(calendars, date(2026, 2, 10), date(2027, 2, 1), week_starts_on=1)
    ends = (
        frame.group_by("fiscal_calendar_id")
        .agg(first=pl.col("date").min(), last=pl.col("date").max())
        .sort("first", "last")
    )
    assert ends.rows() == [
        ("written", date(2026, 1, 1), date(2026, 3, 1)),
        ("months", date(2026, 1, 1), date(2027, 12, 31)),
    ]
    assert frame["comparable_date"].is_not_null().sum() == 730  # not for what nobody wrote down
