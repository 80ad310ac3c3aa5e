"""How unsure lead times from a country are, from the receipts themselves."""

from __future__ import annotations

from datetime import date, timedelta

import polars as pl

from models.supply.geography import Geography, IndexName
from models.supply.lead_times import lead_times

INDEX: IndexName = "lead_time_risk"
WINDOW_DAYS = 730


def lead_time_risk(
    portions: pl.DataFrame, geography: Geography, *, business_date: date, minimum_lines: int
) -> pl.DataFrame:
    """Return place, index and value for each country and region with enough received lines.

    The value is the deviation of the lead time by its mean, over orders of two years, as it was
    known at the end of the month before: it changes once a month and not each night. `portions`
    holds country, order_date, order_line_id, calendar_days, share_rate and is_received.
    """
    until = business_date.replace(day=1) - timedelta(days=1)
    arrived = pl.col("order_date") + pl.duration(days=pl.col("calendar_days"))
    is_received = pl.col("is_received") & (arrived <= until)
    known = portions.filter(
        pl.col("order_date") <= until,
        pl.col("order_date") > until - timedelta(days=WINDOW_DAYS),
        pl.col("country").is_not_null(),
    ).with_columns(
        is_received=is_received,
        calendar_days=pl.when(is_received)
        .then("calendar_days")
        .otherwise((pl.lit(until) - pl.col("order_date")).dt.total_days()),
    )
    places = [
        (country, place)
        for country in known["country"].unique().sort()
        for place in (country, *geography.above(country))
    ]
    schema = {"country": pl.String, "place": pl.String}
    located = known.join(pl.DataFrame(places, schema=schema, orient="row"), on="country")
    times = lead_times(located, keys=["place"], days="calendar_days")
    enough = (pl.col("line_count") >= minimum_lines) & (pl.col("mean_days") > 0)
    return times.filter(enough).select(
        "place", index=pl.lit(INDEX), value=pl.col("sd_days") / pl.col("mean_days")
    )
