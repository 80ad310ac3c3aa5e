"""What stewards declare about whole entities, as a night of a given day must take it.

A declaration is one row: ledger_seq, declaration (merge, split, acquire or divest), object_type
(null for an acquisition, which is of whole namespaces), golden_id, other_golden_id, namespace,
record_keys and other_record_keys (of a split those that stay and those that leave), share_rate,
effective_date, is_approved, reason. Taking it back removes the row, or an acquisition's approval.
"""

from __future__ import annotations

from datetime import date

import polars as pl

from models.matching.identity import RECORD, past_ids

DECLARED = pl.Schema(
    {
        "ledger_seq": pl.Int64,
        "declaration": pl.String,
        "object_type": pl.String,
        "golden_id": pl.String,
        "other_golden_id": pl.String,
        "namespace": pl.String,
        "record_keys": pl.String,
        "other_record_keys": pl.String,
        "share_rate": pl.Float64,
        "effective_date": pl.Date,
        "is_approved": pl.Boolean,
        "reason": pl.String,
    }
)
MERGE, SPLIT, ACQUIRE, DIVEST = "merge", "split", "acquire", "divest"


def in_force(declared: pl.DataFrame, day: date) -> pl.DataFrame:
    """Return the declarations that have come into effect, the first one first."""
    return declared.filter(pl.col("effective_date") <= day).sort("ledger_seq")


def mergers(stands: pl.DataFrame) -> pl.DataFrame:
    """Return golden_id, which stays, other_golden_id, ledger_seq and reason of each merger."""
    columns = ("golden_id", "other_golden_id", "ledger_seq", "reason")
    return stands.filter(pl.col("declaration") == MERGE).select(columns)


def divested(stands: pl.DataFrame) -> list[str]:
    """Return the ids whose entity has left the company."""
    return stands.filter(pl.col("declaration") == DIVEST)["golden_id"].drop_nulls().to_list()


def with_separations(
    records: pl.DataFrame, declared: pl.DataFrame, prior_xref: pl.DataFrame, *, day: date
) -> pl.DataFrame:
    """Add `apart`: the declaration that keeps a record from being one with those outside of it.

    `records` has namespace and source_key. What bore the id of a divested entity stays apart from
    all else for good, so that a new record that looks like it is another thing.
    """
    if declared.is_empty():
        return records.with_columns(apart=pl.lit(None, pl.String))
    gone = in_force(declared, day).filter(pl.col("declaration") == DIVEST)
    left = (
        past_ids(prior_xref)
        .filter("is_last")
        .join(gone.select("golden_id", "ledger_seq"), on="golden_id")
        .unique(RECORD, keep="first")
        .select(*RECORD, apart=pl.format("divest {}", "ledger_seq"))
    )
    return records.join(left, on=RECORD, how="left", maintain_order="left")
