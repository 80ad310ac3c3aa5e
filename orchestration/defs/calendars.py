"""The calendars of the night: computed from the configuration, over the dates of raw data."""

from datetime import date, timedelta

import dagster as dg
import duckdb
import polars as pl

from orchestration.python_table import python_table
from workspace.calendar_tables import AHEAD_DAYS, business_frame, fiscal_frame
from workspace.folder import Workspace
from workspace.warehouse import one_row

DATED = {
    "raw.order_lines": "order_date",
    "raw.inventory_snapshots": "snapshot_date",
    "raw.purchase_order_lines": "order_date",
    "raw.receipts": "receipt_date",
}


def _span(connection: duckdb.DuckDBPyConnection) -> tuple[date, date]:
    """Return the first day that any posting has, and the last that calendars are needed for."""
    firsts = " union all ".join(f"select min({day}) as day from {t}" for t, day in DATED.items())
    first, business_date = one_row(
        connection,
        f"select coalesce(min(day), any_value(p.business_date)), any_value(p.business_date) "
        f"from night.parameters as p left join ({firsts}) as d on true",
    )
    return min(first, business_date), business_date + timedelta(days=AHEAD_DAYS)


def _fiscal(connection: duckdb.DuckDBPyConnection, workspace: Workspace) -> str:
    """Give every day of every fiscal calendar its period."""
    first, last = _span(connection)
    starts_on = workspace.file.week_starts_on
    days = fiscal_frame(workspace.calendars, first, last, week_starts_on=starts_on)
    connection.register("fiscal_days", days.rename({"date": "calendar_date"}))
    return "select * from fiscal_days"


def _business(connection: duckdb.DuckDBPyConnection, workspace: Workspace) -> str:
    """Say of every day of every working calendar whether it is a business day."""
    first, last = _span(connection)
    calendars = workspace.calendars
    frames = [business_frame(calendars, n, first, last) for n in calendars.file.business_days]
    connection.register("business_days", pl.concat(frames).rename({"date": "calendar_date"}))
    return "select * from business_days"


@dg.definitions
def calendars() -> dg.Definitions:
    """Make the assets of the two calendars."""
    deps = ["night.parameters", *DATED]
    return dg.Definitions(
        assets=[
            python_table("facts.dim_fiscal_calendar", _fiscal, deps=deps),
            python_table("facts.dim_business_day", _business, deps=deps),
        ]
    )
