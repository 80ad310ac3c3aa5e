"""Ids that are another's but for leading zeros: lost in a spreadsheet, or never written.

0000004711 and 4711 are two keys to every system, and mostly one thing. A key that only another
system than its owner writes so is set aside, or the thing would be there twice.
"""

from __future__ import annotations

import duckdb

from workspace.config.entities import Entity
from workspace.ingest.control import add_entity_faults
from workspace.ingest.mapping_check import CheckedMapping
from workspace.ingest.parsing import literal

# Of a record whose alias is t: somebody has said that its ids are right as they are.
MANGLED_CONFIRMED = """
    (t._file, t._record) in (
        select (file_sha256, record_number) from control.row_decisions
        where code = 'ROW_ID_MANGLED' and decision = 'confirm'
    )
"""
TWINS = """
    with twins as (
        select t._system, t._file, t._record, array_to_string([{key}], ' · ') as written,
            array_to_string(min(o.key), ' · ') as twin
        from raw.{entity} as t
        join (
            select distinct t._namespace, [{key}] as key, [{plain}] as plain
            from raw.{entity} as t where t._system = t._namespace
        ) as o on o._namespace = t._namespace and o.plain = [{plain}]
        where t._system <> t._namespace
            and not {confirmed}
        group by all
        having not bool_or(o.key = [{key}])
    )

    select _system, _file, _record, 'ROW_ID_MANGLED' as code, {columns} as column_name,
        written || ' is ' || twin || ' but for leading zeros' as detail
    from twins
"""


def without_zeros(text: str) -> str:
    """Return SQL for an id of digits without its leading zeros; any other id stays."""
    return f"case when regexp_full_match({text}, '[0-9]+') then ltrim({text}, '0') else {text} end"


def book_twins(
    connection: duckdb.DuckDBPyConnection, entity: Entity, mappings: list[CheckedMapping]
) -> None:
    """Book rows whose key its owner writes with other zeros; whoever owns the keys is right."""
    guests = [m for m in mappings if m.source.system != m.namespace]
    owned = {m.namespace for m in mappings if m.source.system == m.namespace}
    if not owned & {m.namespace for m in guests}:
        return
    texts = [f"cast(t.{column} as varchar)" for column in entity.key]
    connection.execute(
        "create or replace temp table _twins as "
        + TWINS.format(
            entity=entity.entity,
            columns=literal(", ".join(entity.key)),
            key=", ".join(texts),
            confirmed=MANGLED_CONFIRMED,
            plain=", ".join(without_zeros(text) for text in texts),
        )
    )
    add_entity_faults(connection, "_twins", (m.place for m in guests))
    connection.execute("drop table _twins")
