"""Two fiscal calendars for the small nights, landed as a night lands them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path

import duckdb
import polars as pl

from models.calendars.business_days import business_days
from models.calendars.fiscal import MonthRule, NamedAfter, WeekRule, YearEnd
from workspace.calendar_tables import fiscal_frame
from workspace.calendars import Calendars
from workspace.config.calendar_file import CalendarFile
from workspace.yaml_file import Document

# As the National Retail Federation counts years, so that 2023 has 53 weeks.
SOUTHERN_YEARS = WeekRule(
    pattern=(4, 4, 5),
    weekday=6,
    month=1,
    year_end=YearEnd.NEAREST,
    named_after=NamedAfter.START,
)
CALENDARS = CalendarFile.model_validate(
    {
        "fiscal": {
            "months": {"kind": "months", "title": "Months"},
            "weeks": {
                "kind": "weeks",
                "title": "Weeks",
                "pattern": "4-4-5",
                "last_weekday": 6,
                "last_month": 1,
                "year_end": "nearest",
                "named_after": "start",
            },
        },
        "business_units": [{"business_unit": "all", "fiscal": "months"}],
    }
)


def land_calendars(
    connection: duckdb.DuckDBPyConnection, systems: Sequence[str], business_date: date
) -> None:
    """Every system is a business unit of its own; south closes 4-4-5, its years as retail's."""
    units = "namespace text, site_key text, business_unit text, fiscal_calendar_id text"
    connection.execute(f"create table night.business_units ({units})")
    for system in systems:
        calendar = "weeks" if system == "south" else "months"
        row = [system, None, f"{system}_company", calendar]
        connection.execute("insert into night.business_units values (?, ?, ?, ?)", row)
    connection.execute(
        "create table night.business_calendars as"
        " select 'default' as business_calendar_id, cast(null as text) as country_code"
    )
    columns = "namespace text, site_key text, business_calendar_id text, time_zone text"
    connection.execute(f"create table night.site_settings ({columns})")
    calendars = Calendars(
        file=CALENDARS,
        document=Document(file=Path("calendars.yml"), value={}, places={}),
        fiscal={"months": MonthRule(), "weeks": SOUTHERN_YEARS},
        holidays={"default": {}},
    )
    first, last = date(2022, 1, 1), business_date
    days = fiscal_frame(calendars, first, last, week_starts_on=1)
    connection.register("days", days.rename({"date": "calendar_date"}))
    connection.execute("create schema facts")
    connection.execute("create table facts.dim_fiscal_calendar as select * from days")
    connection.unregister("days")
    worked = business_days(first, last, weekend={6, 7}, holidays={}).select(
        pl.lit("default").alias("business_calendar_id"), pl.all()
    )
    connection.register("worked", worked.rename({"date": "calendar_date"}))
    connection.execute("create table facts.dim_business_day as select * from worked")
    connection.unregister("worked")


def land_books(connection: duckdb.DuckDBPyConnection) -> None:
    """Say of every raw table's files which extract they are of: the table's own name."""
    names = ("order_lines", "purchase_order_lines", "receipts")
    rows = " union ".join(
        f"select _system as system, '{name}' as extract, _file as file_sha256 from raw.{name}"
        for name in names
    )
    connection.execute(f"create table control.raw_extracts as {rows}")
