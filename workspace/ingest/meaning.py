"""What quantities and amounts mean: rows whose unit or currency cannot be converted, set aside.

Ingest calls `set_aside` after all entities are filled and before the books close.
"""

from __future__ import annotations

import duckdb

from workspace.folder import Workspace
from workspace.ingest.control import add_faults
from workspace.ingest.parsing import literal
from workspace.ingest.rates import UNRATED_LINES, require_rates
from workspace.ingest.units import MEASURED, quantities, resolve_units
from workspace.warehouse import row_count

UNMEASURED = """
    select q._system, q._file, q._record, coalesce(w.detail, 'The product is not known.') as detail
    from ({quantities}) as q
    left join control.conversions_found as w
        on w.namespace = q.namespace and w.source_key = q.source_key
        and w.unit_code = q.unit_code
        and w.valid_from <= q.day and (q.day < w.valid_to or w.valid_to is null)
    where w.numerator is null
"""

# Goods of a purchase order line that is set aside are received against nothing.
UNORDERED = """
    select
        e._system, e._file, e._record,
        e.purchase_order_id || ' · ' || e.line_number || ' is set aside' as detail
    from raw.receipts as e
    join raw.purchase_order_lines as o
        on o._namespace = e._namespace and o.purchase_order_id = e.purchase_order_id
        and o.line_number = e.line_number
    semi join _aside as a
        on a.entity = 'purchase_order_lines' and a._system = o._system and a._file = o._file
        and a._record = o._record
"""


def set_aside(connection: duckdb.DuckDBPyConnection, workspace: Workspace) -> int:
    """Resolve units and rates; book the rows that lack one, and return how many they are.

    Raises RATE_MISSING when master data are valued in a currency without a rate.
    """
    require_rates(connection)
    measured = [name for name in MEASURED if _states_units(workspace, name)]
    resolve_units(connection, measured)
    connection.execute(
        "create or replace temp table _aside (entity varchar, code varchar, column_name varchar, "
        "_system varchar, _file varchar, _record bigint, detail varchar)"
    )
    contradicting = "select * from _contradicting"
    _set_aside(connection, "unit_conversions", "ROW_UOM", "unit_code, to_unit_code", contradicting)
    for entity in measured:
        unmeasured = UNMEASURED.format(quantities=quantities(entity))
        _set_aside(connection, entity, "ROW_UOM", "unit_code", unmeasured)
    _set_aside(connection, "receipts", "ROW_ORPHAN", "purchase_order_id, line_number", UNORDERED)
    _set_aside(connection, "order_lines", "ROW_RATE", "currency_code", UNRATED_LINES)
    for entity in ("unit_conversions", *MEASURED):
        _book(connection, workspace, entity)
    return row_count(connection, "_aside")


def _states_units(workspace: Workspace, entity: str) -> bool:
    """Return whether any mapping gives the unit of an entity's quantities: else none is read."""
    return any(
        mapping.entity == entity and "unit_code" in mapping.columns
        for read in workspace.sources.values()
        for mapping in read.value.mappings
    )


def _set_aside(
    connection: duckdb.DuckDBPyConnection, entity: str, code: str, columns: str, rows: str
) -> None:
    """Note rows of a query with columns _system, _file, _record, detail."""
    connection.execute(
        f"""
        insert into _aside
        select ?, ?, ?, _system, _file, _record, detail from ({rows})
        """,
        [entity, code, columns],
    )


def _book(connection: duckdb.DuckDBPyConnection, workspace: Workspace, entity: str) -> None:
    """Book the rows that are set aside, each in the extract it came in."""
    extracts = {
        (read.value.system, mapping.extract)
        for read in workspace.sources.values()
        for mapping in read.value.mappings
        if mapping.entity == entity
    }
    for system, extract in sorted(extracts):
        faults = f"""
            select a._file, a._record, a.code, a.column_name, a.detail
            from _aside as a
            semi join control.deliveries as d
                on d.file_sha256 = a._file and d.status in ('loaded', 'carried_forward')
                and d.system = {literal(system)} and d.extract = {literal(extract)}
            where a.entity = {literal(entity)} and a._system = {literal(system)}
        """
        add_faults(connection, system, extract, faults)
