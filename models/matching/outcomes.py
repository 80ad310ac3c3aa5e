"""What became of each compared pair, and which pairs are put to a steward."""

from __future__ import annotations

import numpy as np
import polars as pl

from models.matching.agglomeration import Agglomeration, Labels

PAIR = ("record_key_l", "record_key_r")
LINK, REVIEW, NON_LINK = "link", "review", "non_link"
OUTCOME = ("outcome", "decided_by", "is_question", "contradiction_l", "contradiction_r")
SIDES = ("cluster_l", "cluster_r")


def with_outcome(judged: pl.DataFrame, cluster_of: Labels, found: Agglomeration) -> pl.DataFrame:
    """Add the columns of OUTCOME to pairs; `cluster_of` gives the cluster of each node.

    Of two records in one cluster the outcome is link, whatever the pair says alone. Of two
    clusters that a decision keeps apart it is non_link. A link that was refused is a question,
    and so is what lies between the thresholds; of several pairs between two clusters the
    strongest is asked, since its answer settles the others.
    """
    ends = cluster_of[judged["node_l"]], cluster_of[judged["node_r"]]
    pairs = _with_contradictions(judged, found).with_columns(
        cluster_l=pl.Series(np.minimum(*ends)), cluster_r=pl.Series(np.maximum(*ends))
    )
    asks = pl.col("outcome").is_in([LINK, REVIEW])
    outcome = (
        pl.when(pl.col("cluster_l") == pl.col("cluster_r"))
        .then(pl.lit(LINK))
        .when(pl.col("kept_apart_by").is_not_null())
        .then(pl.lit(NON_LINK))
        .when("is_held")
        .then(pl.lit(NON_LINK))
        .when(asks)
        .then(pl.lit(REVIEW))
        .otherwise(pl.lit(NON_LINK))
    )
    told = pairs.join(_kept_apart(pairs), on=SIDES, how="left", maintain_order="left").with_columns(
        outcome=outcome, decided_by=pl.coalesce("ledger_seq", "kept_apart_by")
    )
    # Pairs stand by their strength.
    is_first = pl.struct(*SIDES, "outcome").is_first_distinct()
    return told.with_columns(is_question=(pl.col("outcome") == REVIEW) & is_first)


def _with_contradictions(judged: pl.DataFrame, found: Agglomeration) -> pl.DataFrame:
    """Name beside each refused link the two records that speak against it."""
    refused = np.full(len(judged), -1)
    refused[found.refused] = found.because_of
    row = pl.Series(refused, dtype=pl.Int64)
    row = row.set(row < 0, None)
    return judged.with_columns(
        contradiction_l=judged["record_key_l"].gather(row),
        contradiction_r=judged["record_key_r"].gather(row),
    )


def _kept_apart(pairs: pl.DataFrame) -> pl.DataFrame:
    """Return the pairs of clusters that a steward keeps apart, with the last word on them."""
    return (
        pairs.filter(pl.col("decision") == "never", pl.col("cluster_l") != pl.col("cluster_r"))
        .group_by(SIDES)
        .agg(kept_apart_by=pl.col("ledger_seq").max())
    )
