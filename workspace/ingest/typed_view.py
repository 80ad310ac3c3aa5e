"""The typed rows of an extract: a view over the parts of all the files a night reads."""

from __future__ import annotations

from collections.abc import Sequence

import duckdb

from workspace.folder import Workspace
from workspace.ingest.contract import Contract
from workspace.ingest.control import table_of
from workspace.ingest.parsing import PARSED_TYPES, identifier, literal
from workspace.ingest.parts.part import Part
from workspace.ingest.parts.part_rows import rows_of


def create_view(
    connection: duckdb.DuckDBPyConnection,
    workspace: Workspace,
    contract: Contract,
    parts: Sequence[Part],
) -> None:
    """Create the view of all records of the parts but those that a book leaves out."""
    system, name, columns = contract.source.system, contract.name, contract.extract.columns
    if parts:
        rows = rows_of(workspace, contract, parts)
    else:
        absent = ", ".join(
            f"cast(null as {PARSED_TYPES[spec.type]}) as {identifier(column)}"
            for column, spec in columns.items()
        )
        rows = f"select {absent}, '' as _file, cast(0 as bigint) as _record where false"
    left_out = " union all ".join(
        f"select file_sha256 as _file, record_number as _record from control.{book} "
        f"where system = {literal(system)} and extract = {literal(name)}"
        for book in ("row_faults", "row_skips")
    )
    connection.execute(
        f"create or replace view {table_of(system, name)} as "
        f"select r.* from ({rows}) as r anti join ({left_out}) as b using (_file, _record)"
    )
