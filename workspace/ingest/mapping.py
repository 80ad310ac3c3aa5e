"""The canonical entities as views over typed extracts, and the rows that do not fit into them.

What a part can know of its records was booked when the part was made. What is left to find here
takes other extracts to know: values that are looked up, dates after tonight, orphans, and keys
that several extracts share.
"""

from __future__ import annotations

import duckdb

from workspace.config.entities import SQL_TYPES, Entity, entities
from workspace.errors import TierwiseError
from workspace.folder import Workspace
from workspace.ingest.circles import CIRCULAR, book_circles
from workspace.ingest.contract import sql
from workspace.ingest.control import add_entity_faults, add_faults
from workspace.ingest.cycles import book_cycles
from workspace.ingest.entity_values import (
    Flaw,
    chooses_by_lookup,
    flaws,
    future_flaw,
    looks_up,
    value,
)
from workspace.ingest.leading_zeros import book_twins
from workspace.ingest.mapping_check import CheckedMapping, check_mappings
from workspace.ingest.orphans import book_orphans
from workspace.ingest.parsing import literal
from workspace.ingest.tree_faults import HIERARCHIES, Tree, book_tree_faults
from workspace.ingest.unmapped import book_unmapped
from workspace.warehouse import one_row

LINEAGE_COLUMNS = {
    "_system": "varchar",
    "_namespace": "varchar",
    "_file": "varchar",
    "_record": "bigint",
}


def fill(connection: duckdb.DuckDBPyConnection, workspace: Workspace, name: str) -> None:
    """Create raw.<entity>, and book each row that cannot be in it.

    Raises ConfigurationErrors' parts as TierwiseError, and LOOKUP_NOT_UNIQUE when a lookup would
    multiply rows.
    """
    entity = entities()[name]
    mappings, faults = check_mappings(workspace, name)
    if faults:
        raise faults[0]
    connection.execute(f"create or replace view raw.{name} as {entity_rows(entity, mappings)}")
    for mapping in mappings:
        _refuse_multiplied(connection, mapping)
        if chooses_by_lookup(mapping):
            book_unmapped(connection, workspace, mapping)
        book_values(connection, entity, mapping)
    book_orphans(connection, entity, mappings)
    book_twins(connection, entity, mappings)
    _book_repeated_keys(connection, entity, mappings)
    if name in HIERARCHIES:
        depth = workspace.hierarchies.file.maximum_depth
        tree = Tree(entity=name, mappings=mappings, maximum_depth=depth)
        book_tree_faults(connection, tree)
        book_cycles(connection, tree)
    if name in CIRCULAR:
        book_circles(connection, CIRCULAR[name], mappings)


def entity_rows(entity: Entity, mappings: list[CheckedMapping]) -> str:
    """Return SQL for the entity's rows: each mapping's, one under the other."""
    if not mappings:
        columns = {column: SQL_TYPES[spec.type] for column, spec in entity.columns.items()}
        typed = {**columns, **LINEAGE_COLUMNS}
        listed = ", ".join(f"cast(null as {kind}) as {name}" for name, kind in typed.items())
        return f"select {listed} where false"
    return " union all ".join(_mapped(entity, mapping) for mapping in mappings)


def _mapped(entity: Entity, mapping: CheckedMapping) -> str:
    values = ", ".join(
        f"{value(mapping, column, spec)} as {column}" for column, spec in entity.columns.items()
    )
    where = f"where {sql(mapping.where)}" if mapping.where is not None else ""
    return (
        f"select {values}, {literal(mapping.source.system)} as _system, "
        f"{literal(mapping.namespace)} as _namespace, t._file, t._record "
        f"from {mapping.from_clause()} {where}"
    )


def _refuse_multiplied(connection: duckdb.DuckDBPyConnection, mapping: CheckedMapping) -> None:
    """Refuse a lookup that finds several records for one; keys of an extract are unique."""
    for alias, lookup in mapping.mapping.lookups.items():
        named = {theirs.name for theirs, _ in mapping.lookups[alias] if theirs.key == "column"}
        if set(mapping.source.extracts[lookup.extract].key) <= named:
            continue
        rows, records = one_row(
            connection,
            f"select count(*), count(distinct (t._file, t._record)) from {mapping.from_clause()}",
        )
        if rows != records:
            place = f"{mapping.source.system}.{mapping.mapping.extract}"
            cause = f"{records} records became {rows} rows through a lookup."
            raise TierwiseError("LOOKUP_NOT_UNIQUE", place=place, cause=cause)


def book_values(
    connection: duckdb.DuckDBPyConnection, entity: Entity, mapping: CheckedMapping
) -> None:
    """Book values that are looked up and do not fit, and dates after tonight."""
    found: list[Flaw] = []
    for column, spec in entity.columns.items():
        if looks_up(mapping, column):
            found += flaws(mapping, column, spec)
        if spec.not_future and _may_be_late(connection, mapping, column):
            found.append(future_flaw(mapping, column, spec))
    where = f"({sql(mapping.where)}) and " if mapping.where is not None else ""
    # All conditions go over the rows once; only where one holds are the rows looked at again.
    conditions = " or ".join(f"({flaw.condition})" for flaw in found)
    if (
        not found
        or not one_row(
            connection,
            f"select count(*) from {mapping.from_clause()} where {where}({conditions})",
        )[0]
    ):
        return
    unconfirmed = """
        (t._file, t._record) not in (
            select (file_sha256, record_number) from control.row_decisions
            where code = {code} and decision = 'confirm'
        )
    """
    faults = " union all ".join(
        f"""
        select t._file, t._record, {literal(flaw.code)} as code,
            {literal(flaw.column)} as column_name, {flaw.detail} as detail
        from {mapping.from_clause()} where {where}({flaw.condition})
            and {unconfirmed.format(code=literal(flaw.code)) if flaw.may_be_confirmed else "true"}
        """
        for flaw in found
    )
    connection.execute(f"create or replace temp table _found as {faults}")
    add_faults(connection, *mapping.place, "select * from _found")
    connection.execute("drop table _found")


def _may_be_late(
    connection: duckdb.DuckDBPyConnection, mapping: CheckedMapping, column: str
) -> bool:
    """Tell whether any part has a date after tonight: parts know their newest."""
    if looks_up(mapping, column):
        return True
    (late,) = one_row(
        connection,
        """
        select count(*) from control.newest_dates cross join night.parameters
        where system = ? and extract = ? and entity = ? and column_name = ?
            and newest_date > business_date
        """,
        [*mapping.place, mapping.mapping.entity, column],
    )
    return bool(late)


def _book_repeated_keys(
    connection: duckdb.DuckDBPyConnection, entity: Entity, mappings: list[CheckedMapping]
) -> None:
    """Book rows of one key, unless the mappings make it impossible that there are any."""
    if _keys_are_unique(entity, mappings):
        return
    by_key = ", ".join(["_namespace", *entity.key])
    shown = " || ' · ' || ".join(
        f"coalesce(cast(e.{column} as varchar), '')" for column in entity.key
    )
    connection.execute(
        f"""
        create or replace temp table _repeated as
        select e._system, e._file, e._record, 'ROW_KEY_DUP' as code,
            {literal(", ".join(entity.key))} as column_name,
            'Several records map to the row ' || e._namespace || ' · ' || {shown}
                || ' of {entity.entity}' as detail
        from raw.{entity.entity} as e
        semi join (select {by_key} from raw.{entity.entity} group by all having count(*) > 1)
            using ({by_key})
        """
    )
    add_entity_faults(connection, "_repeated", (m.place for m in mappings))
    connection.execute("drop table _repeated")


def _keys_are_unique(entity: Entity, mappings: list[CheckedMapping]) -> bool:
    """Tell whether an entity's key holds its extract's key, column by column, as it is.

    Then it is unique because that one is, which was seen to when the extract was landed.
    """
    namespaces = [mapping.namespace for mapping in mappings]
    if len(set(namespaces)) < len(namespaces):
        return False
    for mapping in mappings:
        kept = {
            mapping.columns[column].name
            for column in entity.key
            if column in mapping.columns and mapping.columns[column].key == "column"
        }
        spec = mapping.source.extracts[mapping.mapping.extract]
        texts = all(spec.columns[column].type == "text" for column in spec.key)
        if not set(spec.key) <= kept or not texts:
            return False
    return True
