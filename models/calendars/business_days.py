"""Business days: neither weekend nor public holiday, counted so that a difference is a duration."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date

import polars as pl


def business_days(
    first: date, last: date, *, weekend: Collection[int], holidays: Mapping[date, str]
) -> pl.DataFrame:
    """Return one row per day from first to last.

    `weekend` holds ISO weekdays, `holidays` names by day. Columns: date, is_weekend, holiday_name,
    is_business_day, and business_day_count, the business days from `first` up to and including the
    date: that of one date less that of another is the number of business days between them.
    """
    named = pl.DataFrame(
        {"date": list(holidays), "holiday_name": list(holidays.values())},
        schema=pl.Schema({"date": pl.Date, "holiday_name": pl.String}),
    )
    days = pl.DataFrame({"date": pl.date_range(first, last, eager=True)})
    return (
        days.join(named, on="date", how="left", maintain_order="left")
        .with_columns(is_weekend=pl.col("date").dt.weekday().is_in(sorted(weekend)))
        .with_columns(is_business_day=~pl.col("is_weekend") & pl.col("holiday_name").is_null())
        .with_columns(business_day_count=pl.col("is_business_day").cum_sum().cast(pl.Int64))
        .select("date", "is_weekend", "holiday_name", "is_business_day", "business_day_count")
    )
