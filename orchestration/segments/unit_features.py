"""What schemes read of their units: features as they are, and with what is trusted instead."""

from __future__ import annotations

from collections.abc import Iterable

import duckdb

from workspace.ingest.parsing import literal
from workspace.table_contract import feature_columns, feature_tables
from workspace.units import UNIT_KINDS, unit_key
from workspace.warehouse import row_count

UNTRUSTED = """
    create or replace temp table untrusted as
    select unit_type, unit_id, column_name, any_value(trusted_value) as trusted_value
    from control.dq_metric_trust
    where not is_trusted
    group by unit_type, unit_id, column_name
"""


def lay_out_features(connection: duckdb.DuckDBPyConnection, unit: str) -> None:
    """Create the view `<unit>_features` of all features of a kind of unit, one row for each.

    A new feature table is in as soon as it exists.
    """
    keys = UNIT_KINDS[unit].key
    tables = [table for table in feature_tables() if table.key == keys]
    columns = [*(f"u.{key}" for key in keys)] + [
        f"{table.table}.{column.name}"
        for table in tables
        for column in table.columns
        if column.name not in keys
    ]
    joins = " ".join(
        f"left join {table.name} as {table.table} using ({', '.join(keys)})" for table in tables
    )
    connection.execute(
        f"create or replace temp view {unit}_features as "
        f"select {', '.join(columns)} from {UNIT_KINDS[unit].universe} as u {joins}"
    )


def lay_out_trusted(connection: duckdb.DuckDBPyConnection, unit: str) -> None:
    """Create the view `<unit>_trusted`: in place of an untrusted value the last trusted one.

    Ranks and totals are then those of sound data, so that a corrupted value moves nobody else.
    """
    replaced = connection.execute(
        "select distinct column_name from untrusted where unit_type = ? order by all", [unit]
    ).fetchall()
    types = feature_columns(UNIT_KINDS[unit].key)
    joins, columns = [], []
    for number, (column,) in enumerate(replaced):
        joins.append(
            f"left join untrusted as u{number} on u{number}.unit_type = {literal(unit)} "
            f"and u{number}.column_name = {literal(column)} "
            f"and u{number}.unit_id = {unit_key(UNIT_KINDS[unit].key, 'f')}"
        )
        columns.append(
            f"case when u{number}.unit_id is null then f.{column} "
            f"else cast(u{number}.trusted_value as {types[column]}) end as {column}"
        )
    chosen = f"f.* replace ({', '.join(columns)})" if columns else "f.*"
    connection.execute(
        f"create or replace temp view {unit}_trusted as "
        f"select {chosen} from {unit}_features as f {' '.join(joins)}"
    )


def doubt(connection: duckdb.DuckDBPyConnection) -> bool:
    """Create the table `untrusted`; return whether any metric of any unit is."""
    connection.execute(UNTRUSTED)
    return row_count(connection, "untrusted") > 0


def lay_out_units(connection: duckdb.DuckDBPyConnection, units: Iterable[str]) -> bool:
    """Create both views of features for each of these kinds of unit.

    Returns whether any metric of any unit is not trusted.
    """
    is_doubted = doubt(connection)
    for unit in sorted(set(units)):
        lay_out_features(connection, unit)
        lay_out_trusted(connection, unit)
    return is_doubted
