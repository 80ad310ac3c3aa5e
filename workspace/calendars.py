"""A company's calendars: calendars.yml with the reference rows it names, ready to be computed."""

from __future__ import annotations

import csv
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import TypeVar

from models.calendars.fiscal import MonthRule, WeekRule, periods_of
from models.calendars.periods import Period, PeriodError, check_periods
from workspace.config.calendar_file import (
    BusinessDays,
    CalendarFile,
    MonthCalendar,
    WeekCalendar,
    WrittenCalendar,
    one_calendar,
)
from workspace.config.strict import load_optional
from workspace.errors import ConfigurationErrors, TierwiseError
from workspace.yaml_file import Document

PERIOD_COLUMNS = ("fiscal_calendar_id", "fiscal_year", "fiscal_period", "start_date", "end_date")
HOLIDAY_COLUMNS = ("country_code", "subdivision_code", "holiday_date", "holiday_name")
PERIOD_CODES = {"gap": "CONFIG_CALENDAR_GAP", "overlap": "CONFIG_CALENDAR_OVERLAP"}
T = TypeVar("T")
Rule = MonthRule | WeekRule | tuple[Period, ...]
Row = tuple[int, dict[str, str]]
Parse = Callable[[str], T]


@dataclass(frozen=True, kw_only=True)
class Calendars:
    """What calendars.yml says, and what its reference files hold.

    `fiscal` gives each fiscal calendar's rule, or its periods where they are written down;
    `holidays` each working calendar's public holidays. `files` are all that was read.
    """

    file: CalendarFile
    document: Document
    fiscal: dict[str, Rule]
    holidays: dict[str, dict[date, str]]
    files: tuple[Path, ...] = field(default=())

    def periods(self, calendar: str, first: date, last: date) -> Sequence[Period]:
        """Return a calendar's periods from first to last; written ones are all there are."""
        rule = self.fiscal[calendar]
        return rule if isinstance(rule, tuple) else periods_of(rule, first, last)


def read_calendars(root: Path, systems: tuple[str, ...]) -> Calendars:
    """Read a workspace's calendars; without a file the default ones.

    Raises ConfigurationErrors with every fault of the file and of the rows it names.
    """
    stated, document = load_optional(CalendarFile, root / "calendars.yml")
    file = stated or one_calendar(systems)
    faults: list[TierwiseError] = []
    fiscal: dict[str, Rule] = {}
    for name, calendar in file.fiscal.items():
        try:
            fiscal[name] = _rule(root, name, calendar)
        except TierwiseError as error:
            faults.append(error)
    try:
        holidays = _holidays(root, file)
    except TierwiseError as error:
        faults.append(error)
    if faults:
        raise ConfigurationErrors(faults)
    named = {c.file for c in file.fiscal.values() if isinstance(c, WrittenCalendar)}
    named |= {file.holidays} if file.holidays else set()
    read = [root / "reference" / name for name in sorted(named)]
    files = (document.file, *read) if stated else ()
    return Calendars(file=file, document=document, fiscal=fiscal, holidays=holidays, files=files)


def _rule(root: Path, name: str, calendar: MonthCalendar | WeekCalendar | WrittenCalendar) -> Rule:
    match calendar:
        case MonthCalendar():
            return MonthRule(first_month=calendar.first_month, named_after=calendar.named_after)
        case WeekCalendar():
            first, second, third = (int(weeks) for weeks in calendar.pattern.split("-"))
            return WeekRule(
                pattern=(first, second, third),
                weekday=calendar.last_weekday,
                month=calendar.last_month,
                year_end=calendar.year_end,
                named_after=calendar.named_after,
                extra_week_period=calendar.extra_week_period,
            )
        case WrittenCalendar():
            return _written(root / "reference" / calendar.file, name)


def _written(file: Path, calendar: str) -> tuple[Period, ...]:
    """Read the periods of one calendar; raises a CONFIG_ code at the row where they break."""
    rows = [
        (line, row)
        for line, row in _rows(file, PERIOD_COLUMNS)
        if row["fiscal_calendar_id"] == calendar
    ]
    if not rows:
        cause = f"The file has no row with fiscal_calendar_id `{calendar}`."
        raise TierwiseError("CONFIG_REFERENCE", place=str(file), cause=cause)
    found = [(line, _period(file, line, row)) for line, row in rows]
    found.sort(key=lambda pair: (pair[1].start, pair[1].end))
    try:
        check_periods([period for _, period in found])
    except PeriodError as error:
        place = f"{file}:{found[error.index][0]}:1"
        code = PERIOD_CODES.get(error.kind, "CONFIG_VALUE")
        raise TierwiseError(code, place=place, cause=f"{calendar}: {error}.") from error
    return tuple(period for _, period in found)


def _period(file: Path, line: int, row: dict[str, str]) -> Period:
    def value(column: str, parse: Parse[T], kind: str) -> T:
        return _value(file, line, row, column, parse, kind)

    return Period(
        year=value("fiscal_year", int, "whole number"),
        number=value("fiscal_period", int, "whole number"),
        start=value("start_date", date.fromisoformat, "date such as 2026-01-31"),
        end=value("end_date", date.fromisoformat, "date such as 2026-01-31"),
    )


def _holidays(root: Path, file: CalendarFile) -> dict[str, dict[date, str]]:
    """Return the public holidays of each working calendar, by day."""
    found: dict[str, dict[date, str]] = {name: {} for name in file.business_days}
    if file.holidays is None:
        return found
    source = root / "reference" / file.holidays
    rows = _rows(source, HOLIDAY_COLUMNS)
    known = {(row["country_code"], row["subdivision_code"]) for _, row in rows}
    for calendar in file.business_days.values():
        place = (calendar.country or "", calendar.subdivision or "")
        if calendar.country and place not in known:
            cause = f"The file has no holiday of {'-'.join(filter(None, place))}."
            raise TierwiseError("CONFIG_REFERENCE", place=str(source), cause=cause)
    for line, row in rows:
        day = _value(source, line, row, "holiday_date", date.fromisoformat, "date like 2026-12-25")
        for name, calendar in file.business_days.items():
            if _is_kept(calendar, row):
                found[name][day] = row["holiday_name"]
    return found


def _is_kept(calendar: BusinessDays, row: dict[str, str]) -> bool:
    return calendar.country == row["country_code"] and row["subdivision_code"] in {
        "",
        calendar.subdivision,
    }


def _rows(file: Path, columns: tuple[str, ...]) -> list[Row]:
    """Return line number and values of each row of a comma-separated UTF-8 file."""
    if not file.is_file():
        raise TierwiseError("CONFIG_MISSING", place=str(file), cause="There is no such file.")
    try:
        with file.open(encoding="utf-8-sig", newline="") as stream:
            reader = csv.reader(stream, strict=True)
            header = next(reader, [])
            if sorted(header) != sorted(columns):
                cause = f"The columns are {', '.join(header)}; they must be {', '.join(columns)}."
                raise TierwiseError("CONFIG_VALUE", place=f"{file}:1:1", cause=cause)
            rows = [(reader.line_num, row) for row in reader if row]
    except (UnicodeDecodeError, csv.Error) as error:
        cause = f"The file is no comma-separated UTF-8 text: {error}."
        raise TierwiseError("CONFIG_VALUE", place=str(file), cause=cause) from error
    for line, row in rows:
        if len(row) != len(header):
            cause = f"The row has {len(row)} fields, the header {len(header)}."
            raise TierwiseError("CONFIG_VALUE", place=f"{file}:{line}:1", cause=cause)
    return [
        (line, {name: text.strip() for name, text in zip(header, row, strict=True)})
        for line, row in rows
    ]


def _value(
    file: Path, line: int, row: dict[str, str], column: str, parse: Parse[T], kind: str
) -> T:
    try:
        return parse(row[column])
    except ValueError as error:
        cause = f"`{column}`: `{row[column]}` is no {kind}."
        raise TierwiseError("CONFIG_VALUE", place=f"{file}:{line}:1", cause=cause) from error
