"""Divested entities: from the date on, nothing that refers to them reaches a table of the night.

Delivered files are kept and accounted for as ever; what is taken out are the rows of the canonical
entities, the divested records themselves and all that names them: order lines, stock, receipts.
"""

from __future__ import annotations

import duckdb

from workspace.config.entities import Entity, entities
from workspace.warehouse import row_count

# Whose records have golden ids.
OBJECTS = {
    "customers": "customer",
    "products": "product",
    "sites": "site",
    "suppliers": "supplier",
}
# What bore the id when it was last delivered, be it long ago.
DIVESTED = """
    create or replace temp table _divested as
    with last_known as (
        select object_type, namespace, source_key, max_by(golden_id, valid_from) as golden_id
        from prior.golden_xref
        group by object_type, namespace, source_key
    )
    select known.object_type, known.namespace, known.source_key
    from last_known as known
    inner join control.entity_declarations as declared
        on declared.object_type = known.object_type and declared.golden_id = known.golden_id
    cross join night.parameters as parameters
    where declared.declaration = 'divest' and declared.effective_date <= parameters.business_date
"""


def withhold(connection: duckdb.DuckDBPyConnection) -> dict[str, int]:
    """Take divested records and what refers to them out of raw.*; return the rows by entity.

    Call it once after the entities are filled and the books are closed; it reads the crosswalk of
    the release before.
    """
    connection.execute(DIVESTED)
    found: dict[str, int] = {}
    if not row_count(connection, "_divested"):
        return found
    connection.execute("create schema if not exists withheld")
    filled = connection.execute(
        "select view_name from duckdb_views() where schema_name = 'raw'"
    ).fetchall()
    for name, entity in entities().items():
        if (name,) not in filled:
            continue
        conditions = [
            *_own(entity),
            *(_referring(r.columns, r.entity) for r in entity.references if r.entity in found),
        ]
        if conditions:
            rows = _take_out(connection, entity, " or ".join(conditions))
            found |= {name: rows} if rows else {}
    return found


def _own(entity: Entity) -> list[str]:
    """Return the condition that a record was divested itself."""
    if entity.entity not in OBJECTS:
        return []
    of_object = (
        "select namespace, source_key from _divested "
        f"where object_type = '{OBJECTS[entity.entity]}'"
    )
    return [f"(e._namespace, cast(e.{entity.key[0]} as varchar)) in ({of_object})"]


def _referring(columns: tuple[str, ...], entity: str) -> str:
    """Return the condition that a record refers to one that was taken out."""
    theirs = ", ".join(entities()[entity].key[: len(columns)])
    ours = ", ".join(f"cast(e.{column} as varchar)" for column in columns)
    return f"(e._namespace, {ours}) in (select _namespace, {theirs} from withheld.{entity})"


def _take_out(connection: duckdb.DuckDBPyConnection, entity: Entity, condition: str) -> int:
    """Replace raw.<entity> by its rows for which a condition is not true."""
    name = entity.entity
    keys = ", ".join(f"cast(e.{column} as varchar) as {column}" for column in entity.key)
    connection.execute(
        f"create or replace table withheld.{name} as "
        f"select distinct e._namespace, {keys} from raw.{name} as e where {condition}"
    )
    rows = row_count(connection, f"withheld.{name}")
    if rows:
        same = " and ".join(f"cast(e.{column} as varchar) = gone.{column}" for column in entity.key)
        connection.execute(f"drop view if exists raw.{name}_delivered")
        connection.execute(f"alter view raw.{name} rename to {name}_delivered")
        connection.execute(
            f"create view raw.{name} as select e.* from raw.{name}_delivered as e "
            f"anti join withheld.{name} as gone on e._namespace = gone._namespace and {same}"
        )
    return rows
