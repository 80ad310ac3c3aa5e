"""How much hangs on few: the index of Herfindahl and Hirschman."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl


def herfindahl(amounts: pl.DataFrame, *, keys: Sequence[str], amount: str) -> pl.DataFrame:
    """Return the sum of squared shares for each value of `keys`: 1 for one source, 1/n for n equal.

    `amounts` holds one row per key and source with what was bought there, from 0. Columns of the
    result: keys, source_count (sources with an amount above 0) and hhi_ratio, which is null where
    nothing was bought. Raises ValueError for a negative amount. Source: Hirschman (1964), Am.
    Econ. Rev. 54, 761.
    """
    if amounts.select((pl.col(amount) < 0).any()).item():
        raise ValueError(f"{amount} holds a negative amount")
    value = pl.col(amount).cast(pl.Float64)
    return (
        amounts.sort(*keys, amount)
        .group_by(keys, maintain_order=True)
        .agg(
            source_count=(value > 0).sum().cast(pl.Int64),
            _squares=(value**2).cum_sum().last(),
            _total=value.cum_sum().last(),
        )
        .with_columns(
            hhi_ratio=pl.when(pl.col("_total") > 0)
            .then(pl.col("_squares") / pl.col("_total") ** 2)
            .round(12)
        )
        .select(*keys, "source_count", "hhi_ratio")
        .sort(keys)
    )
