"""What schemes read of their units: features as they are, and with what is trusted instead."""

from __future__ import annotations

from collections.abc import Iterable

import duckdb

from workspace.ingest.parsing import literal
from workspace.table_contract import feature_columns, feature_tables
from workspace.units import UNIT_KINDS, unit_key
from workspace.warehouse import row_count

SUBSTITUTES = "segments.attribute_substitutes"
UNTRUSTED = """
    create or replace temp table untrusted as
    select unit_type, unit_id, column_name, any_value(trusted_value) as trusted_value
    from control.dq_metric_trust
    where not is_trusted
    group by unit_type, unit_id, column_name
"""


def lay_out_features(connection: duckdb.DuckDBPyConnection, unit: str) -> None:
    """Create the view `<unit>_known` of all features of a kind of unit, one row for each.

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
        f"create or replace temp view {unit}_known as "
        f"select {', '.join(columns)} from {UNIT_KINDS[unit].universe} as u {joins}"
    )


def lay_out_trusted(connection: duckdb.DuckDBPyConnection, unit: str) -> None:
    """Create the view `<unit>_sound`: in place of an untrusted value the last trusted one.

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
        f"create or replace temp view {unit}_sound as "
        f"select {chosen} from {unit}_known as f {' '.join(joins)}"
    )


def lay_out_filled(connection: duckdb.DuckDBPyConnection, unit: str) -> None:
    """Create `<unit>_features` and `<unit>_trusted`, with what stands in tonight."""
    filled = connection.execute(
        f"select distinct column_name from {SUBSTITUTES} where unit_type = ? order by all", [unit]
    ).fetchall()
    types, key = feature_columns(UNIT_KINDS[unit].key), unit_key(UNIT_KINDS[unit].key, "f")
    chosen, join = "f.*", ""
    if filled:
        wide = ", ".join(
            f"bool_or(column_name = {literal(column)}) as has_{column}, "
            f"cast(max(case when column_name = {literal(column)} then value end) "
            f"as {types[column]}) as {column}"
            for (column,) in filled
        )
        connection.execute(
            f"create or replace temp table {unit}_substitutes as select unit_id, {wide} "
            f"from {SUBSTITUTES} where unit_type = {literal(unit)} group by unit_id"
        )
        cases = (f"case when s.has_{c} then s.{c} else f.{c} end as {c}" for (c,) in filled)
        chosen = f"f.* replace ({', '.join(cases)})"
        join = f"left join {unit}_substitutes as s on s.unit_id = {key}"
    for before, after in (("known", "features"), ("sound", "trusted")):
        connection.execute(
            f"create or replace temp view {unit}_{after} as "
            f"select {chosen} from {unit}_{before} as f {join}"
        )


def doubt(connection: duckdb.DuckDBPyConnection) -> bool:
    """Create the table `untrusted`; return whether any metric of any unit is."""
    connection.execute(UNTRUSTED)
    return row_count(connection, "untrusted") > 0


def lay_out_units(connection: duckdb.DuckDBPyConnection, units: Iterable[str]) -> bool:
    """Create the views `<unit>_features` and `<unit>_trusted` for each of these kinds of unit.

    In both, what stands in for a value that is missing or too old is in its place. Returns whether
    any metric of any unit is not trusted.
    """
    is_doubted = doubt(connection)
    for unit in sorted(set(units)):
        lay_out_features(connection, unit)
        lay_out_trusted(connection, unit)
        lay_out_filled(connection, unit)
    return is_doubted
