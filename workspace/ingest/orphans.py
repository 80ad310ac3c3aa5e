"""Records that refer to nothing, found among the values that parts refer to, each once."""

from __future__ import annotations

from pathlib import Path

import duckdb

from workspace.config.entities import Entity, Reference, entities
from workspace.ingest.contract import sql
from workspace.ingest.control import add_faults
from workspace.ingest.entity_values import looks_up, value
from workspace.ingest.leading_zeros import MANGLED_CONFIRMED, without_zeros
from workspace.ingest.mapping_check import CheckedMapping
from workspace.ingest.parsing import literal
from workspace.warehouse import row_count


def book_orphans(
    connection: duckdb.DuckDBPyConnection, entity: Entity, mappings: list[CheckedMapping]
) -> None:
    """Book the records of an entity that refer to no row of another; all null refers to nothing."""
    for number, reference in enumerate(entity.references):
        for mapping in mappings:
            _find_orphans(connection, entity, mapping, number, reference)
            if row_count(connection, "_orphans"):
                _book(connection, entity, mapping, reference)


def _find_orphans(
    connection: duckdb.DuckDBPyConnection,
    entity: Entity,
    mapping: CheckedMapping,
    number: int,
    reference: Reference,
) -> None:
    """Fill _orphans (key) with what is referred to and is not there."""
    if any(looks_up(mapping, column) for column in reference.columns):
        listed = ", ".join(_values(entity, mapping, reference))
        where = f"where {sql(mapping.where)}" if mapping.where is not None else ""
        referred = f"select distinct [{listed}] as key from {mapping.from_clause()} {where}"
    else:
        referred = _known_references(connection, entity, mapping, number)
    connection.execute(
        f"""
        create or replace temp table _orphans as
        select r.key from ({referred}) as r
        anti join ({_present(mapping, reference)}) as p using (key)
        where list_count(r.key) > 0
        """
    )


def _present(mapping: CheckedMapping, reference: Reference) -> str:
    """Return SQL for the keys that there are to refer to."""
    theirs = entities()[reference.entity].key[: len(reference.columns)]
    present = ", ".join(f"cast({column} as varchar)" for column in theirs)
    return (
        f"select [{present}] as key from raw.{reference.entity} "
        f"where _namespace = {literal(mapping.namespace)}"
    )


def _find_twins(
    connection: duckdb.DuckDBPyConnection, mapping: CheckedMapping, reference: Reference
) -> None:
    """Fill _twins (key, twin): keys that are not there, and are but for leading zeros."""
    plain = f"list_transform(key, lambda one: {without_zeros('one')}) as plain"
    connection.execute(
        f"""
        create or replace temp table _twins as
        select a.key, min(p.key) as twin
        from (select key, {plain} from _orphans) as a
        join (select key, {plain} from ({_present(mapping, reference)})) as p using (plain)
        group by all
        """
    )


def _known_references(
    connection: duckdb.DuckDBPyConnection, entity: Entity, mapping: CheckedMapping, number: int
) -> str:
    """Return SQL for the keys that the parts of the mapping's extract refer to."""
    folders = connection.execute(
        "select folder from control.parts where system = ? and extract = ?",
        [*mapping.place],
    ).fetchall()
    files = [Path(folder) / "references.parquet" for (folder,) in folders]
    listed = ", ".join(literal(str(file)) for file in files if file.exists())
    if not listed:
        return "select cast([] as varchar[]) as key where false"
    return (
        f"select distinct key from read_parquet([{listed}]) "
        f"where entity = {literal(entity.entity)} and reference_number = {number} "
        f"and namespace = {literal(mapping.namespace)}"
    )


def _book(
    connection: duckdb.DuckDBPyConnection,
    entity: Entity,
    mapping: CheckedMapping,
    reference: Reference,
) -> None:
    """Book the records of the keys found, and of no record that is left out already."""
    _find_twins(connection, mapping, reference)
    listed = ", ".join(_values(entity, mapping, reference))
    where = f"({sql(mapping.where)}) and " if mapping.where is not None else ""
    detail = literal(f" is not among the {reference.entity} of {mapping.namespace}")
    connection.execute(
        f"""
        create or replace temp table _found as
        select r._file, r._record,
            case when o.twin is null or r.is_confirmed then 'ROW_ORPHAN' else 'ROW_ID_MANGLED' end
                as code,
            {literal(", ".join(reference.columns))} as column_name,
            array_to_string(r.key, ' · ') || {detail}
                || coalesce('; ' || array_to_string(o.twin, ' · ') || ' is', '') as detail
        from (
            select t._file, t._record, [{listed}] as key, {MANGLED_CONFIRMED} as is_confirmed
            from {mapping.from_clause()}
            where {where}[{listed}] in (select key from _orphans)
        ) as r
        left join _twins as o using (key)
        """
    )
    add_faults(connection, *mapping.place, "select * from _found")
    connection.execute("drop table _found")


def _values(entity: Entity, mapping: CheckedMapping, reference: Reference) -> list[str]:
    return [
        f"cast({value(mapping, column, entity.columns[column])} as varchar)"
        for column in reference.columns
    ]
