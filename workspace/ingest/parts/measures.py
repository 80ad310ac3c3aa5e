"""What a part's quantities and amounts are stated in: each unit and currency once, with its days.

Units and rates change after a part was made; what it states does not. So a night looks at these
few rows, and at the records themselves only where something has no worth.
"""

from __future__ import annotations

from pathlib import Path

import duckdb

from workspace.ingest.contract import Contract, sql
from workspace.ingest.entity_values import entity_of, looks_up, value
from workspace.ingest.mapping_check import CheckedMapping
from workspace.ingest.parsing import literal

FILE = "measures.parquet"

# Product, day and currency of the entities whose rows are looked at; a receipt does not say what
# it is of, so receipts are read themselves.
STATED = {
    "order_lines": ("product_id", "order_date", "currency_code"),
    "purchase_order_lines": ("product_id", "order_date", None),
    "shipment_lines": ("product_id", "shipped_date", None),
    "inventory_snapshots": ("product_id", "snapshot_date", None),
}


def write_measures(
    connection: duckdb.DuckDBPyConnection, contract: Contract, sound: str, made: Path
) -> None:
    """Write what the sound records state, where the contract maps any of the entities."""
    queries = [_query(mapping, sound) for mapping in contract.mappings if is_known_by_part(mapping)]
    if queries:
        query = " union all ".join(queries)
        connection.execute(
            f"copy ({query} order by all) to {literal(str(made / FILE))} (format parquet)"
        )


def is_known_by_part(mapping: CheckedMapping) -> bool:
    """Tell whether a part knows what a mapping's rows state: nothing of it is looked up."""
    if mapping.mapping.entity not in STATED:
        return False
    columns = (*STATED[mapping.mapping.entity], "unit_code")
    return not any(column is not None and looks_up(mapping, column) for column in columns)


def _query(mapping: CheckedMapping, sound: str) -> str:
    entity = entity_of(mapping)
    product, day, currency = (
        value(mapping, column, entity.columns[column]) if column else "cast(null as varchar)"
        for column in STATED[entity.entity]
    )
    unit = value(mapping, "unit_code", entity.columns["unit_code"])
    where = f"where {sql(mapping.where)}" if mapping.where is not None else ""
    return f"""
        select
            {literal(entity.entity)} as entity, {literal(mapping.namespace)} as _namespace,
            {product} as source_key, {unit} as unit_code, {currency} as currency_code,
            min({day}) as first_day, max({day}) as last_day
        from {sound} as t {where}
        group by all
    """
