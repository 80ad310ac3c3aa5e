"""Sites, their codes in each system, currencies and their rates: what does not depend on a seed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

import numpy as np
import numpy.typing as npt
import polars as pl

from data.generator.plan import date_of

ERPS = ("erp_north", "erp_south")
COMPANY_CODES = {"erp_north": "1000", "erp_south": "2000"}
REPORTING_CURRENCY = "EUR"
CURRENCIES = ("EUR", "USD", "GBP", "CHF", "SEK", "CAD")
FIRST_RATE_MONTH = date(2022, 1, 1)
_RATES_AT_FIRST = np.array([1.0, 0.92, 1.16, 1.03, 0.088, 0.68])
_MONTHLY_VOLATILITY = np.array([0.0, 0.014, 0.010, 0.008, 0.011, 0.013])


@dataclass(frozen=True, kw_only=True)
class Site:
    """One of the six sites; `plants` gives its code in each ERP that works from it."""

    code: str
    name: str
    kind: str
    country: str
    time_zone: str
    gln: str
    plants: dict[str, str]


def with_check_digit(body: str) -> str:
    """Append the GS1 check digit (weights 3 and 1 from the right) to a GTIN or GLN."""
    total = sum(int(digit) * (3 if at % 2 == 0 else 1) for at, digit in enumerate(reversed(body)))
    return body + str(-total % 10)


def _site(
    code: str, name: str, kind: str, country: str, time_zone: str, number: int, **plants: str
) -> Site:
    gln = with_check_digit(f"4012345{number:05d}")
    return Site(
        code=code,
        name=name,
        kind=kind,
        country=country,
        time_zone=time_zone,
        gln=gln,
        plants=plants,
    )


SITES = (
    _site("HAM", "Hamburg", "dc", "DE", "Europe/Berlin", 101, erp_north="1010"),
    _site(
        "RTM", "Rotterdam", "dc", "NL", "Europe/Amsterdam", 102, erp_north="1020", erp_south="RTM-X"
    ),
    _site("LYO", "Lyon", "dc", "FR", "Europe/Paris", 103, erp_north="1030"),
    _site("MMA", "Malmö", "store", "SE", "Europe/Stockholm", 104, erp_north="1040"),
    _site("ATL", "Atlanta", "dc", "US", "America/New_York", 201, erp_south="ATL-1"),
    _site("DAL", "Dallas", "dc", "US", "America/Chicago", 202, erp_south="DAL-1"),
)


def month_index(day: date) -> int:
    """Return months since the first rate."""
    return (day.year - FIRST_RATE_MONTH.year) * 12 + day.month - FIRST_RATE_MONTH.month


def month_indexes(days: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Return months since the first rate for an array of day numbers."""
    months = days.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)
    first = np.datetime64(FIRST_RATE_MONTH, "M").astype(np.int64)
    return months - first


def monthly_rates(last: date) -> npt.NDArray[np.float64]:
    """Return EUR for one unit of each currency: a row per month, a column per currency.

    A slow random walk drawn toward its first value, so that more months never change earlier ones.
    """
    source = np.random.Generator(np.random.PCG64(20_220_101))
    shocks = source.standard_normal((month_index(last) + 1, len(CURRENCIES)))
    rates = np.empty_like(shocks)
    level = np.zeros(len(CURRENCIES))
    for month, shock in enumerate(shocks):
        level = 0.94 * level + _MONTHLY_VOLATILITY * shock
        rates[month] = np.round(_RATES_AT_FIRST * np.exp(level), 6)
    return rates


def exchange_rates(last: date) -> pl.DataFrame:
    """One row per currency and month: the rate that holds from the first of the month."""
    rates = monthly_rates(last)
    months = pl.date_range(FIRST_RATE_MONTH, last, "1mo", eager=True)
    frames = [
        pl.DataFrame(
            {
                "from_currency_code": [code] * len(months),
                "to_currency_code": [REPORTING_CURRENCY] * len(months),
                "rate_date": months.dt.to_string("%Y-%m-%d"),
                "rate": [f"{rate:.6f}" for rate in rates[: len(months), at]],
            }
        )
        for at, code in enumerate(CURRENCIES)
        if code != REPORTING_CURRENCY
    ]
    return pl.concat(frames)


def fiscal_calendars(start: date, last: date) -> pl.DataFrame:
    """One row per period of the south's calendar, whole fiscal years around the horizon.

    It closes 4-4-5: its year begins on the Monday nearest to 1 February, and a 53rd week belongs
    to the last period. The north closes by calendar month, which nobody has to write down.
    """
    rows = [row for year in range(start.year - 1, last.year + 2) for row in _445_year(year)]
    names = ["fiscal_calendar_id", "fiscal_year", "fiscal_period", "start_date", "end_date"]
    return pl.DataFrame(rows, schema=names, orient="row")


def _445_year(year: int) -> list[tuple[str, int, int, str, str]]:
    starts = [_nearest_monday(date(year, 2, 1))]
    for weeks in (4, 4, 5) * 4:
        starts.append(starts[-1] + timedelta(weeks=weeks))
    starts[-1] = _nearest_monday(date(year + 1, 2, 1))
    return [
        ("south_445", year, number, str(first), str(after - timedelta(days=1)))
        for number, (first, after) in enumerate(pairwise(starts), start=1)
    ]


def _nearest_monday(day: date) -> date:
    earlier = day - timedelta(days=day.weekday())
    return earlier if day.weekday() <= 3 else earlier + timedelta(days=7)


def half_year(day: int) -> str:
    """Return the delivery period of a day number, such as 2026H1."""
    when = date_of(day)
    return f"{when.year}H{1 if when.month <= 6 else 2}"
