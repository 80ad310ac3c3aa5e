"""How the ids of tonight differ from those of the release before, as rows of events."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from functools import cached_property

import polars as pl

from models.matching.declarations import mergers

MOVE = ("before", "golden_id")


@dataclass(frozen=True, kw_only=True)
class Night:
    """One object before and after.

    `members`: the records delivered tonight with namespace, golden_id, the id each went by
    `before` (null for a new one), since when (first_held), precedence, is_recycled and
    is_left (its entity was divested). `alive_before` and `known` are ids, open in the release
    before and of any earlier day. `divested`: golden_id and record_count of what left the company.
    `decisions`: record_key_l, record_key_r, decision, ledger_seq and reason.
    """

    members: pl.DataFrame
    alive_before: pl.DataFrame
    known: pl.DataFrame
    divested: pl.DataFrame
    decisions: pl.DataFrame

    @cached_property
    def alive(self) -> pl.DataFrame:
        """Return the ids that somebody goes by tonight, once each."""
        return self.members.filter(pl.col("is_left").not_()).select("golden_id").unique()


def changes(night: Night, prior: pl.DataFrame, stands: pl.DataFrame) -> pl.DataFrame:
    """Return merge, split, transfer and reuse: one event for two ids between which records went.

    `stands` are the declarations in effect.
    """
    moved = night.members.filter(pl.col("before") != pl.col("golden_id"))
    by_pair = moved.group_by(*MOVE, "is_recycled").agg(
        record_count=pl.len().cast(pl.Int64),
        lead=pl.struct("first_held", "precedence").min(),
    )
    is_first = pl.struct("lead", "golden_id").rank("ordinal").over("before", "is_recycled") == 1
    goes_on = pl.col("before").is_in(_those_of(by_pair["before"], night.alive))
    went_on = pl.col("golden_id").is_in(_those_of(by_pair["golden_id"], night.alive_before))
    named = by_pair.with_columns(
        event_type=pl.when("is_recycled")
        .then(pl.lit("reuse"))
        .when(goes_on & ~went_on)
        .then(pl.lit("split"))
        .when(~goes_on & is_first)
        .then(pl.lit("merge"))
        .otherwise(pl.lit("transfer")),
    )
    attributed = named.join(_decided(night, stands), on=MOVE, how="left").join(
        stands.select("ledger_seq", "effective_date", "share_rate"),
        on="ledger_seq",
        how="left",
    )
    return _with_undone(_told(attributed), prior)


def _those_of(few: pl.Series, ids: pl.DataFrame) -> list[str]:
    """Return those of a few ids that are among many."""
    return ids.filter(pl.col("golden_id").is_in(few.to_list()))["golden_id"].to_list()


def _told(moves: pl.DataFrame) -> pl.DataFrame:
    """Turn moves into events: who stays, what share was declared, and on whose word."""
    is_merge, is_split = (pl.col("event_type") == name for name in ("merge", "split"))
    seen = {
        "merge": "Their records are one.",
        "split": "Its records are no longer one.",
        "transfer": "Its records are closer to those of the other.",
        "reuse": "The key bears another name and other identifiers than it did.",
    }
    return moves.select(
        "event_type",
        "record_count",
        golden_id=pl.when(is_merge).then("golden_id").otherwise("before"),
        other_golden_id=pl.when(is_merge).then("before").otherwise("golden_id"),
        share_rate=pl.when(is_split).then("share_rate"),
        event_date="effective_date",
        ledger_sequence="ledger_seq",
        origin=pl.when(pl.col("effective_date").is_not_null())
        .then(pl.lit("declared"))
        .when(pl.col("ledger_seq").is_not_null())
        .then(pl.lit("steward"))
        .otherwise(pl.lit("matching")),
        reason=pl.coalesce("reason", pl.col("event_type").replace_strict(seen)),
    )


def _decided(night: Night, stands: pl.DataFrame) -> pl.DataFrame:
    """Return the last decision that speaks of two records between whose ids others went."""
    sides = night.decisions
    for side in ("l", "r"):
        ids = night.members.select("record_key", "before", "golden_id")
        sides = sides.join(ids.select(pl.all().name.suffix(f"_{side}")), on=f"record_key_{side}")
    is_one = pl.col("golden_id_l") == pl.col("golden_id_r")
    was_one = pl.col("before_l") == pl.col("before_r")
    counts = sides.filter(
        pl.when(pl.col("decision") == "link").then(is_one & ~was_one).otherwise(~is_one & was_one)
    )
    told: list[pl.DataFrame] = [
        counts.select(
            "ledger_seq", "reason", before=f"before_{side}", golden_id=f"golden_id_{side}"
        )
        for side in ("l", "r")
    ]
    told.append(mergers(stands).rename({"other_golden_id": "before"}))
    moves = pl.concat(told, how="diagonal")
    return moves.sort("ledger_seq").unique(MOVE, keep="last", maintain_order=True)


def endings(night: Night, prior: pl.DataFrame) -> pl.DataFrame:
    """Return retire for ids that nobody goes by any more, and reverse for those that go on."""
    moved = night.members.filter(pl.col("before") != pl.col("golden_id")).select("golden_id")
    went = (night.alive, night.members.select(golden_id="before"), night.divested)
    gone = _without(night.alive_before, *went)
    returned = _without(
        night.alive.join(night.known, on="golden_id", how="semi"), night.alive_before, moved
    )
    rows = pl.DataFrame(
        {
            "golden_id": [*gone, *returned],
            "event_type": ["retire"] * len(gone) + ["reverse"] * len(returned),
            "reason": ["No record of it is there any more."] * len(gone)
            + ["Records of it are there again, on their own."] * len(returned),
        },
        schema={"golden_id": pl.String, "event_type": pl.String, "reason": pl.String},
    ).with_columns(origin=pl.lit("matching"))
    return _with_undone(rows, prior)


def _without(ids: pl.DataFrame, *others: pl.DataFrame) -> list[str]:
    """Return the ids that are in no other frame, in order."""
    for other in others:
        ids = ids.join(other, on="golden_id", how="anti")
    return ids["golden_id"].sort().to_list()


def _with_undone(rows: pl.DataFrame, prior: pl.DataFrame) -> pl.DataFrame:
    """Name the event that each row undoes, the last one that nothing has undone yet.

    A split undoes whatever ended the id that comes out of it, a merge what parted the same two,
    and a reverse what ended its id.
    """
    both = pl.format("{}\x1f{}", "golden_id", "other_golden_id")
    kind = pl.col("event_type")
    standing = prior.filter(pl.col("is_reversed").not_()).select(
        reverses_event_id="event_id",
        undone_origin="origin",
        undone_entry="ledger_sequence",
        undone=pl.when(kind == "merge")
        .then("other_golden_id")
        .when(kind.is_in(["retire", "divest"]))
        .then("golden_id")
        .when(kind.is_in(["split", "reuse"]))
        .then(both),
    )
    if "other_golden_id" not in rows.columns:
        rows = rows.with_columns(other_golden_id=pl.lit(None, pl.String))
    undone = (
        pl.when(kind == "split")
        .then("other_golden_id")
        .when(kind == "reverse")
        .then("golden_id")
        .when(kind == "merge")
        .then(both)
    )
    last = standing.drop_nulls("undone").unique("undone", keep="last", maintain_order=True)
    return rows.with_columns(undone=undone).join(last, on="undone", how="left").drop("undone")


def taken_back(rows: pl.DataFrame, stands: Collection[int]) -> pl.DataFrame:
    """Say of what undoes an event whose entry stands no more that it was taken back.

    `rows` have undone_origin and undone_entry, the origin and the ledger's entry of the event that
    each undoes; `stands` are the entries in force.
    """
    is_back = pl.col("undone_entry").is_not_null() & ~pl.col("undone_entry").is_in(list(stands))
    told = pl.format("What entry {} of the ledger says was taken back.", "undone_entry")
    changed = {
        "origin": pl.col("undone_origin"),
        "reason": told,
        "ledger_sequence": pl.col("undone_entry"),
    }
    if "ledger_sequence" not in rows.columns:
        rows = rows.with_columns(ledger_sequence=pl.lit(None, pl.Int64))
    is_back &= pl.col("ledger_sequence").is_null()
    return rows.with_columns(
        **{name: pl.when(is_back).then(new).otherwise(name) for name, new in changed.items()}
    ).drop("undone_origin", "undone_entry")
