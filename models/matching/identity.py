"""The golden id of each cluster: carried where its records had one, minted where they had none.

An id is a letter and 16 hex digits of the MD5 of the record that founded it, computed once and
never of the members of a cluster, which come and go. From then on the crosswalk of the release
before carries it:

- Where several ids meet, the oldest stays; a merger that was declared names the one that stays.
- Where the records of one id part, it stays with those that have had it longest.
- A cluster left without an id regains the last one its records had before, if that one is free:
  a merge that is undone leaves every id where it was.
- An id that was ever given is not minted again: the business date enters the second one.
"""

from __future__ import annotations

import hashlib
from datetime import date
from itertools import count

import polars as pl

LETTERS = {"customer": "c", "product": "p", "site": "s", "supplier": "v"}
RECORD = ("namespace", "source_key")
NAMED = pl.Schema({"cluster": pl.Int64, "golden_id": pl.String})


def past_ids(prior_xref: pl.DataFrame) -> pl.DataFrame:
    """Return the ids that each source key ever had, and how.

    namespace, source_key, golden_id, first_held and left (first and last day of the key under the
    id; null while it lasts), minted (first day of the id anywhere) and is_last (the id that the
    key went by when it was last delivered).
    """
    is_several = prior_xref.select(RECORD).is_duplicated()
    once = prior_xref.filter(~is_several).select(
        *RECORD,
        "golden_id",
        first_held="valid_from",
        left="valid_to",
        is_last=pl.lit(value=True),
    )
    held = (
        prior_xref.filter(is_several)
        .group_by(*RECORD, "golden_id")
        .agg(
            first_held=pl.col("valid_from").min(),
            last_taken=pl.col("valid_from").max(),
            left=pl.col("valid_to").max(),
        )
        .with_columns(is_last=pl.col("last_taken") == pl.col("last_taken").max().over(RECORD))
    )
    every = pl.concat([once, held.select(once.columns)])
    return every.with_columns(minted=pl.col("first_held").min().over("golden_id"))


def named(
    clusters: pl.DataFrame,
    past: pl.DataFrame,
    *,
    given: pl.Series,
    mergers: pl.DataFrame,
    object_type: str,
    day: date,
) -> pl.DataFrame:
    """Return cluster and golden_id.

    `clusters`: record_key, namespace, source_key, cluster, precedence; `past` as `past_ids` has
    it, of the keys that still mean the same. `given` are all ids ever given, `mergers` the
    declared ones: golden_id stays where other_golden_id meets it, by the latest ledger_seq.
    """
    letter = LETTERS[object_type]
    claims = clusters.join(past, on=RECORD, how="inner")
    carried = _carried(_inherited(claims.filter("is_last"), mergers), mergers, letter)
    regained = _regained(claims, carried, letter)
    known = pl.concat([carried, regained])
    founders = (
        clusters.join(known, on="cluster", how="anti")
        .sort("precedence", "record_key")
        .unique("cluster", keep="first", maintain_order=True)
        .sort("record_key")
    )
    minted = _minted(founders, given, letter, day)
    return pl.concat([known, minted]).sort("cluster")


def _inherited(claims: pl.DataFrame, mergers: pl.DataFrame) -> pl.DataFrame:
    """Let what went into an id by declaration claim that id where no record of it is there."""
    silent = mergers.join(claims, on="golden_id", how="anti").sort("ledger_seq")
    heirs = dict(silent.select("other_golden_id", "golden_id").iter_rows())
    return claims.with_columns(pl.col("golden_id").replace(heirs))


def _carried(claims: pl.DataFrame, mergers: pl.DataFrame, letter: str) -> pl.DataFrame:
    """Give each id that records go by to one cluster, the oldest id first.

    Where an id's records are in several clusters, those come first that have had it longest,
    among them the record that founded it.
    """
    pairs = claims.select("cluster", "golden_id").unique()
    is_plain = pl.len().over("cluster") * pl.len().over("golden_id") == 1
    plain = pairs.filter(is_plain).select(*NAMED)
    meets = pairs.rename({"golden_id": "other_golden_id"})
    declared = (
        pairs.join(mergers, on="golden_id")
        .join(meets, on=["cluster", "other_golden_id"])
        .group_by("cluster", "golden_id")
        .agg(declared_by=pl.col("ledger_seq").max())
    )
    disputed = _with_founder(
        claims.join(plain, on="cluster", how="anti").join(
            declared, on=["cluster", "golden_id"], how="left"
        ),
        letter,
    ).sort(
        pl.col("declared_by").neg(),
        "minted",
        "golden_id",
        "first_held",
        pl.col("is_founder").not_(),
        "precedence",
        "record_key",
        nulls_last=True,
    )
    return pl.concat([plain, _first_come(disputed)])


def _regained(claims: pl.DataFrame, carried: pl.DataFrame, letter: str) -> pl.DataFrame:
    """Give clusters without an id one that their records had before, the latest one first."""
    free = claims.join(carried, on="cluster", how="anti").join(carried, on="golden_id", how="anti")
    return _first_come(
        _with_founder(free, letter).sort(
            pl.col("left").is_not_null(),
            pl.col("left").cast(pl.Int32).neg(),
            "first_held",
            pl.col("is_founder").not_(),
            "minted",
            "golden_id",
            "precedence",
            "record_key",
        )
    )


def _first_come(claims: pl.DataFrame) -> pl.DataFrame:
    """Go through claims in their order; each cluster has one id and each id one cluster."""
    taken: dict[int, str] = {}
    gone: set[str] = set()
    for cluster, golden_id in claims.select(*NAMED).unique(maintain_order=True).iter_rows():
        if cluster not in taken and golden_id not in gone:
            taken[cluster] = golden_id
            gone.add(golden_id)
    return pl.DataFrame({"cluster": list(taken), "golden_id": list(taken.values())}, schema=NAMED)


def _with_founder(claims: pl.DataFrame, letter: str) -> pl.DataFrame:
    """Say of each claim whether its record founded the id."""
    founded = [
        mint(letter, key) == golden_id
        for key, golden_id in claims.select("record_key", "golden_id").iter_rows()
    ]
    return claims.with_columns(is_founder=pl.Series(founded, dtype=pl.Boolean))


def _minted(founders: pl.DataFrame, given: pl.Series, letter: str, day: date) -> pl.DataFrame:
    """Mint an id for each founding record, one that was never given before."""
    known = set(given.to_list() if len(founders) else ())
    minted: list[str] = []
    for key in founders["record_key"].to_list():
        salts = (f"@{day}" + f"#{n}" * (n > 1) for n in count(1))
        golden_id = mint(letter, key)
        while golden_id in known:
            golden_id = mint(letter, key + next(salts))
        known.add(golden_id)
        minted.append(golden_id)
    return founders.select("cluster", golden_id=pl.Series(minted, dtype=pl.String)).cast(NAMED)


def mint(letter: str, founding: str) -> str:
    """Return the id that a record founds."""
    return f"{letter}-{hashlib.md5(founding.encode(), usedforsecurity=False).hexdigest()[:16]}"
