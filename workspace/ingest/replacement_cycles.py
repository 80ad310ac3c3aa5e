"""Products that replace each other in a circle: no history could follow them to an end."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence

import duckdb

from workspace.given_rows import arrow_table, create_from
from workspace.ingest.control import FOUND, add_entity_faults
from workspace.ingest.mapping_check import CheckedMapping

REPLACEMENTS = "product_replacements"
Product = tuple[str, str]  # namespace, product
Edge = tuple[Product, Product]
SHOWN = 8
# Most products are replaced by what nothing replaces.
BETWEEN = f"""
    with rows as (select * from raw.{REPLACEMENTS})

    select _system, _file, _record, _namespace, product_id, successor_id from rows
    where
        (_namespace, product_id) in (select (_namespace, successor_id) from rows)
        and (_namespace, successor_id) in (select (_namespace, product_id) from rows)
    order by all
"""


def book_replacement_cycles(
    connection: duckdb.DuckDBPyConnection, mappings: list[CheckedMapping]
) -> None:
    """Book the rows of raw.product_replacements that close a circle, each with all of it."""
    rows = connection.execute(BETWEEN).fetchall()
    edges = [((space, old), (space, new)) for _, _, _, space, old, new in rows]
    cycles = [shortest_cycle(edge, edges) for edge in edges]
    found = [
        (*row[:3], "ROW_CYCLE", "successor_id", _said(cycle))
        for row, cycle in zip(rows, cycles, strict=True)
        if cycle
    ]
    if not found:
        return
    create_from(connection, "_found", arrow_table(FOUND, found), is_temporary=True)
    add_entity_faults(connection, "_found", (m.place for m in mappings))
    connection.execute("drop table _found")


def shortest_cycle(edge: Edge, edges: Sequence[Edge]) -> list[Product]:
    """Return the products of the shortest circle that an edge closes; none where it closes none.

    A product may be split between several successors, so that it has several edges.
    """
    after: dict[Product, list[Product]] = {}
    for old, new in edges:
        after.setdefault(old, []).append(new)
    first, start = edge
    came_from: dict[Product, Product] = {start: first}
    waiting = deque([start])
    while waiting and first not in came_from:
        product = waiting.popleft()
        for following in after.get(product, []):
            if following not in came_from:
                came_from[following] = product
                waiting.append(following)
    if start == first:
        return [first, first]
    if first not in came_from:
        return []
    path = [first]
    while path[-1] != start:
        path.append(came_from[path[-1]])
    return [first, *reversed(path)]


def _said(cycle: list[Product]) -> str:
    names = [product for _, product in cycle]
    shown = names if len(names) <= SHOWN else [*names[:SHOWN], "…", names[-1]]
    return f"The product replaces itself: {' → '.join(shown)}"
