"""Nodes of a hierarchy that have no place in a tree, found once all of its rows are known.

Circles are in `cycles`. Here: a node that stands in two places at a time, under a node that nobody
delivers, deeper than the limit, or for no day at all. An account that stands in two places is left
alone where nothing hangs on it: which one counts is settled by rules, or asked of a steward.
"""

from __future__ import annotations

from dataclasses import dataclass

import duckdb

from workspace.ingest.control import add_entity_faults
from workspace.ingest.mapping_check import CheckedMapping
from workspace.warehouse import row_count

# What the nodes of an entity's rows are called, in whose keys, and the days they stand there.
ROWS = {
    "product_hierarchy": """
        select _system, _file, _record, view_name, _namespace as namespace, node_id,
            _namespace as parent_namespace, parent_node_id, false as is_account,
            null::date as valid_from, null::date as valid_to
        from raw.product_hierarchy
    """,
    "customer_hierarchy": """
        select _system, _file, _record, view_name,
            case when customer_id is null then coalesce(node_namespace, _namespace)
                else _namespace end as namespace,
            node_id, coalesce(node_namespace, _namespace) as parent_namespace, parent_node_id,
            customer_id is not null as is_account, valid_from, valid_to
        from raw.customer_hierarchy
    """,
}
HIERARCHIES = tuple(ROWS)
NO_DAY = """
    select *, 'ROW_RANGE' as code, 'valid_to' as column_name,
        'It ends on ' || valid_to || ', before it begins on ' || valid_from as detail
    from _nodes where valid_to <= valid_from
"""
# Two rows of one node whose days meet; what is above others may not be in two places.
TWO_PARENTS = """
    select n.*, 'ROW_TWO_PARENTS' as code, 'parent_node_id' as column_name,
        'The node stands under ' || string_agg(
            distinct coalesce(m.parent_node_id, 'no node'), ' and ' order by
            coalesce(m.parent_node_id, 'no node')
        ) || ' at a time' as detail
    from _nodes as n
    join _nodes as m
        on n.view_name = m.view_name and n.namespace = m.namespace and n.node_id = m.node_id
        and coalesce(n.valid_from < m.valid_to, true) and coalesce(m.valid_from < n.valid_to, true)
    where not n.is_account or exists (
        select 1 from _nodes as c
        where c.view_name = n.view_name and c.parent_namespace = n.namespace
            and c.parent_node_id = n.node_id
    )
    group by all
    having count(distinct (m.parent_namespace, m.parent_node_id)) > 1
"""
ORPHANS = """
    select n.*, 'ROW_ORPHAN' as code, 'parent_node_id' as column_name,
        n.parent_node_id || ' is no node of ' || n.view_name || ' in ' || n.parent_namespace
            as detail
    from _nodes as n
    where n.parent_node_id is not null and not exists (
        select 1 from _nodes as p
        where p.view_name = n.view_name and p.namespace = n.parent_namespace
            and p.node_id = n.parent_node_id
    )
"""
# From each place of a top down, on the days on which all places above hold.
DEEP = """
    with recursive levels as (
        select *, 1 as level_number, coalesce(valid_from, date '0001-01-01') as first_day,
            coalesce(valid_to, date '9999-12-31') as end_day
        from _nodes where parent_node_id is null
        union
        select n.*, l.level_number + 1,
            greatest(l.first_day, coalesce(n.valid_from, date '0001-01-01')),
            least(l.end_day, coalesce(n.valid_to, date '9999-12-31'))
        from levels as l
        join _nodes as n
            on l.view_name = n.view_name and l.namespace = n.parent_namespace
            and l.node_id = n.parent_node_id
            and coalesce(n.valid_from < l.end_day, true)
            and coalesce(l.first_day < n.valid_to, true)
        where l.level_number <= {limit}
    )
    select *, 'ROW_DEPTH' as code, 'parent_node_id' as column_name,
        'The node stands below level {limit}' as detail
    from levels where level_number > {limit}
"""


@dataclass(frozen=True, kw_only=True)
class Tree:
    """An entity whose rows are nodes, the mappings that feed it, and the levels it may have."""

    entity: str
    mappings: list[CheckedMapping]
    maximum_depth: int


def book_tree_faults(connection: duckdb.DuckDBPyConnection, tree: Tree) -> None:
    """Book nodes that stand nowhere; what hangs below one that is set aside is not at fault."""
    connection.execute(f"create or replace temp table _nodes as {ROWS[tree.entity]}")
    for query in (NO_DAY, TWO_PARENTS, ORPHANS, DEEP.format(limit=tree.maximum_depth)):
        connection.execute(
            f"create or replace temp table _found as select distinct _system, _file, _record, "
            f"code, column_name, detail from ({query})"
        )
        if row_count(connection, "_found"):
            add_entity_faults(connection, "_found", (m.place for m in tree.mappings))
    connection.execute("drop table _nodes")
    connection.execute("drop table _found")
