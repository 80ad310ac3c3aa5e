"""The records that a night matches, as staging has them, from the one that is trusted most."""

from __future__ import annotations

from collections.abc import Sequence

import duckdb
import polars as pl

STAGED = {
    "customer": ("staging.stg_customers", "customer_id"),
    "product": ("staging.stg_products", "product_id"),
    "site": ("staging.stg_sites", "site_id"),
    "supplier": ("staging.stg_suppliers", "supplier_id"),
}
# Where a record was delivered says nothing of what it is, but for records that one delivered
# record stands behind: those are held together by the first of their keys.
PLACE = ("_file", "_record")
# Staging tables are views: they are read once.
DELIVERED = """
    create or replace temp table delivered_{name} as select {columns} from {records};
    create or replace temp table together_{name} as
    select _file, _record, min(record_key) as together
    from delivered_{name} group by _file, _record having count(*) > 1;
"""
# Precedence numbers the records from the one whose system is trusted most.
PLACED = """
    select
        delivered.record_key, delivered._namespace as namespace,
        delivered.{source_key} as source_key, several.together as delivered_record,
        row_number() over (order by systems.priority nulls last, delivered.record_key) as precedence
    from delivered_{name} as delivered
    left join together_{name} as several using (_file, _record)
    left join night.systems as systems on delivered._system = systems.system
"""


def columns_of(object_type: str, compared: Sequence[str]) -> str:
    """Return the columns of an object's records that matching reads, as SQL."""
    _, source_key = STAGED[object_type]
    named = ("record_key", source_key, "_system", "_namespace", *PLACE, *compared)
    return ", ".join(dict.fromkeys(named))


def read_records(
    connection: duckdb.DuckDBPyConnection, name: str, records: str, columns: str
) -> None:
    """Write delivered_<name> and together_<name>: the records, and those delivered as one."""
    connection.execute(DELIVERED.format(name=name, columns=columns, records=records))


def placed(connection: duckdb.DuckDBPyConnection, name: str, object_type: str) -> pl.DataFrame:
    """Return the records of delivered_<name> from the one that is trusted most."""
    _, source_key = STAGED[object_type]
    return connection.sql(PLACED.format(name=name, source_key=source_key)).pl()
