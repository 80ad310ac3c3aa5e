"""The typed rows of one extract: parsing the text, and booking each row that cannot be used."""

from __future__ import annotations

import duckdb

from workspace.config.file_format import Column, Format
from workspace.config.source_file import SourceFile
from workspace.folder import Workspace
from workspace.ingest.control import add_faults, add_skips, table_of
from workspace.ingest.expressions import checked
from workspace.ingest.parsing import identifier, literal, parsed, stated

NOT_FINITE = "('nan', 'inf', '+inf', '-inf', 'infinity', '+infinity', '-infinity')"


def parse(connection: duckdb.DuckDBPyConnection, source: SourceFile, name: str) -> None:
    """Create the typed table, and the rows of text in which any value did not parse."""
    dialect, columns = source.format_of(name), source.extracts[name].columns
    typed, delivered = table_of(source.system, name), table_of(source.system, name, "delivered")
    values = ", ".join(
        f"{parsed(column, spec, dialect)} as {identifier(column)}"
        for column, spec in columns.items()
    )
    connection.execute(
        f"create or replace table {typed} as select {values}, _file, _record from {delivered}"
    )
    unparsed = " or ".join(
        f"(t.{identifier(column)} is null "
        f"and {stated(column, spec, dialect, table='d')} is not null)"
        for column, spec in columns.items()
        if spec.type != "text"
    )
    connection.execute(
        f"""
        create or replace temp table _unparsed as
        select d.* from {delivered} as d positional join {typed} as t
        where {unparsed or "false"}
        """
    )


def book_skips(
    connection: duckdb.DuckDBPyConnection, workspace: Workspace, source: SourceFile, name: str
) -> None:
    """Book declared skips; a record that two rules skip is booked with the first."""
    document = workspace.sources[source.system].document
    extract, typed = source.extracts[name], table_of(source.system, name)
    for number, skip in enumerate(extract.skip):
        place = document.place(("extracts", name, "skip", number, "when"))
        condition = checked(skip.when, {"t": set(extract.columns)}, default="t", place=place)
        when = condition.sql(dialect="duckdb")
        rows = f"""
            select t._file, t._record, {literal(skip.reason)} as reason
            from {typed} as t where {when}
        """
        add_skips(connection, source.system, name, rows)
        connection.execute(f"delete from {typed} as t where {when}")


def book_faults(
    connection: duckdb.DuckDBPyConnection, workspace: Workspace, source: SourceFile, name: str
) -> None:
    """Book values that do not parse, checks that fail, and rows that no mapping takes."""
    extract, dialect = source.extracts[name], source.format_of(name)
    typed = table_of(source.system, name)
    values = " union all ".join(
        _unparsed(column, spec, dialect)
        for column, spec in extract.columns.items()
        if spec.type != "text"
    )
    if values:
        faults = f"select f.* from ({values}) as f semi join {typed} using (_file, _record)"
        add_faults(connection, source.system, name, faults)
    connection.execute("drop table _unparsed")
    document = workspace.sources[source.system].document
    for number, check in enumerate(extract.checks):
        place = document.place(("extracts", name, "checks", number, "expect"))
        condition = checked(check.expect, {"t": set(extract.columns)}, default="t", place=place)
        faults = f"""
            select t._file, t._record, 'ROW_CHECK' as code, '' as column_name,
                {literal(f"{check.name}: {check.expect}")} as detail
            from {typed} as t where not ({condition.sql(dialect="duckdb")})
        """
        add_faults(connection, source.system, name, faults)
    _book_unmapped(connection, source, name)


def _unparsed(column: str, spec: Column, dialect: Format) -> str:
    """Return SQL for the faults of one column among the rows that have any."""
    text = stated(column, spec, dialect)
    return f"""
        select _file, _record,
            case when lower({text}) in {NOT_FINITE} then 'ROW_NONFINITE' else 'ROW_TYPE' end
                as code,
            {literal(column)} as column_name,
            {text} || ' is no {spec.type} of the declared format' as detail
        from _unparsed where {text} is not null and {parsed(column, spec, dialect)} is null
    """


def _book_unmapped(connection: duckdb.DuckDBPyConnection, source: SourceFile, name: str) -> None:
    mappings = [mapping for mapping in source.mappings if mapping.extract == name]
    if not mappings or any(mapping.where is None for mapping in mappings):
        return
    columns = {"t": set(source.extracts[name].columns)}
    conditions = [
        checked(mapping.where or "", columns, default="t", place=f"{source.system}.{name}")
        for mapping in mappings
    ]
    taken = " or ".join(
        f"coalesce({condition.sql(dialect='duckdb')}, false)" for condition in conditions
    )
    faults = f"""
        select t._file, t._record, 'ROW_UNMAPPED' as code, '' as column_name,
            'No mapping takes this row' as detail
        from {table_of(source.system, name)} as t where not ({taken})
    """
    add_faults(connection, source.system, name, faults)
