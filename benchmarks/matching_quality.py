"""How good a grouping of records is, against the identities that are known."""

from __future__ import annotations

from dataclasses import dataclass

import duckdb
import numpy as np
import polars as pl
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from models.matching.clusters import resolve

NO_DECISIONS = pl.DataFrame(
    schema={
        "record_key_l": pl.String,
        "record_key_r": pl.String,
        "decision": pl.String,
        "ledger_seq": pl.Int64,
    }
)
HEAD = "| records | precision | recall | F1 | asked, of records |\n|---|---|---|---|---|"


@dataclass(frozen=True, kw_only=True)
class Quality:
    """Pairs of records in one cluster against pairs of one entity, and what a steward is asked."""

    precision: float
    recall: float
    review_share: float | None

    @property
    def f1(self) -> float:
        """The harmonic mean of precision and recall."""
        total = self.precision + self.recall
        return 2 * self.precision * self.recall / total if total else 0.0

    def line(self, name: str) -> str:
        """Return one row of a Markdown table."""
        asked = "" if self.review_share is None else f"{self.review_share:.1%}"
        return f"| {name} | {self.precision:.4f} | {self.recall:.4f} | {self.f1:.4f} | {asked} |"


def resolved(connection: duckdb.DuckDBPyConnection, *, is_link: bool) -> Quality:
    """Group the table `records` by the table `pairs` as a night does, and compare."""
    truth = _truth(connection)
    pairs = connection.sql("from pairs").pl()
    if is_link:
        pairs = pl.concat([pairs, _of_one_source(connection)], how="diagonal")
    found = resolve(truth.select("record_key"), pairs, NO_DECISIONS)
    asked = int(found.pairs["is_question"].sum())
    return _quality(truth.join(found.members, on="record_key"), asked / truth.height)


def linked(connection: duckdb.DuckDBPyConnection) -> Quality:
    """Group the table `records` by the links in the table `plain_pairs`, all that hang together."""
    truth = _truth(connection)
    number = {key: at for at, key in enumerate(truth["record_key"])}
    links = connection.execute("select record_key_l, record_key_r from plain_pairs").fetchall()
    ends = [[number[left] for left, _ in links], [number[right] for _, right in links]]
    graph = coo_array((np.ones(len(links)), ends), shape=(truth.height, truth.height))
    _, labels = connected_components(graph, directed=False)
    return _quality(truth.with_columns(cluster=pl.Series(labels)))


def _truth(connection: duckdb.DuckDBPyConnection) -> pl.DataFrame:
    """Return record_key, entity and source, the same for all where there is but one."""
    truth: pl.DataFrame = connection.sql("from records order by record_key").pl()
    if "source" not in truth.columns:
        truth = truth.with_columns(source=pl.lit("one"))
    return truth.select("record_key", "entity", "source")


def _of_one_source(connection: duckdb.DuckDBPyConnection) -> pl.DataFrame:
    """Return as objections the pairs of one source that might meet in a group of links."""
    objections: pl.DataFrame = connection.sql("""
        with partners as (
            select record_key_l as record_key, record_key_r as partner from pairs
            union all select record_key_r, record_key_l from pairs
        )
        select distinct l.record_key as record_key_l, r.record_key as record_key_r,
            'non_link' as outcome, true as contradicts
        from partners as l inner join partners as r
            on l.partner = r.partner and l.record_key < r.record_key
    """).pl()
    return objections


def _quality(grouped: pl.DataFrame, review_share: float | None = None) -> Quality:
    """Compare cluster with entity, over the pairs of two sources where there are two."""
    both = _pairs(grouped, "cluster", "entity")
    return Quality(
        precision=both / max(_pairs(grouped, "cluster"), 1),
        recall=both / max(_pairs(grouped, "entity"), 1),
        review_share=review_share,
    )


def _pairs(frame: pl.DataFrame, *columns: str) -> int:
    """Return the pairs of records that agree in the columns; of one source only if it is alone."""
    within = 0
    if frame["source"].n_unique() > 1:
        within = _pairs_within(frame, *columns, "source")
    return _pairs_within(frame, *columns) - within


def _pairs_within(frame: pl.DataFrame, *columns: str) -> int:
    counts = frame.group_by(*columns).len()["len"].cast(pl.Int64)
    return int((counts * (counts - 1) // 2).sum())
