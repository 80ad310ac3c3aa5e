"""How restless a classification is: how many units move, how many of them for nothing, and why.

All of it is read off spells: one row for each unit and time in one segment, half-open, with
`valid_to` null while the unit is still in it. Columns: the keys of the scheme, unit_id, segment_id,
valid_from, valid_to, began_by. Two spells of a unit that touch are a move. Where there is a column
`stands_for`, a unit stands for so many alike: most have one spell, and that one in common.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from itertools import pairwise

import polars as pl

from models.supply.lead_times import survival
from models.supply.scorecard import wilson_interval

QUARTER_DAYS = 365.25 / 4
NOBODY = "(none)"  # the segment of a unit that is not there
PUBLISHED_DECIMALS = 12
# What moved a unit, by what its spell began with; every other cause is an event of its golden id.
DATA, RULES, OVERRIDE, EVENT = "data", "rules", "override", "event"
KINDS = (DATA, RULES, OVERRIDE, EVENT)
COUNTS = ["move_count", "ping_pong_count", *(f"{kind}_move_count" for kind in KINDS)]
CAUSES = {
    "features": DATA,
    "metric_untrusted": DATA,
    "returned": DATA,
    "rules": RULES,
    "override": OVERRIDE,
}


def moves(spells: pl.DataFrame, *, keys: Sequence[str] = ()) -> pl.DataFrame:
    """Return the moves: one row where a spell of a unit begins as another one of it ends.

    Columns: keys, unit_id, move_date, from_segment_id, to_segment_id, began_by, cause (data, rules,
    override, event) and away_days: how long ago the unit had left the segment that it comes to,
    null where it was never there. Sorted by keys, unit and date.
    """
    unit = [*keys, "unit_id"]
    before = pl.col("valid_to").shift(1)
    return (
        spells.sort([*unit, "valid_from"])
        .with_columns(
            from_segment_id=pl.col("segment_id").shift(1).over(unit),
            _ended=before.over(unit),
            _was_there=before.over([*unit, "segment_id"]),
        )
        .filter(
            (pl.col("_ended") == pl.col("valid_from"))
            & (pl.col("from_segment_id") != pl.col("segment_id"))
        )
        .select(
            *unit,
            pl.col("valid_from").alias("move_date"),
            "from_segment_id",
            pl.col("segment_id").alias("to_segment_id"),
            "began_by",
            pl.col("began_by").replace_strict(CAUSES, default=EVENT).alias("cause"),
            (pl.col("valid_from") - pl.col("_was_there")).dt.total_days().alias("away_days"),
        )
    )


def churn_rates(
    spells: pl.DataFrame,
    *,
    first: date,
    last: date,
    window_days: int,
    keys: Sequence[str] = ("scheme_id",),
) -> pl.DataFrame:
    """Return how restless each scheme was from the first day to the last: one row for each.

    unit_count             units that had a segment in that time
    observed_days          days that they had one, all together
    move_count             moves after the first day, and of them by cause: data_move_count,
                           rules_move_count, override_move_count, event_move_count
    moves_per_100_ratio     moves per 100 units and quarter; null where nothing was observed
    ping_pong_count        moves back to a segment left no more than `window_days` before
    ping_pong_rate         their share of the moves, with Wilson's interval of 95 %
    median_dwell_days      median time in a segment (`median_dwell`)
    spell_count            spells that it is estimated from, of which open_spell_count go on
    """
    over = list(keys)
    spells = _counted(spells)
    lived = (
        _within(spells, first, last)
        .group_by(over)
        .agg(
            unit_count=pl.col("stands_for").filter(pl.col("unit_id").is_first_distinct()).sum(),
            observed_days=(pl.col("_days") * pl.col("stands_for")).sum().cast(pl.Int64),
        )
    )
    return (
        lived.join(_counts(spells, first, last, window_days, over), on=over, how="left")
        .with_columns(pl.col(COUNTS).fill_null(0))
        .with_columns(**_rates())
        .join(median_dwell(spells, last=last, keys=keys), on=over, how="left")
        .with_columns(pl.selectors.float().round(PUBLISHED_DECIMALS))
        .sort(over)
    )


def _rates() -> dict[str, pl.Expr]:
    """Return the rates that follow from the counts of a scheme."""
    moves, back = pl.col("move_count"), pl.col("ping_pong_count")
    days = pl.col("observed_days")
    low, high = wilson_interval(back, moves)
    has_moved = pl.when(moves > 0)
    return {
        "moves_per_100_ratio": pl.when(days > 0).then(100 * moves / (days / QUARTER_DAYS)),
        "ping_pong_rate": has_moved.then(back / moves),
        "ping_pong_low_rate": has_moved.then(low),
        "ping_pong_high_rate": has_moved.then(high),
    }


def _counts(
    spells: pl.DataFrame, first: date, last: date, window_days: int, keys: Sequence[str]
) -> pl.DataFrame:
    """Count the moves after the first day, by cause, and those that lead back."""
    is_in_time = (pl.col("move_date") > first) & (pl.col("move_date") <= last)
    counts = {"move_count": pl.len(), "ping_pong_count": (pl.col("away_days") <= window_days).sum()}
    counts |= {f"{cause}_move_count": (pl.col("cause") == cause).sum() for cause in KINDS}
    return (
        moves(spells, keys=keys)
        .filter(is_in_time)
        .group_by(keys)
        .agg(count.cast(pl.Int64).alias(name) for name, count in counts.items())
    )


def median_dwell(
    spells: pl.DataFrame, *, last: date, keys: Sequence[str] = ("scheme_id",)
) -> pl.DataFrame:
    """Return the median time in a segment, by the estimator of Kaplan and Meier (1958).

    A spell that goes on counts as censored at the age it has on the last day. One that was there
    when records began counts from that day, so that the median is too short rather than too long.
    Null where less than half of the spells are known to end. Columns: keys, median_dwell_days,
    spell_count, open_spell_count.
    """
    over = list(keys)
    lived = (
        _counted(spells)
        .filter(pl.col("valid_from") <= last)
        .with_row_index("order_line_id")
        .with_columns(
            is_received=(pl.col("valid_to") <= last).fill_null(value=False),
            dwell_days=(pl.min_horizontal("valid_to", pl.lit(last)) - pl.col("valid_from"))
            .dt.total_days()
            .cast(pl.Int64),
            share_rate=pl.col("stands_for").cast(pl.Float64),
        )
    )
    median = (
        survival(lived, keys=over, days="dwell_days")
        .filter(pl.col("survival_rate") <= 0.5 + 1e-12)
        .group_by(over)
        .agg(median_dwell_days=pl.col("dwell_days").min())
    )
    counted = lived.group_by(over).agg(
        spell_count=pl.col("stands_for").sum(),
        open_spell_count=pl.col("stands_for").filter(~pl.col("is_received")).sum(),
    )
    return counted.join(median, on=over, how="left").select(
        *over, "median_dwell_days", "spell_count", "open_spell_count"
    )


def transitions(
    spells: pl.DataFrame, days: Sequence[date], *, keys: Sequence[str] = ("scheme_id",)
) -> pl.DataFrame:
    """Return the matrix of transitions from each of these days to the next, all pairs together.

    Columns: keys, from_segment_id, to_segment_id, unit_count, and those of `with_rates`. A unit
    that is not there on one of the two days has the segment `(none)` on it.
    """
    over = [*keys, "unit_id"]
    found = []
    for earlier, later in pairwise(days):
        before = _on(spells, earlier).select(*over, from_segment_id="segment_id")
        after = _on(spells, later).select(*over, to_segment_id="segment_id")
        found.append(before.join(after, on=over, how="full", coalesce=True))
    counts = (
        pl.concat(found)
        .with_columns(pl.col("from_segment_id", "to_segment_id").fill_null(NOBODY))
        .group_by([*keys, "from_segment_id", "to_segment_id"])
        .agg(unit_count=pl.len().cast(pl.Int64))
    )
    return with_rates(counts, keys=keys).sort([*keys, "from_segment_id", "to_segment_id"])


def with_rates(counts: pl.DataFrame, *, keys: Sequence[str] = ("scheme_id",)) -> pl.DataFrame:
    """Add the share of the units of a segment that went to another, with its interval.

    move_rate is unit_count over all units of from_segment_id, so that the rates of a segment add
    up to 1; move_low_rate and move_high_rate are Wilson's interval of 95 %, wide on thin cells. All
    are null for units that were not there before.
    """
    of_segment = pl.col("unit_count").sum().over([*keys, "from_segment_id"])
    low, high = wilson_interval(pl.col("unit_count"), of_segment)
    was_there = pl.col("from_segment_id") != NOBODY
    return counts.with_columns(
        move_rate=pl.when(was_there).then(pl.col("unit_count") / of_segment),
        move_low_rate=pl.when(was_there).then(low),
        move_high_rate=pl.when(was_there).then(high),
    ).with_columns(pl.col("move_rate", "move_low_rate", "move_high_rate").round(PUBLISHED_DECIMALS))


def _counted(spells: pl.DataFrame) -> pl.DataFrame:
    """Return spells of which each says for how many units it stands."""
    if "stands_for" in spells.columns:
        return spells.with_columns(pl.col("stands_for").cast(pl.Int64))
    return spells.with_columns(stands_for=pl.lit(1, pl.Int64))


def _within(spells: pl.DataFrame, first: date, last: date) -> pl.DataFrame:
    """Keep what spells have of the time from the first day to the last; `_days` is how much."""
    begin = pl.max_horizontal("valid_from", pl.lit(first))
    end = pl.min_horizontal("valid_to", pl.lit(last))
    is_within = (pl.col("valid_from") <= last) & (pl.col("valid_to") > first).fill_null(value=True)
    return spells.filter(is_within).with_columns(_days=(end - begin).dt.total_days())


def _on(spells: pl.DataFrame, day: date) -> pl.DataFrame:
    """Keep the spells of a day."""
    has_ended = (pl.col("valid_to") <= day).fill_null(value=False)
    return spells.filter((pl.col("valid_from") <= day) & ~has_ended)
