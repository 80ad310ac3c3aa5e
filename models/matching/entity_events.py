"""What became of golden ids: merged, split, retired, handed over; booked once and never changed.

Nobody's id changes without an event. A mint is none: golden_xref has its first day.

- merge: the records of other_golden_id went into golden_id, which stays.
- split: other_golden_id came out of golden_id, new or with the id that it had before.
- transfer: records went from golden_id to other_golden_id, and both go on.
- retire: no record of golden_id is delivered any more.
- reuse: a source key that meant golden_id now means another thing, other_golden_id.
- acquire, divest: as declared, from their effective dates.
- reverse: golden_id goes on after it had ended, or an acquisition was taken back.

An event that undoes an earlier one names it; the earlier one is then marked as reversed.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from datetime import date

import polars as pl

from models.matching.declarations import ACQUIRE, DIVEST, in_force
from models.matching.id_changes import Night, changes, endings, taken_back

EVENT = pl.Schema(
    {
        "event_id": pl.String,
        "event_type": pl.String,
        "object_type": pl.String,
        "golden_id": pl.String,
        "other_golden_id": pl.String,
        "namespace": pl.String,
        "event_date": pl.Date,
        "recorded_date": pl.Date,
        "share_rate": pl.Float64,
        "record_count": pl.Int64,
        "origin": pl.String,
        "reason": pl.String,
        "ledger_sequence": pl.Int64,
        "reverses_event_id": pl.String,
        "is_reversed": pl.Boolean,
    }
)
IDENTITY = ("event_type", "object_type", "golden_id", "other_golden_id", "namespace", "event_date")


def events_of_the_night(
    night: Night, prior: pl.DataFrame, declared: pl.DataFrame, *, object_type: str, day: date
) -> pl.DataFrame:
    """Return the events of one object up to tonight: those of before, and what changed since."""
    stands = in_force(declared, day)
    entries = [*declared["ledger_seq"], *night.decisions["ledger_seq"]]
    tonight = pl.concat(
        [
            taken_back(changes(night, prior, stands), entries),
            taken_back(endings(night, prior), entries),
            _declared(night, prior, stands),
            _unapproved(prior, declared),
        ],
        how="diagonal_relaxed",
    )
    rows = _complete(tonight, object_type, day)
    rows = rows.with_columns(event_id=_ids(rows, prior["event_id"]))
    undone = pl.concat([prior["reverses_event_id"], rows["reverses_event_id"]]).drop_nulls()
    return (
        pl.concat([prior.select(*EVENT), rows.select(*EVENT)])
        .with_columns(is_reversed=pl.col("event_id").is_in(undone.unique().to_list()))
        .sort("recorded_date", "event_date", "event_id")
    )


def _declared(night: Night, prior: pl.DataFrame, stands: pl.DataFrame) -> pl.DataFrame:
    """Return what was declared of whole entities and came into effect since the last night."""
    booked = prior.filter(pl.col("event_type").is_in([ACQUIRE, DIVEST]))["ledger_sequence"]
    new = stands.filter(pl.col("ledger_seq").is_in(booked.to_list()).not_())
    counted = night.members.group_by("namespace").agg(record_count=pl.len().cast(pl.Int64))
    acquired = new.filter(pl.col("declaration") == ACQUIRE, "is_approved").join(
        counted, on="namespace"
    )
    divested = new.filter(pl.col("declaration") == DIVEST).join(night.divested, on="golden_id")
    return pl.concat([acquired, divested], how="diagonal").select(
        "golden_id",
        "namespace",
        "record_count",
        "reason",
        event_type="declaration",
        event_date="effective_date",
        origin=pl.lit("declared"),
        ledger_sequence="ledger_seq",
    )


def _unapproved(prior: pl.DataFrame, declared: pl.DataFrame) -> pl.DataFrame:
    """Return a reversal for each acquisition whose approval was taken back."""
    stands = declared.filter("is_approved")["ledger_seq"].to_list()
    return prior.filter(
        pl.col("event_type") == ACQUIRE,
        pl.col("is_reversed").not_(),
        pl.col("ledger_sequence").is_in(stands).not_(),
    ).select(
        "golden_id",
        "namespace",
        "record_count",
        event_type=pl.lit("reverse"),
        reverses_event_id="event_id",
        origin=pl.lit("declared"),
        reason=pl.format("What entry {} of the ledger says was taken back.", "ledger_sequence"),
        ledger_sequence="ledger_sequence",
    )


def _complete(tonight: pl.DataFrame, object_type: str, day: date) -> pl.DataFrame:
    """Add what all events of a night share, and the columns that none of them has."""
    absent = {name: pl.lit(None, kind) for name, kind in EVENT.items()}
    return (
        tonight.with_columns(
            **{name: null for name, null in absent.items() if name not in tonight.columns}
        )
        .with_columns(
            object_type=pl.lit(object_type),
            recorded_date=pl.lit(day),
            event_date=pl.col("event_date").fill_null(day),
        )
        .sort(IDENTITY[0], *IDENTITY[2:], nulls_last=True)
        .cast(EVENT)
    )


def _ids(rows: pl.DataFrame, prior: Collection[str]) -> pl.Series:
    """Return an id for each event; the same thing happening twice on a day is two events."""
    known = set(prior)
    ids: list[str] = []
    for row in rows.select(IDENTITY).iter_rows():
        text = "\x1f".join(str(value) for value in row)
        while (event_id := f"e-{_digits(text)}") in known:
            text += "\x1fagain"
        known.add(event_id)
        ids.append(event_id)
    return pl.Series(ids, dtype=pl.String)


def _digits(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]
