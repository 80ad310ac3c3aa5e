"""Which delivered records are one thing: links in order of their strength, as far as none objects.

Links that hold taken together need not hold one by one: A is like B and B like C, but A and C are
two companies. Connected components would make one of all three. Here groups grow from the
strongest link down (greedy agglomeration), and a link whose two groups hold a pair that speaks
against it is refused: of a chain the weakest link breaks. Since groups that an objection keeps
apart never meet again, what comes out depends on the links and objections alone, not on the order
in which they are given; equal weights are ordered by their keys.

What counts, and what is stronger:

1. keys of one delivered record are one thing,
2. decisions of stewards, of two that contradict each other the later one,
3. links, by weight.

Objections are decisions that two records are never one, and pairs that were compared and found to
be two. A pair that was not compared, or of which the fields say nothing either way, is unknown and
no objection: that a record has few fields filled does not make it another company.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from models.matching.agglomeration import Agglomeration, Labels, agglomerate
from models.matching.outcomes import LINK, NON_LINK, OUTCOME, PAIR, with_outcome


@dataclass(frozen=True, kw_only=True)
class Resolution:
    """Records by cluster, pairs by outcome, and decisions that a later one overrules.

    `members` has record_key and cluster. `pairs` has what was given, with the outcome as it is
    after clusters and decisions, decided_by (the ledger's entry), is_question (the one pair of two
    clusters that is put to a steward), and contradiction_l and contradiction_r, the two records
    that are not one where a link was refused for them.
    """

    members: pl.DataFrame
    pairs: pl.DataFrame
    overruled: pl.DataFrame


def resolve(records: pl.DataFrame, pairs: pl.DataFrame, decisions: pl.DataFrame) -> Resolution:
    """Group the records of one object.

    `records`: record_key, and where known delivered_record and apart (what keeps a record from
    being one with those outside of it, see `with_separations`). `pairs`: record_key_l <
    record_key_r, match_weight (null for an exact identifier without a trained weight), outcome
    (link, review or non_link, by thresholds), and where known contradicts (hard identifiers do)
    and evidence_weight (the weight without its prior). `decisions`: the two keys, decision (link or
    never) and ledger_seq.
    """
    nodes = _nodes(records)
    judged = _judged(_placed(_with_decisions(pairs, decisions), nodes))
    found = agglomerate(nodes["node"].n_unique(), judged)
    cluster_of = _numbered(nodes, found)
    columns = [name for name in pairs.columns if name not in OUTCOME]
    return Resolution(
        members=nodes.select("record_key", cluster=pl.Series(cluster_of[nodes["node"]])),
        pairs=with_outcome(judged, cluster_of, found).select(*columns, *OUTCOME),
        overruled=judged[found.overruled].select(*PAIR, "decision", "ledger_seq"),
    )


def _nodes(records: pl.DataFrame) -> pl.DataFrame:
    """Number what cannot be parted: a delivered record, in however many namespaces it counts."""
    for name in ("delivered_record", "apart"):
        if name not in records.columns:
            records = records.with_columns(pl.lit(None, pl.String).alias(name))
    whole = pl.col("record_key").min().over("delivered_record")
    return (
        records.select("record_key", "delivered_record", "apart")
        .sort("record_key")
        .with_columns(
            whole=pl.when(pl.col("delivered_record").is_null()).then("record_key").otherwise(whole)
        )
        .select("record_key", "apart", node=pl.col("whole").rank("dense").cast(pl.Int64) - 1)
    )


def _with_decisions(pairs: pl.DataFrame, decisions: pl.DataFrame) -> pl.DataFrame:
    """Join the last decision on each pair; pairs that nobody compared are added."""
    latest = (
        decisions.sort("ledger_seq")
        .unique(PAIR, keep="last", maintain_order=True)
        .select(*PAIR, "decision", "ledger_seq")
    )
    return pairs.join(latest, on=PAIR, how="full", coalesce=True, maintain_order="left_right")


def _placed(pairs: pl.DataFrame, nodes: pl.DataFrame) -> pl.DataFrame:
    """Join the node of either record; pairs of which one is not delivered tonight drop out."""
    for side in ("l", "r"):
        named = nodes.select(pl.all().name.suffix(f"_{side}"))
        pairs = pairs.join(named, on=f"record_key_{side}", how="inner", maintain_order="left")
    return pairs


def _judged(pairs: pl.DataFrame) -> pl.DataFrame:
    """Say of each pair whether it is a link, one to what has left the company, or an objection."""
    is_link = (pl.col("outcome") == LINK).fill_null(value=False)
    is_near = pl.col("apart_l").eq_missing(pl.col("apart_r"))
    objects = pl.col("outcome") == NON_LINK
    if "evidence_weight" in pairs.columns:
        objects &= pl.col("evidence_weight") < 0
    if "contradicts" in pairs.columns:
        objects |= pl.col("contradicts")
    return pairs.with_columns(
        strength=pl.col("match_weight").fill_null(np.inf),
        is_link=is_link & is_near,
        is_held=is_link & ~is_near,
        is_objection=objects.fill_null(value=False),
    ).sort("strength", *PAIR, descending=[True, False, False])


def _numbered(nodes: pl.DataFrame, found: Agglomeration) -> Labels:
    """Return the cluster of each node: numbers in the order of their smallest key."""
    labels = found.labels[nodes["node"]]
    _, first, inverse = np.unique(labels, return_index=True, return_inverse=True)
    number = np.empty(len(first), dtype=np.int64)
    number[np.argsort(first, kind="stable")] = np.arange(len(first))
    cluster_of = np.empty(len(found.labels), dtype=np.int64)
    cluster_of[nodes["node"]] = number[inverse]
    return cluster_of
