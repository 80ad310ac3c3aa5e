"""What became of each compared pair, and which pairs are put to a steward."""

from __future__ import annotations

import polars as pl

from models.matching.agglomeration import Agglomeration

PAIR = ("record_key_l", "record_key_r")
LINK, REVIEW, PROVISIONAL, NON_LINK = "link", "review", "provisional", "non_link"
OUTCOME = ("outcome", "decided_by", "is_question", "contradiction_l", "contradiction_r")
SIDES = ("cluster_l", "cluster_r")


def with_outcome(judged: pl.DataFrame, members: pl.DataFrame, found: Agglomeration) -> pl.DataFrame:
    """Add the columns of OUTCOME to pairs.

    Of two records in one cluster the outcome is link, whatever the pair says alone. Of two
    clusters that a decision keeps apart it is non_link. A link that was refused is a question,
    and so is what lies between the thresholds; of several pairs between two clusters the
    strongest is asked, since its answer settles the others.
    """
    pairs = _with_clusters(judged, members).join(
        _refusals(judged, found), on=PAIR, how="left", maintain_order="left"
    )
    is_kept_apart = pl.col("kept_apart_by").is_not_null()
    asks = pl.col("outcome").is_in([LINK, REVIEW]) | pl.col("contradiction_l").is_not_null()
    outcome = (
        pl.when(pl.col("cluster_l") == pl.col("cluster_r"))
        .then(pl.lit(LINK))
        .when(is_kept_apart)
        .then(pl.lit(NON_LINK))
        .when("is_held")
        .then(pl.lit(PROVISIONAL))
        .when(asks)
        .then(pl.lit(REVIEW))
        .otherwise(pl.lit(NON_LINK))
    )
    told = pairs.join(_kept_apart(pairs), on=SIDES, how="left", maintain_order="left").with_columns(
        outcome=outcome, decided_by=pl.coalesce("ledger_seq", "kept_apart_by")
    )
    is_first = pl.int_range(pl.len()).over(*SIDES, "outcome") == 0
    return told.with_columns(is_question=(pl.col("outcome") == REVIEW) & is_first)


def _with_clusters(judged: pl.DataFrame, members: pl.DataFrame) -> pl.DataFrame:
    """Join the two clusters of each pair, the lower number first."""
    for side in ("l", "r"):
        named = members.select(pl.all().name.suffix(f"_{side}"))
        judged = judged.join(named, on=f"record_key_{side}", how="left", maintain_order="left")
    return judged.with_columns(
        cluster_l=pl.min_horizontal(SIDES), cluster_r=pl.max_horizontal(SIDES)
    )


def _refusals(judged: pl.DataFrame, found: Agglomeration) -> pl.DataFrame:
    """Return the links that were refused, with the two records that speak against each."""
    against = judged[found.because_of].select(PAIR)
    return judged[found.refused].select(
        *PAIR, contradiction_l=against["record_key_l"], contradiction_r=against["record_key_r"]
    )


def _kept_apart(pairs: pl.DataFrame) -> pl.DataFrame:
    """Return the pairs of clusters that a steward keeps apart, with the last word on them."""
    return (
        pairs.filter(pl.col("decision") == "never", pl.col("cluster_l") != pl.col("cluster_r"))
        .group_by(SIDES)
        .agg(kept_apart_by=pl.col("ledger_seq").max())
    )
