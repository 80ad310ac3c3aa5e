"""What the records of a part refer to, each once: orphans are found among these alone."""

from __future__ import annotations

from pathlib import Path

import duckdb
from sqlglot import exp

from workspace.ingest.contract import Contract, sql
from workspace.ingest.entity_values import entity_of, looks_up, value
from workspace.ingest.parsing import identifier, literal


def write_references(
    connection: duckdb.DuckDBPyConnection, contract: Contract, sound: str, made: Path
) -> None:
    """Write what the sound records refer to, where the contract maps an entity that refers."""
    queries: list[str] = []
    for mapping in contract.mappings:
        entity = entity_of(mapping)
        where = f"where {sql(mapping.where)}" if mapping.where is not None else ""
        for place, reference in enumerate(entity.references):
            if any(looks_up(mapping, column) for column in reference.columns):
                continue
            values = [
                value(mapping, column, entity.columns[column]) for column in reference.columns
            ]
            listed = ", ".join(f"cast({one} as varchar)" for one in values)
            # What is delivered, each once, is far less than there are records to compute it for.
            read = {
                identifier(found.name)
                for column in reference.columns
                if (tree := mapping.columns.get(column)) is not None
                for found in tree.find_all(exp.Column)
            }
            each = f"select distinct {', '.join(sorted(read)) or '1'} from {sound} as t {where}"
            queries.append(
                f"select distinct {literal(entity.entity)} as entity, "
                f"{literal(mapping.namespace)} as namespace, {place} as reference_number, "
                f"[{listed}] as key from ({each}) as t"
            )
    if queries:
        query = " union all ".join(queries)
        target = literal(str(made / "references.parquet"))
        connection.execute(f"copy ({query}) to {target} (format parquet)")
