"""calendars.yml: when each part of the company closes its books, and on which days it works."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from models.calendars.fiscal import NamedAfter, YearEnd
from workspace.config.strict import Strict
from workspace.config.workspace_file import TimeZone

Weekday = Annotated[int, Field(ge=1, le=7)]
Month = Annotated[int, Field(ge=1, le=12)]
CalendarName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
ReferenceFile = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]*\.csv$")]
SiteKey = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*:.+$")]
DEFAULT = "default"


class MonthCalendar(Strict):
    """A fiscal calendar of twelve calendar months."""

    kind: Literal["months"]
    title: str
    first_month: Month = Field(1, description="Month that a fiscal year begins with.")
    named_after: NamedAfter = Field(
        NamedAfter.END, description="Calendar year a fiscal year is named after."
    )
    business_days: CalendarName = DEFAULT


class WeekCalendar(Strict):
    """A fiscal calendar of whole weeks, 52 or 53 a year."""

    kind: Literal["weeks"]
    title: str
    pattern: Literal["4-4-5", "4-5-4", "5-4-4"] = Field(description="Weeks of a quarter's periods.")
    last_weekday: Weekday = Field(description="ISO weekday that years end on; 7 is Sunday.")
    last_month: Month = Field(description="Month at whose end years end.")
    year_end: YearEnd = Field(description="Last such weekday of the month, or nearest to its end.")
    extra_week_period: int = Field(12, ge=1, le=12, description="Period that a 53rd week is of.")
    named_after: NamedAfter = Field(
        NamedAfter.END, description="Calendar year a fiscal year is named after."
    )
    business_days: CalendarName = DEFAULT


class WrittenCalendar(Strict):
    """A fiscal calendar whose periods are written down, row by row, in a reference file."""

    kind: Literal["rows"]
    title: str
    file: ReferenceFile = Field(description="CSV below reference/; see docs/calendars.md.")
    business_days: CalendarName = DEFAULT


class BusinessUnit(Strict):
    """A part of the company that closes its own books."""

    business_unit: CalendarName
    fiscal: str = Field(description="Fiscal calendar it closes by.")
    systems: tuple[str, ...] = Field((), description="Systems whose postings are its own.")
    sites: tuple[SiteKey, ...] = Field(
        (), description="Sites, as system:key, whose postings are its own and not their system's."
    )


class BusinessDays(Strict):
    """A working calendar; `default` serves the sites that no other does."""

    weekend: tuple[Weekday, ...] = (6, 7)
    country: str | None = Field(
        None, pattern=r"^[A-Z]{2}$", description="Its public holidays; its sites use the calendar."
    )
    subdivision: str | None = Field(None, description="ISO 3166-2 part whose holidays count too.")


class SiteTime(Strict):
    """What a site's master data do not say, or say wrongly."""

    site: SiteKey
    business_days: CalendarName | None = None
    time_zone: TimeZone | None = None


class CalendarFile(Strict):
    """calendars.yml."""

    fiscal: dict[
        CalendarName,
        Annotated[MonthCalendar | WeekCalendar | WrittenCalendar, Field(discriminator="kind")],
    ] = Field(min_length=1)
    business_units: tuple[BusinessUnit, ...] = Field(min_length=1)
    business_days: dict[CalendarName, BusinessDays] = Field(
        default_factory=lambda: {DEFAULT: BusinessDays()}
    )
    holidays: ReferenceFile | None = Field(None, description="CSV of public holidays.")
    sites: tuple[SiteTime, ...] = ()

    @model_validator(mode="after")
    def _holidays_are_given(self) -> CalendarFile:
        if DEFAULT not in self.business_days:
            raise ValueError(f"business_days lacks `{DEFAULT}`, for sites that no other serves")
        if self.holidays is None and any(days.country for days in self.business_days.values()):
            raise ValueError("a business_days calendar names a country, but no file has holidays")
        return self


def one_calendar(systems: tuple[str, ...]) -> CalendarFile:
    """Return what holds without a calendars.yml: calendar months, Monday to Friday, one unit."""
    return CalendarFile(
        fiscal={"calendar_months": MonthCalendar(kind="months", title="Calendar months")},
        business_units=(
            BusinessUnit(business_unit="company", fiscal="calendar_months", systems=systems),
        ),
    )
