"""The greedy part of clustering: whole columns where nothing objects, one by one where it does."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from models.matching.groups import Groups

Labels = npt.NDArray[np.int64]


@dataclass(frozen=True, kw_only=True)
class Agglomeration:
    """What links and objections come to.

    `labels` gives each node the label of its group. `refused` are the rows of pairs that were
    links but met an objection, and `because_of` beside each the row of that objection.
    `overruled` are the rows of decisions that a later one contradicts.
    """

    labels: Labels
    refused: list[int]
    because_of: list[int]
    overruled: list[int]


def agglomerate(size: int, pairs: pl.DataFrame) -> Agglomeration:
    """Group the nodes 0 to `size` - 1.

    `pairs`: node_l, node_r, is_link, is_objection, decision and ledger_seq, both null where nobody
    decided; the strongest link stands first.
    """
    numbered = pairs.with_row_index("row")
    labels = _components(size, numbered.filter(pl.col("is_link") | _decided("link")))
    ends = labels[pairs["node_l"].to_numpy()], labels[pairs["node_r"].to_numpy()]
    within = ends[0] == ends[1]
    is_disputed = np.zeros(size, dtype=np.bool_)
    objects = (
        pairs["is_objection"] | (pairs["decision"] == "never").fill_null(value=False)
    ).to_numpy()
    is_disputed[ends[0][within & objects]] = True
    disputed = numbered.filter(pl.Series(within & is_disputed[ends[0]]))
    groups = Groups(size)
    objections: list[int] = []
    overruled = _obey(groups, disputed, objections)
    # From here on two groups may already be one; what objects inside of it was overruled.
    for row, one, other in _rows(disputed.filter("is_objection").reverse()):
        groups.oppose(one, other, len(objections))
        objections.append(row)
    refused: list[int] = []
    because_of: list[int] = []
    for row, one, other in _rows(disputed.filter("is_link")):
        objection = groups.join(one, other)
        if objection is not None:
            refused.append(row)
            because_of.append(objections[objection])
    members = np.flatnonzero(is_disputed[labels])
    labels[members] = [size + groups.of(member) for member in members.tolist()]
    return Agglomeration(labels=labels, refused=refused, because_of=because_of, overruled=overruled)


def _obey(groups: Groups, disputed: pl.DataFrame, objections: list[int]) -> list[int]:
    """Do what was decided, the last word first; return the decisions that meet a later one."""
    overruled: list[int] = []
    decided = disputed.filter(pl.col("decision").is_not_null()).sort(
        "ledger_seq", "row", descending=[True, False]
    )
    is_link = (decided["decision"] == "link").to_list()
    for (row, one, other), link in zip(_rows(decided), is_link, strict=True):
        if link:
            is_obeyed = groups.join(one, other) is None
        else:
            is_obeyed = groups.oppose(one, other, len(objections))
            objections.append(row)
        if not is_obeyed:
            overruled.append(row)
    return overruled


def _components(size: int, edges: pl.DataFrame) -> Labels:
    """Return the connected component of each node."""
    ends = edges["node_l"].to_numpy(), edges["node_r"].to_numpy()
    graph = coo_array((np.ones(len(edges), dtype=np.int8), ends), shape=(size, size))
    labels: Labels = connected_components(graph, directed=False)[1].astype(np.int64)
    return labels


def _decided(decision: str) -> pl.Expr:
    return (pl.col("decision") == decision).fill_null(value=False)


def _rows(pairs: pl.DataFrame) -> Iterator[tuple[int, int, int]]:
    columns = (pairs[name].to_list() for name in ("row", "node_l", "node_r"))
    return zip(*columns, strict=True)
