"""Where each attribute that features need comes from: system, extract, columns, and how filled."""

from __future__ import annotations

from dataclasses import dataclass

import duckdb
import pyarrow as pa
from sqlglot import exp

from workspace.config.entities import entities
from workspace.folder import Workspace
from workspace.ingest.mapping_check import CheckedMapping, check_mappings
from workspace.ingest.parsing import identifier, literal

# An attribute that features need and that no contract maps has one row with these words.
NONE = "(none)"

NEEDED = """
    with recursive walked as (
        select
            table_name as feature_table, column_name as feature_column,
            upstream_table, upstream_column
        from control.asset_lineage
        where starts_with(table_name, 'features.feat_')

        union

        select
            walked.feature_table, walked.feature_column,
            lineage.upstream_table, lineage.upstream_column
        from walked
        join control.asset_lineage as lineage
            on
                lineage.table_name = walked.upstream_table
                and lineage.column_name = walked.upstream_column
    )

    select
        substr(upstream_table, 5) as entity_name, upstream_column as column_name,
        count(distinct feature_table || '.' || feature_column) as feature_count
    from walked
    where starts_with(upstream_table, 'raw.') and not starts_with(upstream_column, '_')
    group by upstream_table, upstream_column
    order by upstream_table, upstream_column
"""
FIELDS = """
    with needed as (select * from needed_attributes),

    mapped as (select * from mapped_attributes),

    counted as (select * from counted_attributes),

    final as (
        select
            needed.entity_name, needed.column_name,
            coalesce(mapped.system, {none}) as system,
            coalesce(mapped.extract, {none}) as extract,
            mapped.delivered_columns, mapped.transformation, needed.feature_count,
            coalesce(counted.row_count, 0) as row_count,
            coalesce(counted.filled_count, 0) as filled_count,
            round(
                cast(counted.filled_count as double) / nullif(counted.row_count, 0), 12
            ) as fill_rate,
            mapped.alternative
        from needed
        left join mapped using (entity_name, column_name)
        left join counted using (entity_name, column_name, system, extract)
    )

    select * from final
"""


@dataclass(frozen=True, kw_only=True)
class FieldSource:
    """One attribute as one extract gives it."""

    entity_name: str
    column_name: str
    system: str
    extract: str
    delivered_columns: str
    transformation: str
    alternative: str | None = None


def field_sources(workspace: Workspace) -> list[FieldSource]:
    """Return every mapped attribute by extract; several mappings of one extract are one row.

    The alternative names the other extracts that give the attribute, the most trusted first.
    """
    mappings, _ = check_mappings(workspace)
    by_trust = sorted(mappings, key=lambda mapping: mapping.source.priority)
    found: dict[tuple[str, str], dict[tuple[str, str], list[CheckedMapping]]] = {}
    for mapping in by_trust:
        for column in mapping.columns:
            givers = found.setdefault((mapping.mapping.entity, column), {})
            givers.setdefault(mapping.place, []).append(mapping)
    return [
        FieldSource(
            entity_name=entity,
            column_name=column,
            system=place[0],
            extract=place[1],
            delivered_columns=", ".join(
                dict.fromkeys(name for m in given for name in _delivered(m, column))
            ),
            transformation="; ".join(dict.fromkeys(_said(m, column) for m in given)),
            alternative="; ".join(
                f"{other[0]}.{other[1]}: {_said(each[0], column)}"
                for other, each in givers.items()
                if other != place
            )
            or None,
        )
        for (entity, column), givers in sorted(found.items())
        for place, given in sorted(givers.items())
    ]


def field_source_map(connection: duckdb.DuckDBPyConnection, workspace: Workspace) -> str:
    """Lay out what is needed, what maps it and how it is filled; return the joining query."""
    sources = field_sources(workspace)
    names = list(FieldSource.__annotations__)
    schema = pa.schema([(name, pa.string()) for name in names])
    mapped = pa.Table.from_pylist([vars(source) for source in sources], schema=schema)
    connection.register("mapped_attributes", mapped)
    connection.execute(f"create or replace temp table needed_attributes as {NEEDED}")
    connection.execute(
        """
        create or replace temp table counted_attributes (
            entity_name varchar, column_name varchar, system varchar, extract varchar,
            row_count bigint, filled_count bigint
        )
        """
    )
    for entity in sorted({source.entity_name for source in sources}):
        _count(connection, entity)
    return FIELDS.format(none=literal(NONE))


def _count(connection: duckdb.DuckDBPyConnection, entity: str) -> None:
    """Count the rows of an entity, and the filled values of each column, by extract."""
    columns = list(entities()[entity].columns)
    counts = ", ".join(f"count(r.{identifier(c)}) as {identifier(c)}" for c in columns)
    connection.execute(
        f"""
        insert into counted_attributes by name
        with files as (
            select distinct e.system, e.extract, e.file_sha256
            from control.raw_extracts as e
            join mapped_attributes as m
                on m.system = e.system and m.extract = e.extract
            where m.entity_name = {literal(entity)} and e.file_sha256 is not null
        ),

        counted as (
            select files.system, files.extract, count(*) as row_count, {counts}
            from raw.{entity} as r
            join files on files.system = r._system and files.file_sha256 = r._file
            group by files.system, files.extract
        )

        select {literal(entity)} as entity_name, system, extract, row_count, column_name,
            filled_count
        from counted
        unpivot (filled_count for column_name in ({", ".join(map(identifier, columns))}))
        """
    )


def _delivered(mapping: CheckedMapping, column: str) -> list[str]:
    """Return the delivered columns that an attribute is made of, in the order of use."""
    extracts = {alias: lookup.extract for alias, lookup in mapping.mapping.lookups.items()}
    return [
        f"{extracts[read.table]}.{read.name}" if read.table in extracts else read.name
        for read in mapping.columns[column].find_all(exp.Column)
    ]


def _said(mapping: CheckedMapping, column: str) -> str:
    """Return the expression as the contract writes it, with the records that it is for."""
    text = " ".join(mapping.mapping.columns[column].split())
    return f"{text} where {mapping.mapping.where}" if mapping.mapping.where else text
