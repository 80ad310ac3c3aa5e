"""Nodes of a hierarchy that stand above themselves: no path from a top leads to them."""

from __future__ import annotations

from collections.abc import Mapping

import duckdb
import pyarrow as pa

from workspace.ingest.control import add_faults
from workspace.ingest.mapping_check import CheckedMapping
from workspace.ingest.parsing import literal

HIERARCHY = "product_hierarchy"
Node = tuple[str, str, str]  # namespace, view, node
SHOWN = 8


def book_cycles(connection: duckdb.DuckDBPyConnection, mappings: list[CheckedMapping]) -> None:
    """Book the nodes of raw.product_hierarchy that are on a cycle, each with all of it."""
    rows = connection.execute(
        f"select _namespace, view_name, node_id, parent_node_id from raw.{HIERARCHY} "
        "where parent_node_id is not null"
    ).fetchall()
    above: dict[Node, Node] = {(one, view, node): (one, view, top) for one, view, node, top in rows}
    details = {node: _said(cycle) for cycle in cycles(above) for node in cycle}
    if not details:
        return
    names = ("_namespace", "view_name", "node_id")
    columns = {name: [node[n] for node in details] for n, name in enumerate(names)}
    connection.register("_cycles", pa.table({**columns, "detail": list(details.values())}))
    connection.execute(
        f"create or replace temp table _found as select e._system, e._file, e._record, c.detail "
        f"from raw.{HIERARCHY} as e join _cycles as c using (_namespace, view_name, node_id)"
    )
    connection.unregister("_cycles")
    for system, extract in sorted({(m.source.system, m.mapping.extract) for m in mappings}):
        faults = f"""
            select f._file, f._record, 'ROW_CYCLE' as code, 'parent_node_id' as column_name,
                f.detail
            from _found as f
            semi join control.deliveries as d on d.file_sha256 = f._file
                and d.status in ('loaded', 'carried_forward')
                and d.system = {literal(system)} and d.extract = {literal(extract)}
            where f._system = {literal(system)}
        """
        add_faults(connection, system, extract, faults)
    connection.execute("drop table _found")


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
