"""Freight as carriers charge it: by order and day that left, and by line where one went ahead."""

from __future__ import annotations

import polars as pl

from data.generator.network import CURRENCIES
from data.generator.writing import Dialect

EUR, USD = CURRENCIES[:2]
PREMIUM_EVERY, UNKNOWN_EVERY = 60, 2_000
# Times what freight usually costs, for accounts in turn: some live on islands, some in the hills.
REMOTENESS = (1, 1, 1, 1, 7, 1, 1, 3, 1)


def freight(shipped: pl.DataFrame, dialect: Dialect) -> pl.DataFrame:
    """One row per order and day that left, and one for each line that was sent by express.

    Now and then a carrier charges for an order that nobody knows.
    """
    frame = _charges(shipped)
    is_north = pl.col("erp") == 0
    order, line = pl.col("order").cast(pl.String), pl.col("line")
    return frame.select(
        charge=pl.lit("F") + pl.int_range(1, pl.len() + 1).cast(pl.String).str.zfill(8),
        company=pl.when(is_north).then(pl.lit("1000")).otherwise(pl.lit("2000")),
        order=pl.when(is_north).then(order.str.zfill(10)).otherwise("SO-" + order.str.zfill(8)),
        line=pl.when(is_north)
        .then((line * 10).cast(pl.String).str.zfill(6))
        .otherwise(line.cast(pl.String)),
        day=dialect.day(pl.col("shipped")),
        amount=dialect.number(pl.col("amount"), 2),
        currency=pl.when(is_north).then(pl.lit(EUR)).otherwise(pl.lit(USD)),
        express=pl.when("is_premium").then(pl.lit("1")).otherwise(pl.lit("0")),
    )


def _charges(shipped: pl.DataFrame) -> pl.DataFrame:
    """Return what carriers charge, in hundredths of the ERP's currency."""
    times = (pl.col("account") % len(REMOTENESS)).replace_strict(
        dict(enumerate(REMOTENESS)), return_dtype=pl.Int64
    )
    basic = 1_450 + 90 * pl.len().cast(pl.Int64) + pl.col("order").first() % 400
    usual = (
        shipped.group_by("erp", "order", "shipped", maintain_order=True)
        .agg(amount=basic * times.first())
        .with_columns(line=pl.lit(None, pl.Int64), is_premium=pl.lit(value=False))
    )
    number = pl.col("order") * 31 + pl.col("line")
    express = shipped.filter(number % PREMIUM_EVERY == 0).select(
        *("erp", "order", "shipped", "line"),
        amount=3_900 + number % 1_700,
        is_premium=pl.lit(value=True),
    )
    unknown = usual.filter(pl.col("order") % UNKNOWN_EVERY == 0)
    unknown = unknown.with_columns(order=pl.col("order") + 900_000_000)
    return pl.concat([usual, express, unknown], how="diagonal")
