"""A night's staging by hand, as far as matching reads it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import duckdb

from orchestration.delivered_records import STAGED
from orchestration.matching.pairs import match_objects
from workspace.matching.objects import OBJECTS
from workspace.table_contract import contract
from workspace.warehouse import create_by_contract

BUSINESS_DATE = date(2026, 3, 31)
CARRIED = ("match_pairs", "match_records", "match_basis", "entity_events", "golden_xref")
Rows = Sequence[Mapping[str, Any]]


def match(
    folder: Path,
    customers: Rows,
    *,
    day: date = BUSINESS_DATE,
    before: duckdb.DuckDBPyConnection | None = None,
) -> duckdb.DuckDBPyConnection:
    """Match customers of the systems erp and crm, after the night that `before` is of."""
    connection = duckdb.connect()
    for schema in ("staging", "night", "prior", "golden"):
        connection.execute(f"create schema {schema}")
    connection.execute("create table night.parameters as select ?::date as business_date", [day])
    connection.execute(
        "create table night.systems as "
        "select * from (values ('erp', 1), ('crm', 2)) as s (system, priority)"
    )
    for name in ("match_decisions", "entity_declarations"):
        create_by_contract(connection, f"control.{name}")
    for table in CARRIED:
        _carry(connection, table, before)
    for object_type, (table, source_key) in STAGED.items():
        _stage(connection, table, source_key, object_type, customers)
    match_objects(connection, folder)
    return connection


def _carry(
    connection: duckdb.DuckDBPyConnection, table: str, before: duckdb.DuckDBPyConnection | None
) -> None:
    columns = ", ".join(f"{c.name} {c.data_type}" for c in contract(f"golden.{table}").columns)
    connection.execute(f"create table prior.{table} ({columns})")
    if before is None:
        return
    source = f"from golden.{table}" if table != "golden_xref" else (
        "select object_type, namespace, source_key, golden_id, match_rule, match_score, "
        "(select business_date from night.parameters) as valid_from, null::date as valid_to "
        "from golden.int_records_matched"
    )  # fmt: skip
    connection.register("known_before", before.sql(source).to_arrow_table())
    connection.execute(f"insert into prior.{table} by name from known_before")


def _stage(
    connection: duckdb.DuckDBPyConnection,
    table: str,
    source_key: str,
    object_type: str,
    customers: Rows,
) -> None:
    texts = [name for name in OBJECTS[object_type].columns if name not in ("_file", "_record")]
    named = dict.fromkeys([source_key, "record_key", *texts, "_system", "_namespace", "_file"])
    columns = ", ".join(f"{name} varchar" for name in named)
    connection.execute(f"create table {table} ({columns}, _record bigint)")
    for number, row in enumerate(customers if object_type == "customer" else ()):
        system, _, key = row["record_key"].partition(":")
        usual = {"_system": system, "_namespace": system, "_file": system, "_record": number}
        values = {source_key: key, **usual, **row}
        marks = ", ".join(f"${name}" for name in values)
        connection.execute(f"insert into {table} ({', '.join(values)}) values ({marks})", values)
