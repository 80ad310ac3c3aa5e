"""Nodes of a hierarchy that stand above themselves: no path from a top leads to them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import duckdb

from workspace.given_rows import arrow_table, create_from
from workspace.ingest.control import FOUND, add_entity_faults
from workspace.ingest.tree_faults import ROWS, Tree

Node = tuple[str, str, str]  # namespace, view, node
SHOWN = 8
# Only what stands below a node and above another can be on a cycle: leaves are most rows.
BETWEEN = """
    with nodes as ({rows})

    select _system, _file, _record, view_name, namespace, node_id, parent_namespace,
        parent_node_id, valid_from, valid_to
    from nodes as n
    semi join (
        select distinct view_name, parent_namespace as namespace, parent_node_id as node_id
        from nodes where parent_node_id is not null
    ) using (view_name, namespace, node_id)
    where parent_node_id is not null
    order by all
"""


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where a delivered row puts a node, and on which days."""

    row: tuple[str, str, int]  # system, file, record
    node: Node
    above: Node
    first: date | None
    end: date | None

    def holds(self, day: date) -> bool:
        """Return whether the node stands there on a day."""
        started = self.first is None or self.first <= day
        return started and (self.end is None or day < self.end)


def book_cycles(connection: duckdb.DuckDBPyConnection, tree: Tree) -> None:
    """Book the nodes of a hierarchy that are on a cycle on any day, each with all of it."""
    rows = connection.execute(BETWEEN.format(rows=ROWS[tree.entity])).fetchall()
    places = [
        Place(
            row=(system, file, record),
            node=(space, view, node),
            above=(over, view, parent),
            first=first,
            end=end,
        )
        for system, file, record, view, space, node, over, parent, first, end in rows
    ]
    details = _rows_on_cycles(places)
    if not details:
        return
    found = [(*row, "ROW_CYCLE", "parent_node_id", said) for row, said in details.items()]
    create_from(connection, "_found", arrow_table(FOUND, found), is_temporary=True)
    add_entity_faults(connection, "_found", (m.place for m in tree.mappings))
    connection.execute("drop table _found")


def _rows_on_cycles(places: list[Place]) -> dict[tuple[str, str, int], str]:
    """Return each row that puts a node on a cycle, with the cycle in words.

    A tree changes only on the days on which a place begins, so these are all that must be looked
    at; two nodes may well have changed places in the course of time.
    """
    left = _without_ends(places)
    details: dict[tuple[str, str, int], str] = {}
    for day in sorted({place.first or date.min for place in left}):
        today = {place.node: place for place in left if place.holds(day)}
        for cycle in cycles({node: place.above for node, place in today.items()}):
            for node in cycle:
                details.setdefault(today[node].row, _said(cycle))
    return details


def _without_ends(places: list[Place]) -> list[Place]:
    """Leave out, until nothing changes, nodes below no other: what is left holds every cycle."""
    left = places
    while True:
        known = {place.node for place in left}
        inner = [place for place in left if place.above in known]
        if len(inner) == len(left):
            return inner
        left = inner


def cycles(above: Mapping[Node, Node]) -> list[list[Node]]:
    """Return each cycle once, from its smallest node on; a node has one node above it at most."""
    found: list[list[Node]] = []
    settled: set[Node] = set()
    for first in sorted(above):
        path: dict[Node, None] = {}
        node = first
        while node in above and node not in settled and node not in path:
            path[node] = None
            node = above[node]
        if node in path:
            passed = list(path)
            cycle = passed[passed.index(node) :]
            start = cycle.index(min(cycle))
            found.append(cycle[start:] + cycle[:start])
        settled.update(path)
    return found


def _said(cycle: list[Node]) -> str:
    names = [node for _, _, node in (*cycle, cycle[0])]
    shown = names if len(names) <= SHOWN else [*names[:SHOWN], "…", names[-1]]
    return f"The node stands above itself: {' → '.join(shown)}"
