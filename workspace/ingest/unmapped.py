"""Rows that no mapping takes, where it needs other extracts to know which ones a mapping takes."""

from __future__ import annotations

import duckdb

from workspace.folder import Workspace
from workspace.ingest.contract import sql
from workspace.ingest.control import add_faults, table_of
from workspace.ingest.mapping_check import CheckedMapping, check_mappings


def book_unmapped(
    connection: duckdb.DuckDBPyConnection, workspace: Workspace, mapping: CheckedMapping
) -> None:
    """Book the rows of a mapping's extract that neither it nor another mapping takes."""
    system, extract = mapping.place
    beside, _ = check_mappings(workspace, system=system)
    takers = [other for other in beside if other.mapping.extract == extract]
    if any(taker.where is None for taker in takers):
        return
    taken = " union all ".join(
        f"select t._file, t._record from {taker.from_clause()} where {sql(taker.where)}"
        for taker in takers
        if taker.where is not None
    )
    faults = f"""
        select t._file, t._record, 'ROW_UNMAPPED' as code, '' as column_name,
            'No mapping takes this row' as detail
        from {table_of(system, extract)} as t
        anti join ({taken}) as m using (_file, _record)
    """
    connection.execute(f"create or replace temp table _found as {faults}")
    add_faults(connection, system, extract, "select * from _found")
    connection.execute("drop table _found")
