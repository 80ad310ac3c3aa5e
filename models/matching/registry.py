"""The registry of golden ids: which id each delivered record goes by tonight, and what changed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import polars as pl

from models.matching.declarations import divested, in_force, mergers
from models.matching.entity_events import events_of_the_night
from models.matching.id_changes import Night
from models.matching.identity import RECORD, named, past_ids


@dataclass(frozen=True, kw_only=True)
class Registered:
    """One object's records with their ids, and its events, those of earlier nights included.

    `members`: record_key, namespace, source_key, golden_id, survivorship_rank (1 leads). Records
    of an entity that was divested are not among them. `events` are rows of golden.entity_events.
    """

    members: pl.DataFrame
    events: pl.DataFrame


def register(
    clusters: pl.DataFrame,
    prior_xref: pl.DataFrame,
    prior_events: pl.DataFrame,
    declared: pl.DataFrame,
    decisions: pl.DataFrame,
    *,
    object_type: str,
    day: date,
) -> Registered:
    """Carry, mint, merge and split the golden ids of one object.

    `clusters`: record_key, namespace, source_key, cluster, precedence (1 is the record trusted
    most) and, where known, is_recycled (the key means another thing than it did). `prior_xref`:
    golden_xref of the release before, all validities; `prior_events`: its entity_events;
    `declared`: what stewards have declared (DECLARED); `decisions`: what `resolve` was given, with
    reason.
    """
    past = past_ids(prior_xref)
    stands = in_force(declared, day)
    members = _members(
        _complete(clusters), past, prior_events, stands, object_type=object_type, day=day
    )
    night = Night(
        members=members,
        alive_before=_ids(prior_xref.filter(pl.col("valid_to").is_null())),
        known=_ids(past, prior_events),
        divested=_divested(past, stands),
        decisions=decisions,
    )
    return Registered(
        members=_ranked(members.filter(pl.col("is_left").not_())),
        events=events_of_the_night(night, prior_events, declared, object_type=object_type, day=day),
    )


def _ids(*frames: pl.DataFrame) -> pl.DataFrame:
    """Return the golden ids of frames, once each."""
    return pl.concat([frame.select("golden_id") for frame in frames]).unique()


def _members(
    clusters: pl.DataFrame,
    past: pl.DataFrame,
    prior_events: pl.DataFrame,
    stands: pl.DataFrame,
    *,
    object_type: str,
    day: date,
) -> pl.DataFrame:
    """Add the id of tonight, the one before and since when, and whether its entity was divested."""
    ids = named(
        clusters,
        _still_meant(past, clusters, prior_events),
        given=past["golden_id"],
        mergers=mergers(stands),
        object_type=object_type,
        day=day,
    )
    last = past.filter("is_last").select(*RECORD, "first_held", before="golden_id")
    return (
        clusters.join(ids, on="cluster", how="left")
        .join(last, on=RECORD, how="left")
        .with_columns(is_left=pl.col("golden_id").is_in(divested(stands)))
    )


def _divested(past: pl.DataFrame, stands: pl.DataFrame) -> pl.DataFrame:
    """Return golden_id and record_count of what left the company, delivered or not."""
    bore = past.filter("is_last").group_by("golden_id").agg(record_count=pl.len().cast(pl.Int64))
    return bore.filter(pl.col("golden_id").is_in(divested(stands)))


def _ranked(members: pl.DataFrame) -> pl.DataFrame:
    """Order the records of each id from the one that is trusted most."""
    rank = 1 + pl.int_range(pl.len(), dtype=pl.Int64).over("golden_id")
    ranked = members.sort("precedence", "record_key").with_columns(survivorship_rank=rank)
    return ranked.select("record_key", *RECORD, "golden_id", "survivorship_rank").sort("record_key")


def _complete(clusters: pl.DataFrame) -> pl.DataFrame:
    """Add what a caller may leave out."""
    if "is_recycled" in clusters.columns:
        return clusters
    return clusters.with_columns(is_recycled=pl.lit(value=False))


def _still_meant(
    past: pl.DataFrame, clusters: pl.DataFrame, prior_events: pl.DataFrame
) -> pl.DataFrame:
    """Leave out ids that a key had when it still meant another thing, tonight or ever before."""
    recycled = clusters.filter("is_recycled").select(RECORD)
    reuses = prior_events.filter(
        pl.col("event_type") == "reuse", pl.col("is_reversed").not_()
    ).select("golden_id", "other_golden_id")
    held = past.select(*RECORD, other_golden_id="golden_id")
    once = past.join(reuses, on="golden_id").join(held, on=[*RECORD, "other_golden_id"])
    return past.join(recycled, on=RECORD, how="anti").join(
        once.select(*RECORD, "golden_id"), on=[*RECORD, "golden_id"], how="anti"
    )
