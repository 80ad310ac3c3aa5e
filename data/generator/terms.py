"""What is agreed with an account, and what a line needs: channel, terms, and handling.

Nothing is drawn for it: it follows from numbers that are drawn anyway, so that no other number of
the company depends on it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import polars as pl

from data.generator.writing import Dialect

# By an account's number, counted round and round.
CHANNELS = ("manual", "edi", "edi", "portal")
PAYMENT_DAYS = (14, 30, 30, 60)
REBATE_PERCENTS = (0, 1, 2, 3)
# Every so many items one is so heavy that it is loaded by crane.
HEAVY_ITEMS = 40


def with_terms(lines: pl.DataFrame) -> pl.DataFrame:
    """Add channel, payment_days, rebate (hundredths) and is_heavy to order lines."""
    account = pl.col("account")
    percent = _in_turn(account // 5, REBATE_PERCENTS, pl.Int64)
    return lines.with_columns(
        channel=_in_turn(account, CHANNELS, pl.String),
        payment_days=_in_turn(account // 3, PAYMENT_DAYS, pl.Int64),
        rebate=pl.col("amount") * percent // 100,
        is_heavy=pl.col("item") % HEAVY_ITEMS == 0,
    )


def written(
    dialect: Dialect, names: Sequence[str], channels: Mapping[str, str], heavy: str
) -> dict[str, pl.Expr]:
    """Write channel, list value, rebate, payment days and handling under a system's names."""
    channel, listed, rebate, days, handling = names
    return {
        channel: pl.col("channel").replace_strict(channels, return_dtype=pl.String),
        listed: dialect.number(pl.col("list"), 2),
        rebate: dialect.number(pl.col("rebate"), 2),
        days: pl.col("payment_days").cast(pl.String),
        handling: pl.when("is_heavy").then(pl.lit(heavy)),
    }


def _in_turn(number: pl.Expr, values: Sequence[object], dtype: type[pl.DataType]) -> pl.Expr:
    return (number % len(values)).replace_strict(dict(enumerate(values)), return_dtype=dtype)
