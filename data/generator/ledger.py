"""The books of the south by fiscal period and currency, and what every item has truly earned."""

from __future__ import annotations

from datetime import date, timedelta

import polars as pl

from data.generator import erp_south
from data.generator.extracts import Master
from data.generator.network import (
    CURRENCIES,
    ERPS,
    fiscal_calendars,
    month_indexes,
    monthly_rates,
)
from data.generator.plan import Plan, day_number

DIALECT = erp_south.DIALECT


class Ledger:
    """Adds up what is posted; it knows nothing of records that a delivery spoils."""

    def __init__(self, plan: Plan) -> None:
        """Begin with empty books."""
        self._plan = plan
        self._posted: list[pl.DataFrame] = []
        self._earned: list[pl.DataFrame] = []
        self._rates = monthly_rates(plan.as_of + timedelta(days=14))
        self._year_before = day_number(_year_before(plan.as_of))

    def post(self, lines: pl.DataFrame) -> None:
        """Post a week's lines; cancelled ones never reach the books."""
        sign = pl.when("is_return").then(-1).otherwise(1)
        posted = lines.filter(~pl.col("is_cancelled")).with_columns(pl.col("amount", "cost") * sign)
        is_south = pl.col("erp") == ERPS.index(erp_south.SYSTEM)
        self._posted.append(posted.filter(is_south).select("day", "currency", "amount", "cost"))
        recent = posted.filter(
            pl.col("day").is_between(self._year_before + 1, self._plan.as_of_day)
        )
        rate = self._rates[month_indexes(recent["day"].to_numpy()), recent["currency"].to_numpy()]
        in_euro = recent.with_columns(pl.col("amount", "cost") * pl.Series(rate / 100))
        self._earned.append(in_euro.group_by("item").agg(pl.col("amount", "cost").sum()))

    def earned(self) -> pl.DataFrame:
        """Return a row per item: revenue and true cost of the last twelve months, in EUR."""
        whole = pl.concat(self._earned).group_by("item").agg(pl.col("amount", "cost").sum())
        return whole.sort("item").with_columns(pl.col("amount", "cost").round(4))

    def totals(self) -> Master:
        """Return a row per fiscal period that lies within the horizon, and currency."""
        frame = (
            pl.concat(self._posted)
            .join_where(self._closed(), pl.col("day").is_between("start", "end"))
            .group_by("start", "end", "currency")
            .agg(pl.col("amount", "cost").sum())
            .sort("start", "currency")
        )
        names = dict(enumerate(CURRENCIES))
        return Master(
            frame=frame.select(
                PeriodStart=DIALECT.day(pl.col("start")),
                PeriodEnd=DIALECT.day(pl.col("end")),
                CurrencyCode=pl.col("currency").replace_strict(names, return_dtype=pl.String),
                NetRevenue=DIALECT.number(pl.col("amount"), 2),
                CostOfGoods=DIALECT.number(pl.col("cost"), 2),
            )
        )

    def _closed(self) -> pl.DataFrame:
        """Return first and last day number of the periods that the horizon holds."""
        first, last = self._plan.start_day, self._plan.as_of_day
        days = pl.col("start_date", "end_date").str.to_date().to_physical().cast(pl.Int64)
        periods = fiscal_calendars(self._plan.start, self._plan.as_of).select(days)
        return periods.select(start="start_date", end="end_date").filter(
            (pl.col("start") >= first) & (pl.col("end") <= last)
        )


def _year_before(day: date) -> date:
    """Return the day twelve months earlier, the last of its month where that is shorter."""
    is_leap_day = (day.month, day.day) == (2, 29)
    return day.replace(year=day.year - 1, day=28 if is_leap_day else day.day)
