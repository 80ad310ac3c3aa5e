"""What quantities and amounts mean: rows whose unit or currency cannot be converted, set aside.

Ingest calls `set_aside` after all entities are filled and before the books close.
"""

from __future__ import annotations

from pathlib import Path

import duckdb

from workspace.folder import Workspace
from workspace.ingest.control import add_entity_faults
from workspace.ingest.mapping_check import CheckedMapping, check_mappings
from workspace.ingest.parsing import literal
from workspace.ingest.parts.measures import FILE as MEASURES
from workspace.ingest.parts.measures import is_known_by_part
from workspace.ingest.rates import (
    COSTS,
    UNRATED_CURRENCIES,
    UNRATED_LINES,
    require_rates,
    unrated,
)
from workspace.ingest.units import MEASURED, quantities, resolve_units, stated_by
from workspace.warehouse import row_count

# A unit that has a worth on every day it is stated on needs no look at the rows.
WORTHLESS = """
    select s.entity, s._namespace as namespace, s.source_key, c.unit_code
    from _stated as s
    join control.unit_codes_found as c on c.system = s._system and c.delivered_code = s.unit_code
    anti join control.conversions_found as w
        on w.namespace = s._namespace and w.source_key = s.source_key
        and w.unit_code = c.unit_code and w.numerator is not null
        and w.valid_from <= s.first_day and (s.last_day < w.valid_to or w.valid_to is null)
    group by all
"""

UNMEASURED = """
    select q._system, q._file, q._record, coalesce(w.detail, 'The product is not known.') as detail
    from ({quantities}) as q
    semi join _worthless as b
        on b.entity = {entity} and b.namespace = q.namespace and b.source_key = q.source_key
        and b.unit_code = q.unit_code
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
    resolve_units(connection, _stated(connection, workspace))
    connection.execute(
        "create or replace temp table _aside (entity varchar, code varchar, column_name varchar, "
        "_system varchar, _file varchar, _record bigint, detail varchar)"
    )
    contradicting = "select * from _contradicting"
    _set_aside(connection, "unit_conversions", "ROW_UOM", "unit_code, to_unit_code", contradicting)
    connection.execute(f"create or replace temp table _worthless as {WORTHLESS}")
    for (entity,) in connection.execute(
        "select distinct entity from _worthless order by all"
    ).fetchall():
        unmeasured = UNMEASURED.format(quantities=quantities(entity), entity=literal(entity))
        _set_aside(connection, entity, "ROW_UOM", "unit_code", unmeasured)
    _set_aside(connection, "receipts", "ROW_ORPHAN", "purchase_order_id, line_number", UNORDERED)
    connection.execute(f"create or replace temp table _unrated as {UNRATED_CURRENCIES}")
    if row_count(connection, "_unrated"):
        _set_aside(connection, "order_lines", "ROW_RATE", "currency_code", UNRATED_LINES)
    for entity, day in COSTS.items():
        _set_aside(connection, entity, "ROW_RATE", "currency_code", unrated(entity, day))
    for entity in ("unit_conversions", *MEASURED, *COSTS):
        _book(connection, workspace, entity)
    return row_count(connection, "_aside")


def _stated(connection: duckdb.DuckDBPyConnection, workspace: Workspace) -> list[str]:
    """Return what units and currencies to look at: as parts know them, else as rows state them."""
    found: list[str] = []
    for entity in MEASURED:
        mappings = check_mappings(workspace, entity)[0]
        if entity == "order_lines" or any("unit_code" in m.columns for m in mappings):
            found.append(_known(connection, entity, mappings) or stated_by(entity))
    return found


def _known(
    connection: duckdb.DuckDBPyConnection, entity: str, mappings: list[CheckedMapping]
) -> str | None:
    """Return SQL over what parts know of an entity; None when one of them does not."""
    if not all(is_known_by_part(mapping) for mapping in mappings):
        return None
    queries: list[str] = []
    for system, extract in sorted({m.place for m in mappings}):
        folders = connection.execute(
            "select folder from control.parts where system = ? and extract = ? order by all",
            [system, extract],
        ).fetchall()
        files = [Path(folder) / MEASURES for (folder,) in folders]
        if not all(file.exists() for file in files):
            return None
        if files:
            listed = ", ".join(literal(str(file)) for file in files)
            queries.append(
                f"select entity, {literal(system)} as _system, _namespace, source_key, unit_code, "
                f"currency_code, min(first_day) as first_day, max(last_day) as last_day "
                f"from read_parquet([{listed}]) where entity = {literal(entity)} group by all"
            )
    return " union all ".join(queries) or None


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
    rows = f"(from _aside where entity = {literal(entity)})"
    add_entity_faults(connection, rows, extracts)
