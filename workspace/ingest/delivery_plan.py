"""The night's decision on delivered files, as a table of the build that every step reads."""

from __future__ import annotations

from collections.abc import Iterable

import duckdb

from workspace.config.source_file import Extract
from workspace.errors import TierwiseError
from workspace.ingest.planned_files import Delivery, PlannedFile

COLUMNS = {
    "system": "varchar",
    "extract": "varchar",
    "stands_in_for": "varchar",  # name of the file that this one is read instead of, if need be
    "file_name": "varchar",
    "status": "varchar",
    "file_sha256": "varchar",
    "byte_count": "bigint",
    "file_moment": "timestamp",
    "delivered_date": "date",
    "code": "varchar",
    "detail": "varchar",
    "stated_records": "bigint",
    "is_new": "boolean",
}
# Fields of a planned file, in the order of their columns.
FIELDS = (
    "name",
    "status",
    "sha256",
    "byte_count",
    "moment",
    "delivered_date",
    "code",
    "detail",
    "stated_records",
    "is_new",
)
ERRORS = "system varchar, extract varchar, code varchar, place varchar, cause varchar"


def write_plan(connection: duckdb.DuckDBPyConnection, deliveries: Iterable[Delivery]) -> None:
    """Write control.delivery_plan: one row per file, and one per file that may stand in.

    control.delivery_errors has one row per required extract that holds the night.
    """
    deliveries = list(deliveries)
    connection.execute(f"create or replace table control.delivery_errors ({ERRORS})")
    for delivery in deliveries:
        if (error := delivery.error) is not None:
            connection.execute(
                "insert into control.delivery_errors values (?, ?, ?, ?, ?)",
                [delivery.system, delivery.extract, error.code, error.place, error.cause],
            )
    columns = ", ".join(f"{name} {kind}" for name, kind in COLUMNS.items())
    connection.execute(f"create or replace table control.delivery_plan ({columns})")
    rows = [
        row
        for delivery in deliveries
        for row in (
            *(_row(delivery, file, None) for file in delivery.files),
            *(_row(delivery, file, name) for name, file in delivery.stand_ins),
        )
    ]
    if rows:
        marks = ", ".join("?" for _ in COLUMNS)
        connection.executemany(f"insert into control.delivery_plan values ({marks})", rows)


def read_plan(
    connection: duckdb.DuckDBPyConnection, system: str, name: str, extract: Extract
) -> Delivery:
    """Return what was decided for one extract."""
    rows = connection.execute(
        """
        select
            stands_in_for, file_name, status, file_sha256, byte_count, file_moment,
            delivered_date, code, detail, stated_records, is_new
        from control.delivery_plan where system = ? and extract = ?
        """,
        [system, name],
    ).fetchall()
    files = [(row[0], PlannedFile(**dict(zip(FIELDS, row[1:], strict=True)))) for row in rows]
    held = connection.execute(
        "select code, place, cause from control.delivery_errors where system = ? and extract = ?",
        [system, name],
    ).fetchall()
    return Delivery(
        system=system,
        extract=name,
        is_required=extract.required,
        files=tuple(file for name_instead, file in files if name_instead is None),
        stand_ins=tuple((name_instead, file) for name_instead, file in files if name_instead),
        error=next((TierwiseError(c, place=p, cause=why) for c, p, why in held), None),
    )


def _row(delivery: Delivery, file: PlannedFile, stands_in_for: str | None) -> list[object]:
    values = [getattr(file, field) for field in FIELDS]
    return [delivery.system, delivery.extract, stands_in_for, *values]
