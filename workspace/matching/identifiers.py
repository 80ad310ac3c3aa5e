"""Pairs of records that share an exact identifier, before any likeness is asked."""

from __future__ import annotations

import duckdb

from workspace.matching.declaration import DELIVERED_RECORD, Declaration
from workspace.matching.kept import TONIGHT
from workspace.matching.records import RECORDS, without_fillers
from workspace.matching.working import WORK

IDENTIFIED = f"{WORK}.identified"


def write_identified(
    connection: duckdb.DuckDBPyConnection, declaration: Declaration, limit: int
) -> int:
    """Write the pairs that share an identifier, with the first field that says so.

    A value shared by more than `limit` records brings nobody together: fillers are null already,
    and a delivered record or a number within a scope is bound by the same limit.
    """
    _write_values(connection, declaration)
    names = " ".join(
        f"when {order} then '{field}'" for order, field in enumerate(declaration.identifiers)
    )
    connection.execute(f"""
        create or replace table {IDENTIFIED} as
        with shared as (
            select field_order, value from {WORK}.identifier_rows
            group by field_order, value having count(*) between 2 and {limit}
        ),
        live as (
            select i.* from {WORK}.identifier_rows as i
            inner join shared using (field_order, value)
        ),
        pairs as (
            select l.record_number as join_key_l, r.record_number as join_key_r,
                min(l.field_order) as field_order
            from live as l inner join live as r
                on l.field_order = r.field_order and l.value = r.value
                    and l.record_number < r.record_number
            group by all
        )
        select join_key_l, join_key_r,
            'identifier:' || case field_order {names or "when 0 then ''"} end as basis
        from pairs {_where_apart(declaration)}
    """)
    return int(connection.execute(f"select count(*) from {IDENTIFIED}").fetchall()[0][0])


def _where_apart(declaration: Declaration) -> str:
    """Return the SQL condition that leaves out pairs which are never one thing, or none."""
    if not declaration.apart_by:
        return ""
    return (
        f"where (select apart_by from {RECORDS} where record_number = join_key_l) "
        f"is distinct from (select apart_by from {RECORDS} where record_number = join_key_r)"
    )


def _write_values(connection: duckdb.DuckDBPyConnection, declaration: Declaration) -> None:
    """Write a row for each identifier of each record, with the place of its field.

    Of delivered records only those that stand behind several records matter.
    """
    connection.execute(f"""
        create or replace table {WORK}.identifier_rows
            (field_order utinyint, value varchar, record_number bigint)
    """)
    connection.execute(f"create or replace view {WORK}.unfilled as {without_fillers(declaration)}")
    for order, (field, column) in enumerate(declaration.identifiers.items()):
        source = f"{WORK}.unfilled"
        if field == DELIVERED_RECORD:
            source = (
                f"(select t.{column}, r.record_number from {RECORDS} as r "
                f"inner join {TONIGHT} as t using (record_key) where t.{column} in "
                f"(select {column} from {TONIGHT} group by all having count(*) > 1))"
            )
        connection.execute(f"""
            insert into {WORK}.identifier_rows
            select {order}, {column}, record_number from {source} where {column} is not null
        """)
