"""The days that the records of a part are of, and the newest that an entity gets."""

from __future__ import annotations

import duckdb

from workspace.ingest.contract import Contract, sql
from workspace.ingest.entity_values import entity_of, looks_up, value
from workspace.ingest.parsing import identifier
from workspace.warehouse import one_row


def days_of(
    connection: duckdb.DuckDBPyConnection, contract: Contract, sound: str
) -> dict[str, int]:
    """Count the sound records of each day of the watermark column."""
    column = contract.extract.watermark
    if not column:
        return {}
    day = f"cast(cast(t.{identifier(column)} as date) as varchar)"
    found = connection.execute(
        f"select {day} as day, count(*) from {sound} as t "
        f"where t.{identifier(column)} is not null group by all order by all"
    )
    return dict(found.fetchall())


def newest_of(
    connection: duckdb.DuckDBPyConnection, contract: Contract, sound: str
) -> dict[str, str]:
    """Return the newest date of each column that must not lie in the future."""
    newest: dict[str, str] = {}
    for mapping in contract.mappings:
        entity = entity_of(mapping)
        for column, spec in entity.columns.items():
            if spec.not_future and not looks_up(mapping, column):
                where = f"where {sql(mapping.where)}" if mapping.where is not None else ""
                date = f"cast(max({value(mapping, column, spec)}) as varchar)"
                (found,) = one_row(connection, f"select {date} from {sound} as t {where}")
                name = f"{entity.entity}.{column}"
                if found is not None:
                    newest[name] = max(found, newest.get(name, found))
    return newest
