"""Connected components of links, so that every pair within one is known with its weight."""

from __future__ import annotations

from collections.abc import Iterator

import duckdb
import numpy as np
import polars as pl
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from workspace.given_rows import create_from
from workspace.matching.identifiers import IDENTIFIED
from workspace.matching.pairs import IS_LINK, SCORED
from workspace.matching.records import RECORDS
from workspace.matching.settings import MatchSettings
from workspace.matching.working import WORK
from workspace.warehouse import one_row

COMPONENTS = f"{WORK}.components"
CLOSURE = f"{WORK}.closure"


def write_components(connection: duckdb.DuckDBPyConnection, settings: MatchSettings) -> None:
    """Write the component of each record that has a link: its smallest record number."""
    edges = connection.execute(
        f"select join_key_l, join_key_r from {SCORED} "
        f"left join {IDENTIFIED} using (join_key_l, join_key_r) where {IS_LINK.format(s=settings)}"
    ).fetchnumpy()
    ends = np.concatenate([edges["join_key_l"], edges["join_key_r"]]).astype(np.int64)
    linked, places = np.unique(ends, return_inverse=True)
    left, right = np.split(places, 2)
    graph = coo_array((np.ones(len(left), dtype=np.int8), (left, right)), shape=2 * linked.shape)
    _, labels = connected_components(graph, directed=False)
    frame = pl.DataFrame({"record_number": linked, "label": labels.astype(np.int64)})
    named = frame.with_columns(component=pl.col("record_number").min().over("label"))
    create_from(connection, COMPONENTS, named.select("record_number", "component"))


def write_closure(
    connection: duckdb.DuckDBPyConnection, settings: MatchSettings, *, has_apart: bool
) -> Iterator[str]:
    """Write the pairs within a component that are not scored yet; yield what was left out.

    A component of more than `component_limit` records has too many pairs: its pairs stay as they
    were found.
    """
    apart = (
        f"inner join {RECORDS} as x on x.record_number = l.record_number "
        f"inner join {RECORDS} as y on y.record_number = r.record_number "
        "and x.apart_by is distinct from y.apart_by"
        if has_apart
        else ""
    )
    connection.execute(f"""
        create or replace table {CLOSURE} as
        with small as (
            select component from {COMPONENTS} group by component
            having count(*) between 3 and {settings.component_limit}
        ),
        members as (select * from {COMPONENTS} semi join small using (component))
        select l.record_number as join_key_l, r.record_number as join_key_r
        from members as l
        inner join members as r
            on l.component = r.component and l.record_number < r.record_number
        {apart}
        anti join {SCORED} as s
            on l.record_number = s.join_key_l and r.record_number = s.join_key_r
    """)
    count, largest = one_row(
        connection,
        f"select count(*), max(n) from (select count(*) as n from {COMPONENTS} "
        f"group by component having count(*) > {settings.component_limit})",
    )
    if count:
        yield (
            f"{count} groups of linked records have more than {settings.component_limit} of them "
            f"(the largest {largest}): not all of their pairs were compared"
        )
