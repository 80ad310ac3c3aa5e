"""Filling the canonical entities from typed extracts, and booking each row that does not fit."""

from __future__ import annotations

import duckdb

from workspace.config.entities import SQL_TYPES, Entity, EntityColumn, entities
from workspace.errors import TierwiseError
from workspace.folder import Workspace
from workspace.ingest.control import add_faults
from workspace.ingest.mapping_check import CheckedMapping, check_mappings
from workspace.ingest.parsing import literal
from workspace.warehouse import one_row, row_count

LINEAGE_COLUMNS = {
    "_system": "varchar",
    "_namespace": "varchar",
    "_file": "varchar",
    "_record": "bigint",
}


def fill(connection: duckdb.DuckDBPyConnection, workspace: Workspace, name: str) -> int:
    """Create and fill raw.<entity>; return its row count.

    Raises ConfigurationErrors' parts as TierwiseError, and LOOKUP_NOT_UNIQUE when a lookup would
    multiply rows.
    """
    entity = entities()[name]
    mappings, faults = check_mappings(workspace, name)
    if faults:
        raise faults[0]
    typed = ", ".join(f"{column} {SQL_TYPES[c.type]}" for column, c in entity.columns.items())
    lineage = ", ".join(f"{column} {kind}" for column, kind in LINEAGE_COLUMNS.items())
    connection.execute(f"create or replace table raw.{name} ({typed}, {lineage}, _extract varchar)")
    for mapping in mappings:
        _map(connection, entity, mapping)
        _book_values(connection, entity, mapping)
        _append(connection, entity)
    if row_count(connection, f"raw.{name}"):
        for reference in entity.references:
            _book_orphans(connection, entity, reference.columns, reference.entity)
        _book_repeated_keys(connection, entity)
    connection.execute(f"alter table raw.{name} drop column _extract")
    return row_count(connection, f"raw.{name}")


def _map(connection: duckdb.DuckDBPyConnection, entity: Entity, mapping: CheckedMapping) -> None:
    """Evaluate the expressions into _mapped: for each column its value, uncast, and cast."""
    parts: list[str] = []
    for column, spec in entity.columns.items():
        tree = mapping.columns.get(column)
        value = f"({tree.sql(dialect='duckdb')})" if tree is not None else "null"
        if spec.type == "text":
            value = f"nullif(trim(cast({value} as varchar)), '')"
        parts.append(f"try_cast({value} as {SQL_TYPES[spec.type]}) as {column}")
        parts.append(f"{value} is not null as _given_{column}")
    where = f"where {mapping.where.sql(dialect='duckdb')}" if mapping.where is not None else ""
    connection.execute(
        f"""
        create or replace temp table _mapped as
        select {", ".join(parts)},
            {literal(mapping.source.system)} as _system, {literal(mapping.namespace)} as _namespace,
            t._file, t._record, {literal(mapping.mapping.extract)} as _extract
        from {mapping.from_clause()} {where}
        """
    )
    rows, records = one_row(
        connection, "select count(*), count(distinct (_file, _record)) from _mapped"
    )
    if rows != records:
        place = f"{mapping.source.system}.{mapping.mapping.extract}"
        cause = f"{records} records became {rows} rows through a lookup."
        raise TierwiseError("LOOKUP_NOT_UNIQUE", place=place, cause=cause)


def _book_values(
    connection: duckdb.DuckDBPyConnection, entity: Entity, mapping: CheckedMapping
) -> None:
    conditions: list[tuple[str, str, str, str]] = []
    for column, spec in entity.columns.items():
        conditions.extend(_conditions(column, spec))
    if not conditions:
        return
    faults = " union all ".join(
        f"""
        select _file, _record, {literal(code)} as code, {literal(column)} as column_name,
            {detail} as detail
        from _mapped where {condition}
        """
        for code, column, condition, detail in conditions
    )
    add_faults(connection, mapping.source.system, mapping.mapping.extract, faults)
    bad = " or ".join(f"({condition})" for _, _, condition, _ in conditions)
    connection.execute(f"delete from _mapped where {bad}")


def _conditions(column: str, spec: EntityColumn) -> list[tuple[str, str, str, str]]:
    """Return code, column, SQL condition and SQL detail of everything that can be wrong."""
    value = f"cast({column} as varchar)"
    found = [
        (
            "ROW_RANGE",
            column,
            f"_given_{column} and {column} is null",
            literal(f"{column} does not fit {SQL_TYPES[spec.type]}"),
        )
    ]
    if spec.required:
        absent = f"not coalesce(_given_{column}, false)"
        found.append(("ROW_NULL", column, absent, literal(f"{column} is absent")))
    if spec.minimum is not None:
        below = f"{column} < {spec.minimum:g}"
        found.append(("ROW_RANGE", column, below, f"{value} || ' is below {spec.minimum:g}'"))
    if spec.allowed is not None:
        listed = ", ".join(literal(word) for word in spec.allowed)
        unknown = f"{column} not in ({listed})"
        found.append(("ROW_RANGE", column, unknown, f"{value} || ' is not an allowed value'"))
    if spec.not_future:
        late = f"{column} > (select business_date from night.parameters)"
        detail = f"{value} || ' lies after the business date'"
        found.append(("ROW_DATE_FUTURE", column, late, detail))
    return found


def _append(connection: duckdb.DuckDBPyConnection, entity: Entity) -> None:
    columns = ", ".join([*entity.columns, *LINEAGE_COLUMNS, "_extract"])
    connection.execute(f"insert into raw.{entity.entity} ({columns}) select {columns} from _mapped")


def _book_orphans(
    connection: duckdb.DuckDBPyConnection, entity: Entity, columns: tuple[str, ...], other: str
) -> None:
    """Quarantine rows that refer to nothing; the other entity's leading key columns are meant."""
    theirs = entities()[other].key[: len(columns)]
    joined = " and ".join(
        f"o.{key} = e.{column}" for key, column in zip(theirs, columns, strict=True)
    )
    orphan = f"""
        coalesce({", ".join(f"e.{column}" for column in columns)}) is not null
        and not exists (
            select 1 from raw.{other} as o where o._namespace = e._namespace and {joined}
        )
    """
    shown = " || ' · ' || ".join(f"coalesce(e.{column}, '')" for column in columns)
    _book_and_delete(
        connection,
        entity,
        orphan,
        code="ROW_ORPHAN",
        column=", ".join(columns),
        detail=f"{shown} || {literal(f' is not among the {other} of ')} || e._namespace",
    )


def _book_repeated_keys(connection: duckdb.DuckDBPyConnection, entity: Entity) -> None:
    by_key = ", ".join(["_namespace", *entity.key])
    joined = " and ".join(f"o.{column} = e.{column}" for column in ["_namespace", *entity.key])
    repeated = f"""
        exists (
            select 1
            from (select {by_key} from raw.{entity.entity} group by all having count(*) > 1) as o
            where {joined}
        )
    """
    _book_and_delete(
        connection,
        entity,
        repeated,
        code="ROW_KEY_DUP",
        column=", ".join(entity.key),
        detail=literal(f"Several records map to one row of {entity.entity}"),
    )


def _book_and_delete(
    connection: duckdb.DuckDBPyConnection,
    entity: Entity,
    condition: str,
    *,
    code: str,
    column: str,
    detail: str,
) -> None:
    connection.execute(
        f"""
        create or replace temp table _bad as
        select e._system, e._extract, e._file, e._record, {detail} as detail
        from raw.{entity.entity} as e where {condition}
        """
    )
    connection.execute(
        f"""
        insert into control.row_faults
        select _system, _extract, _file, _record, {literal(code)}, {literal(column)}, detail
        from _bad
        """
    )
    connection.execute(
        f"""
        delete from raw.{entity.entity} as e where exists (
            select 1 from _bad as b where b._system = e._system and b._extract = e._extract
                and b._file = e._file and b._record = e._record
        )
        """
    )
