"""Rows that keep what was known when: a newer vintage ends an older one, and alters nothing."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import polars as pl


def vintages(
    before: pl.DataFrame, tonight: pl.DataFrame, *, keys: Sequence[str], business_date: date
) -> pl.DataFrame:
    """Lay what is known tonight over what was known; sorted by keys and valid_from.

    `tonight` holds keys and values, `before` valid_from and valid_to besides, half-open, of
    earlier nights. What has not changed stays open. What has is ended on the business date and
    followed by a row from that date; what tonight no longer names is ended, too.
    """
    values = [name for name in tonight.columns if name not in keys]
    columns = [*keys, "valid_from", "valid_to", *values]
    no_end, tonight_date = pl.lit(None, pl.Date), pl.lit(business_date, pl.Date)
    history = before.select(columns)
    past = history.filter(pl.col("valid_to").is_not_null())
    newest = history.filter(pl.col("valid_to").is_null())
    stays = newest.join(tonight, on=[*keys, *values], how="semi", nulls_equal=True)
    ended = newest.join(stays, on=list(keys), how="anti").with_columns(valid_to=tonight_date)
    begun = tonight.join(stays, on=list(keys), how="anti").select(
        *keys, *(pl.col(name) for name in values), valid_from=tonight_date, valid_to=no_end
    )
    return pl.concat([past, stays, ended, begun.select(columns)]).sort(*keys, "valid_from")
