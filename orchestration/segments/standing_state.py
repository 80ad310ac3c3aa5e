"""Where units stand, between the table that carries it and the arrays of a night's step.

Several segments in one text are joined by a comma: those left with their day (`A=2026-03-01`), and
the targets of the evaluations before, the newest last, `-` where the rules said that a unit stays.
"""

from __future__ import annotations

from dataclasses import fields

import numpy as np
import numpy.typing as npt
import polars as pl

from models.stability.step import NEVER, NONE, Bools, Codes, Days, Standing

STAYS = "-"


def codes_of(column: pl.Series, segments: tuple[str, ...], *, otherwise: int) -> Codes:
    """Return the places of segments on the ladder."""
    places = {segment: number for number, segment in enumerate(segments)}
    return column.replace_strict(places, default=otherwise, return_dtype=pl.Int32).to_numpy()


def names_of(codes: Codes, segments: tuple[str, ...]) -> pl.Series:
    """Return the segments at places of the ladder, null beside it."""
    names = pl.Series([*segments, None], dtype=pl.String)
    return names.gather(np.where((codes >= 0) & (codes < len(segments)), codes, len(segments)))


def dates_of(days: Days) -> pl.Series:
    """Return days as dates, null for those that never were."""
    known = pl.Series(np.where(days == NEVER, 0, days), dtype=pl.Int32).cast(pl.Date)
    return pl.select(pl.when(pl.Series(days != NEVER)).then(known)).to_series()


def days_of(dates: pl.Series) -> Days:
    """Return dates as days, those that never were before all others."""
    return dates.cast(pl.Int32).fill_null(NEVER).to_numpy()


def standing_of(frame: pl.DataFrame, segments: tuple[str, ...], *, among: int) -> Standing:
    """Return what the release before knows of each unit; of units beside the ladder, nothing."""
    is_held = frame["was_on_ladder"].to_numpy()
    texts = frame["segments_left"].str
    left = [
        days_of(texts.extract(rf"(?:^|,){segment}=(\d{{4}}-\d\d-\d\d)").str.to_date())
        for segment in segments
    ]
    candidates = frame["candidates"].str.split(",").list.reverse()
    seen = [
        codes_of(candidates.list.get(back, null_on_oob=True), segments, otherwise=NONE)
        for back in reversed(range(among - 1))
    ]
    units = frame.height
    return Standing(
        segment=np.where(is_held, codes_of(frame["stood"], segments, otherwise=NONE), NONE),
        since=np.full(units, NEVER, np.int32),
        moved=np.where(is_held, days_of(frame["moved_date"]), NEVER),
        left=np.where(is_held[:, None], np.column_stack(left), NEVER),
        candidates=np.column_stack(seen) if seen else np.empty((units, 0), np.int32),
        pending=codes_of(frame["pending_segment_id"], segments, otherwise=NONE),
        confirmed=days_of(frame["confirmed_date"]),
    )


def columns_of(standing: Standing, segments: tuple[str, ...]) -> dict[str, pl.Series]:
    """Return the columns that carry what is known of each unit to the next night."""
    left = {
        segment: pl.format(f"{segment}={{}}", pl.lit(dates_of(standing.left[:, n])))
        for n, segment in enumerate(segments)
    }
    seen = [
        names_of(standing.candidates[:, n], segments).fill_null(STAYS)
        for n in range(standing.candidates.shape[1])
    ]
    has_candidates = pl.Series((standing.candidates != NONE).any(axis=1))
    joined = pl.select(
        segments_left=pl.concat_str(*left.values(), separator=",", ignore_nulls=True),
        candidates=pl.when(has_candidates).then(
            pl.concat_str(*seen, separator=",") if seen else pl.lit(None, pl.String)
        ),
    ).with_columns(pl.col("segments_left").replace("", None))
    latest = standing.left.argmax(axis=1).astype(np.int32)
    was_left = standing.left.max(axis=1) != NEVER
    return {
        "moved_date": dates_of(standing.moved),
        "left_segment_id": names_of(np.where(was_left, latest, NONE).astype(np.int32), segments),
        "segments_left": joined["segments_left"],
        "candidates": joined["candidates"],
        "pending_segment_id": names_of(standing.pending, segments),
        "confirmed_date": dates_of(standing.confirmed),
    }


def kept_where(stays: Bools, before: Standing, after: Standing) -> Standing:
    """Return `after`, but for units that stay as they were."""

    def chosen(name: str) -> npt.NDArray[np.int32]:
        old, new = getattr(before, name), getattr(after, name)
        return np.where(stays if old.ndim == 1 else stays[:, None], old, new)

    return Standing(**{field.name: chosen(field.name) for field in fields(Standing)})
