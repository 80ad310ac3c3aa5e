"""Products that come back to themselves: one that replaces itself, or is made of itself.

No history could be followed to an end, and no product taken apart.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

import duckdb

from workspace.given_rows import arrow_table, create_from
from workspace.ingest.control import FOUND, add_entity_faults
from workspace.ingest.mapping_check import CheckedMapping

Product = tuple[str, str]  # namespace, product
Edge = tuple[Product, Product]
SHOWN = 8


@dataclass(frozen=True, kw_only=True)
class Relation:
    """An entity whose rows lead from one product to another, and what a circle of them means.

    With validities a circle is one only if all of it holds on one day.
    """

    entity: str
    start: str
    end: str
    says: str
    has_validity: bool


CIRCULAR = {
    relation.entity: relation
    for relation in (
        Relation(
            entity="product_replacements",
            start="product_id",
            end="successor_id",
            says="The product replaces itself",
            has_validity=False,
        ),
        Relation(
            entity="bill_of_materials",
            start="parent_product_id",
            end="component_product_id",
            says="The product is made of itself",
            has_validity=True,
        ),
    )
}


@dataclass(frozen=True, kw_only=True)
class Lead:
    """Where a delivered row leads, and on which days."""

    row: tuple[str, str, int]  # system, file, record
    edge: Edge
    first: date | None
    end: date | None

    def holds(self, day: date) -> bool:
        """Return whether the row leads there on a day."""
        started = self.first is None or self.first <= day
        return started and (self.end is None or day < self.end)


def book_circles(
    connection: duckdb.DuckDBPyConnection, relation: Relation, mappings: list[CheckedMapping]
) -> None:
    """Book the rows of an entity that close a circle, each with all of it."""
    found = [
        (*row, "ROW_CYCLE", relation.end, _said(relation, circle))
        for row, circle in _closed(_leads(connection, relation)).items()
    ]
    if not found:
        return
    create_from(connection, "_found", arrow_table(FOUND, found), is_temporary=True)
    add_entity_faults(connection, "_found", (m.place for m in mappings))
    connection.execute("drop table _found")


def _leads(connection: duckdb.DuckDBPyConnection, relation: Relation) -> list[Lead]:
    """Return the rows whose start something leads to and whose end leads on: most have neither."""
    start, end = relation.start, relation.end
    validity = "valid_from, valid_to" if relation.has_validity else "null, null"
    rows = connection.execute(
        f"""
        with rows as (select * from raw.{relation.entity})

        select _system, _file, _record, _namespace, {start}, {end}, {validity} from rows
        where
            (_namespace, {start}) in (select (_namespace, {end}) from rows)
            and (_namespace, {end}) in (select (_namespace, {start}) from rows)
        order by all
        """
    ).fetchall()
    return [
        Lead(row=(system, file, record), edge=((space, a), (space, b)), first=first, end=last)
        for system, file, record, space, a, b, first, last in rows
    ]


def _closed(leads: list[Lead]) -> dict[tuple[str, str, int], list[Product]]:
    """Return each row that closes a circle on any day, with the circle.

    What leads where changes only on the days on which a row begins.
    """
    left = _without_ends(leads)
    circles: dict[tuple[str, str, int], list[Product]] = {}
    for day in sorted({lead.first or date.min for lead in left}):
        today = _without_ends([lead for lead in left if lead.holds(day)])
        edges = [lead.edge for lead in today]
        for lead in today:
            circle = shortest_circle(lead.edge, edges) if lead.row not in circles else []
            if circle:
                circles[lead.row] = circle
    return circles


def _without_ends(leads: list[Lead]) -> list[Lead]:
    """Leave out, until nothing changes, what nothing leads to or what leads no further."""
    left = leads
    while True:
        starts, ends = {lead.edge[0] for lead in left}, {lead.edge[1] for lead in left}
        inner = [lead for lead in left if lead.edge[0] in ends and lead.edge[1] in starts]
        if len(inner) == len(left):
            return inner
        left = inner


def shortest_circle(edge: Edge, edges: Sequence[Edge]) -> list[Product]:
    """Return the products of the shortest circle that an edge closes; none where it closes none.

    Several edges may lead on from a product.
    """
    after: dict[Product, list[Product]] = {}
    for start, end in edges:
        after.setdefault(start, []).append(end)
    first, begun = edge
    came_from: dict[Product, Product] = {begun: first}
    waiting = deque([begun])
    while waiting and first not in came_from:
        product = waiting.popleft()
        for following in after.get(product, []):
            if following not in came_from:
                came_from[following] = product
                waiting.append(following)
    if begun == first:
        return [first, first]
    if first not in came_from:
        return []
    return [first, *reversed(list(_back(came_from, first, begun)))]


def _back(came_from: dict[Product, Product], first: Product, begun: Product) -> Iterator[Product]:
    product = first
    yield product
    while product != begun:
        product = came_from[product]
        yield product


def _said(relation: Relation, circle: list[Product]) -> str:
    names = [product for _, product in circle]
    shown = names if len(names) <= SHOWN else [*names[:SHOWN], "…", names[-1]]
    return f"{relation.says}: {' → '.join(shown)}"
