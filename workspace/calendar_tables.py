"""What SQL knows of a company's calendars: who closes by which, and which days a site works."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import duckdb
import polars as pl

from models.calendars.business_days import business_days
from models.calendars.days import fiscal_days
from workspace.calendars import Calendars
from workspace.folder import Workspace

# Days after the business date that calendars reach: what was asked for or promised lies there.
AHEAD_DAYS = 366


def land_calendars(connection: duckdb.DuckDBPyConnection, workspace: Workspace) -> None:
    """Create night.business_units, night.business_calendars and night.site_settings."""
    file = workspace.calendars.file
    units = [
        (*_site(site), unit.business_unit, unit.fiscal)
        for unit in file.business_units
        for site in (*unit.systems, *unit.sites)
    ]
    columns = "namespace, site_key, business_unit, fiscal_calendar_id"
    _land(connection, "night.business_units", columns, units)
    # Only a calendar of a whole country serves all its sites; part of one serves those it is given.
    whole = [
        (name, None if days.subdivision else days.country)
        for name, days in file.business_days.items()
    ]
    _land(connection, "night.business_calendars", "business_calendar_id, country_code", whole)
    sites = [(*_site(time.site), time.business_days, time.time_zone) for time in file.sites]
    columns = "namespace, site_key, business_calendar_id, time_zone"
    _land(connection, "night.site_settings", columns, sites)


def fiscal_frame(
    calendars: Calendars, first: date, last: date, *, week_starts_on: int
) -> pl.DataFrame:
    """Return one row per fiscal calendar and day, from the fiscal year of `first` on.

    The years end with the one that holds `last`, or with the last period that is written down.
    """
    frames: list[pl.DataFrame] = []
    for name, calendar in calendars.file.fiscal.items():
        # A year more, so that the first one has something to be compared with.
        periods = calendars.periods(name, first.replace(year=first.year - 1, day=1), last)
        days = fiscal_days(periods, week_starts_on=week_starts_on)
        known = days.filter(pl.col("period_end_date") >= first)
        year = known["year_start_date"].min() if known.height else first
        worked = business_frame(
            calendars, calendar.business_days, periods[0].start, periods[-1].end
        )
        frames.append(
            days.filter(pl.col("date") >= year)
            .with_columns(fiscal_calendar_id=pl.lit(name))
            .join(worked.drop("is_weekend", "business_calendar_id"), on="date", how="left")
        )
    return pl.concat(frames)


def business_frame(calendars: Calendars, name: str, first: date, last: date) -> pl.DataFrame:
    """Return one row per day of one working calendar."""
    weekend = calendars.file.business_days[name].weekend
    days = business_days(first, last, weekend=weekend, holidays=calendars.holidays[name])
    return days.with_columns(business_calendar_id=pl.lit(name))


def _site(name: str) -> tuple[str, str | None]:
    """Split `system:key` into both; a system alone stands for all of its sites."""
    system, _, key = name.partition(":")
    return system, key or None


def _land(
    connection: duckdb.DuckDBPyConnection,
    table: str,
    columns: str,
    rows: Sequence[tuple[str | None, ...]],
) -> None:
    names = columns.split(", ")
    typed = ", ".join(f"{name} varchar" for name in names)
    connection.execute(f"create or replace table {table} ({typed})")
    if rows:
        marks = ", ".join("?" for _ in names)
        connection.executemany(f"insert into {table} values ({marks})", rows)
