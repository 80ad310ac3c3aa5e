"""How well suppliers keep their dates and their quality, over the order lines of any group."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from models.supply.lead_times import MILLIONTHS, PUBLISHED_DECIMALS

RATES = ("on_time_rate", "in_full_rate", "otif_rate", "yield_rate")


def delivery(lines: pl.DataFrame, *, keys: Sequence[str]) -> pl.DataFrame:
    """Return the rates of each value of `keys`, sorted by them.

    `lines` holds one row per order line that was not cancelled: keys, is_due, on_time_millionths
    (part of the line that had come by its day), is_in_full, is_on_time_in_full, received_units and
    accepted_units. Columns of the result:

    due_line_count       lines whose day has come
    otif_line_count      those of which everything had come by its day
    on_time_rate         mean part of a due line that had come by its day
    in_full_rate         due lines of which everything has come, late or not
    otif_rate            due lines of which everything had come by its day: one event
    yield_rate           accepted over received units, each summed before dividing

    A rate is null where there is nothing that it could be a rate of.
    """
    due = pl.col("is_due").sum().cast(pl.Int64)
    received = pl.col("received_units").sum().cast(pl.Float64)
    accepted = pl.col("accepted_units").sum().cast(pl.Float64)
    counted = lines.group_by(keys).agg(
        due_line_count=due,
        otif_line_count=pl.col("is_on_time_in_full").sum().cast(pl.Int64),
        _on_time=pl.col("on_time_millionths").sum() / MILLIONTHS,
        _in_full=pl.col("is_in_full").sum(),
        yield_rate=pl.when(received > 0).then(accepted / received),
    )
    has_due = pl.col("due_line_count") > 0
    return (
        counted.with_columns(
            on_time_rate=pl.when(has_due).then(pl.col("_on_time") / pl.col("due_line_count")),
            in_full_rate=pl.when(has_due).then(pl.col("_in_full") / pl.col("due_line_count")),
            otif_rate=pl.when(has_due).then(pl.col("otif_line_count") / pl.col("due_line_count")),
        )
        .with_columns(pl.col(*RATES).round(PUBLISHED_DECIMALS))
        .select(*keys, "due_line_count", "otif_line_count", *RATES)
        .sort(keys)
    )
