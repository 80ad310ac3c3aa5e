"""The books of the south: revenue by fiscal period and currency, as its controllers state it."""

from __future__ import annotations

import polars as pl

from data.generator import erp_south
from data.generator.extracts import Master
from data.generator.network import CURRENCIES, ERPS, fiscal_calendars
from data.generator.plan import Plan

DIALECT = erp_south.DIALECT


class Ledger:
    """Adds up what is posted; it knows nothing of records that a delivery spoils."""

    def __init__(self, plan: Plan) -> None:
        """Begin with empty books."""
        self._plan = plan
        self._posted: list[pl.DataFrame] = []

    def post(self, lines: pl.DataFrame) -> None:
        """Post a week's lines of the south; cancelled ones never reach the books."""
        sign = pl.when("is_return").then(-1).otherwise(1)
        is_south = pl.col("erp") == ERPS.index(erp_south.SYSTEM)
        posted = lines.filter(is_south & ~pl.col("is_cancelled"))
        self._posted.append(posted.select("day", "currency", amount=sign * pl.col("amount")))

    def totals(self) -> Master:
        """Return a row per fiscal period that lies within the horizon, and currency."""
        frame = (
            pl.concat(self._posted)
            .join_where(self._closed(), pl.col("day").is_between("start", "end"))
            .group_by("start", "end", "currency")
            .agg(pl.col("amount").sum())
            .sort("start", "currency")
        )
        names = dict(enumerate(CURRENCIES))
        return Master(
            frame=frame.select(
                PeriodStart=DIALECT.day(pl.col("start")),
                PeriodEnd=DIALECT.day(pl.col("end")),
                CurrencyCode=pl.col("currency").replace_strict(names, return_dtype=pl.String),
                NetRevenue=DIALECT.number(pl.col("amount"), 2),
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
