"""Shipments: lines are held back until the day they ship."""

from __future__ import annotations

import polars as pl

_SHIPPED = ["erp", "order", "line", "shipped", "account", "item", "units"]


class Shipments:
    """Holds lines back until the day they ship."""

    def __init__(self) -> None:
        """Begin with nothing waiting."""
        self._pending = pl.DataFrame(schema=dict.fromkeys(_SHIPPED, pl.Int64))

    def week(self, sunday: int, lines: pl.DataFrame) -> pl.DataFrame:
        """Return what ships up to a Sunday, sorted by day.

        One row per line: erp, order, line, shipped, account, item, units.
        """
        sold = lines.filter(~pl.col("is_return") & ~pl.col("is_cancelled")).select(_SHIPPED)
        waiting = pl.concat([self._pending, sold])
        self._pending = waiting.filter(pl.col("shipped") > sunday)
        return waiting.filter(pl.col("shipped") <= sunday).sort("erp", "shipped", "order", "line")
