"""A workspace with calendars of every kind, written to a folder for one test."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from workspace.calendars import read_calendars
from workspace.config.strict import load
from workspace.config.workspace_file import WorkspaceFile
from workspace.folder import Workspace, open_workspace

CONFIGURED = """\
fiscal:
  months: {kind: months, title: Months}
  written: {kind: rows, title: Written, file: periods.csv}
business_units:
  - {business_unit: north, fiscal: months, systems: [erp]}
  - {business_unit: shop, fiscal: written, sites: ["erp:S1"]}
holidays: holidays.csv
business_days:
  default: {}
  germany: {country: DE}
  hamburg: {country: DE, subdivision: HH, weekend: [7]}
sites:
  - {site: "erp:S2", business_days: hamburg, time_zone: Europe/Berlin}
"""
PERIODS = """\
fiscal_calendar_id,fiscal_year,fiscal_period,start_date,end_date
written,2026,1,2026-01-01,2026-01-28
written,2026,2,2026-01-29,2026-03-01
other,2026,1,2026-01-01,2026-12-31
"""
HOLIDAYS = """\
country_code,subdivision_code,holiday_date,holiday_name
DE,,2026-05-01,Labour Day
DE,HH,2026-10-31,Reformation Day
NL,,2026-04-27,King's Day
"""
WORKSPACE = "name: small\ntitle: Small\nreporting_currency: EUR\n"
SOURCE = """\
system: erp
description: Orders.
kind: erp
priority: 1
extracts:
  orders: {path: o.csv, description: Orders., key: [id], columns: {id: text}}
mappings:
  - {entity: order_lines, extract: orders, columns: {}}
"""


def company(
    folder: Path, text: str | None = CONFIGURED, periods: str = PERIODS, holidays: str = HOLIDAYS
) -> Path:
    for name, content in {
        "workspace.yml": WORKSPACE,
        "sources/erp.yml": SOURCE,
        "segmentation/none.yml": "scheme: none\n",
        "reference/periods.csv": periods,
        "reference/holidays.csv": holidays,
        "calendars.yml": text,
    }.items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        if content is not None:
            file.write_text(content, encoding="utf-8")
    return folder


def opened(root: Path, folder: Path) -> Workspace:
    """Open the demo, whose schemes and policies are whole, with other systems and calendars."""
    demo = open_workspace(root / "data" / "demo")
    return replace(
        demo,
        root=folder,
        file=load(WorkspaceFile, folder / "workspace.yml")[0],
        sources={"erp": demo.sources["erp_north"]},
        calendars=read_calendars(folder, ("erp",)),
    )
