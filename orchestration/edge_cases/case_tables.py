"""The night of a decision case: the tables that classification reads, with the case's few units."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

import duckdb

from orchestration.edge_cases.substitutes import carried_features
from orchestration.metric_trust import TABLE as TRUST
from workspace.config.case_file import DecisionCase
from workspace.folder import Workspace
from workspace.ingest.control import open_books
from workspace.ingest.parsing import literal
from workspace.night_inputs import land_prior
from workspace.table_contract import TableContract, contract, feature_tables
from workspace.units import KEY_COLUMNS, UNIT_KINDS

EMPTY = ("control.source_freshness", TRUST, "golden.golden_xref", "segments.reclass_triggers")
Row = Mapping[str, str | None]


def lay_out_tables(connection: duckdb.DuckDBPyConnection, workspace: Workspace) -> None:
    """Create the empty tables of a night on which any case of the workspace may be run."""
    open_books(connection)
    connection.execute("create schema night")
    connection.execute("create table night.parameters (business_date date)")
    land_prior(connection, None, carried_features(workspace))
    kinds = {UNIT_KINDS[read.value.unit] for read in workspace.schemes.values()}
    names = {kind.universe for kind in kinds} | {
        table.name for table in feature_tables() if table.key in {kind.key for kind in kinds}
    }
    for name in (*EMPTY, *sorted(names)):
        _create(connection, contract(name))


def lay_out_case(
    connection: duckdb.DuckDBPyConnection, company: Workspace, case: DecisionCase
) -> str:
    """Fill the tables with a case's night; return the id of its unit."""
    connection.execute("insert into night.parameters values (?)", [case.day])
    units = [_row(case.values, case.case)]
    units += [_row(peer, f"{case.case}_{n}") for n, peer in enumerate(case.peers, start=1)]
    for kind in sorted({read.value.unit for read in company.schemes.values()}):
        _lay_out_units(connection, kind, units)
    for source, age in case.source_ages.items():
        system, extract = source.split(".")
        connection.execute(
            "insert into control.source_freshness by name select ? as system, ? as extract, "
            "'batch' as delivery_mode, ? as watermark_date, false as is_provisional, "
            "false as is_outpaced, false as is_stale",
            [system, extract, case.day - timedelta(days=age)],
        )
    unit = company.schemes[case.scheme].value.unit
    unit_id = "@".join(str(units[0][column]) for column in UNIT_KINDS[unit].key)
    _remember(connection, case, unit, unit_id)
    for column in case.untrusted:
        connection.execute(
            f"insert into {TRUST} by name select ? as unit_type, ? as unit_id, "
            "? as metric_name, 'sign' as check_name, ? as column_name, "
            "false as is_trusted, false as is_passed",
            [unit, unit_id, column, column],
        )
    return unit_id


def _row(values: Row, name: str) -> dict[str, str | None]:
    """Return the values of a unit; what is not given of its key is the name of the case."""
    return {**dict.fromkeys(KEY_COLUMNS, name), **values}


def _lay_out_units(
    connection: duckdb.DuckDBPyConnection, kind: str, units: list[dict[str, str | None]]
) -> None:
    """Fill the universe and the features of a kind of unit."""
    key = UNIT_KINDS[kind].key
    tables = [table for table in feature_tables() if table.key == key]
    for table in (contract(UNIT_KINDS[kind].universe), *tables):
        known = {column.name: column.data_type for column in table.columns}
        for unit in units:
            given = {name: value for name, value in unit.items() if name in known}
            cells = ", ".join(
                f"cast({'null' if value is None else literal(value)} as {known[name]}) as {name}"
                for name, value in given.items()
            )
            connection.execute(f"insert into {table.name} by name select {cells}")


def _create(connection: duckdb.DuckDBPyConnection, table: TableContract) -> None:
    """Create an empty table without its constraints: of a case only some values are known."""
    columns = ", ".join(f"{column.name} {column.data_type}" for column in table.columns)
    connection.execute(f"create schema if not exists {table.schema}")
    connection.execute(f"create or replace table {table.name} ({columns})")


def _remember(
    connection: duckdb.DuckDBPyConnection, case: DecisionCase, unit: str, unit_id: str
) -> None:
    """Let the release before have known the values that a case says were known last."""
    for column, last in case.last_known.items():
        day = case.day - timedelta(days=last.days)
        connection.execute(
            "insert into prior.attribute_substitutes by name select ? as unit_type, "
            "? as unit_id, ? as column_name, 'MISSING' as reason, 'none' as kind, "
            "? as since_date, ? as last_known_value, ? as last_known_date",
            [unit, unit_id, column, day, last.value, day],
        )
