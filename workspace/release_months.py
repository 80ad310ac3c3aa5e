"""Tables that a release keeps by month: a month that is what it was is the file of last time."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import Any

import duckdb

from workspace.archive import sha256_of
from workspace.ingest.parsing import literal
from workspace.releases import Release, digest
from workspace.table_contract import TableContract
from workspace.warehouse import row_count

# Whether the month's rows were made before tonight.
MONTHS = """
    select strftime(m.month_start_date, '%Y-%m'), m.made_date < p.business_date
    from {months} as m
    cross join night.parameters as p
    order by m.month_start_date
"""


def write_by_month(
    connection: duckdb.DuckDBPyConnection,
    folder: Path,
    table: TableContract,
    previous: Release | None,
) -> dict[str, Any]:
    """Write `folder/<month>.parquet` of all months; return the row count and one hash of all.

    A month that was carried over from the previous release is its file: a hard link where the file
    system has them, so that a release costs the disk what has changed.
    """
    folder.mkdir()
    hashes: dict[str, str] = {}
    months = connection.execute(MONTHS.format(months=table.months)).fetchall()
    for month, is_carried in months:
        file = folder / f"{month}.parquet"
        before = previous.folder / "tables" / table.table / file.name if previous else None
        if is_carried and before is not None and before.is_file():
            _same_file(before, file)
        else:
            connection.execute(
                f"copy ({table.in_order(_of_month(table, month))}) to {literal(str(file))} "
                "(format parquet, compression zstd)"
            )
        hashes[month] = sha256_of(file)
    return {"rows": row_count(connection, table.name), "sha256": digest(hashes)}


def _of_month(table: TableContract, month: str) -> str:
    return f"date_trunc('month', {table.month_of}) = date '{month}-01'"


def _same_file(before: Path, file: Path) -> None:
    try:
        os.link(before, file)
    except OSError:  # another file system, or one without links
        shutil.copyfile(before, file)
