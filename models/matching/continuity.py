"""The past of golden ids after mergers and splits, so that what was true of one sums to the parts.

A measure that was booked under a golden id stays as it was published. Read with tonight's ids,
the rows of an id that was merged away stand under the one that stays, and of a split the rows from
before it are shared between the parts by the event's share_rate. The part that leaves gets the
share, rounded as the column is; the rest stays, so that both always sum to what was there.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import polars as pl


def continued(
    past: pl.DataFrame,
    events: pl.DataFrame,
    *,
    golden_id: str,
    dated: str,
    measures: Sequence[str],
) -> pl.DataFrame:
    """Return the past by tonight's ids, with `origin_id`, the id that a row was booked under.

    `past` has one row per id, date and whatever else; `events` are rows of entity_events. What
    was reversed is left out, but for the time in which two ids were one: that is shared.
    """
    read = past.with_columns(origin_id=pl.col(golden_id))
    begun = dict(events.select("event_id", "event_date").iter_rows())
    standing = events.filter(
        pl.col("is_reversed").not_(), pl.col("event_type").is_in(["merge", "split"])
    ).sort("event_date", "recorded_date", "event_id")
    for event in standing.iter_rows(named=True):
        if event["event_type"] == "merge":
            is_other = pl.col(golden_id) == event["other_golden_id"]
            survivor = pl.lit(event["golden_id"])
            read = read.with_columns(
                pl.when(is_other).then(survivor).otherwise(golden_id).alias(golden_id)
            )
        else:
            since = begun.get(event["reverses_event_id"])
            read = _shared(read, event, since, golden_id=golden_id, dated=dated, measures=measures)
    return read


def _shared(
    read: pl.DataFrame,
    event: dict[str, Any],
    since: date | None,
    *,
    golden_id: str,
    dated: str,
    measures: Sequence[str],
) -> pl.DataFrame:
    """Share the rows of one split: all before it, or those since the merge that it undoes."""
    concerned = (pl.col(golden_id) == event["golden_id"]) & (pl.col(dated) < event["event_date"])
    if since is not None:
        concerned &= pl.col(dated) >= since
    whole = read.filter(concerned)
    part = whole.with_columns(
        pl.lit(event["other_golden_id"]).alias(golden_id),
        *(_share(whole.schema[name], name, event["share_rate"]) for name in measures),
    )
    rest = whole.with_columns(whole[name] - part[name] for name in measures)
    return pl.concat([read.filter(~concerned), rest.cast(read.schema), part.cast(read.schema)])


def _share(kind: pl.DataType, name: str, rate: float | None) -> pl.Expr:
    """A share of a measure in the measure's own type."""
    share = pl.col(name).cast(pl.Float64) * (rate or 0.0)
    if isinstance(kind, pl.Decimal):
        return share.round(kind.scale).cast(kind).alias(name)
    return share.round().cast(kind).alias(name) if kind.is_integer() else share.alias(name)
