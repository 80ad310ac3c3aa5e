"""Assembling a release: every public table as Parquet and in one DuckDB file, and its manifest."""

from __future__ import annotations

import platform
import shutil
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb

from workspace.archive import sha256_of
from workspace.folder import Workspace
from workspace.ingest.delivery import read_inputs_hash
from workspace.ingest.parsing import literal
from workspace.ingest.planned_files import READ
from workspace.ledger.landing import ledger_read
from workspace.night_inputs import NightKey
from workspace.release_months import write_by_month
from workspace.releases import Release, digest, file_hashes, open_release
from workspace.table_contract import TableContract, contract, public_tables
from workspace.warehouse import one_row, row_count, write_by_contract

# DuckDB 2.0 writes files that older clients cannot open; this version opens from 1.0 on.
STORAGE_VERSION = "v1.0.0"
MANIFEST = "control.publish_manifest"


@dataclass(frozen=True, kw_only=True)
class Draft:
    """A release before it has its last files; `identity` is what its id stands for."""

    folder: Path
    key: NightKey
    identity: dict[str, Any]

    @property
    def release_id(self) -> str:
        """Return `<as_of>_<12 hex>` of everything in the identity."""
        return f"{self.key.business_date.isoformat()}_{digest(self.identity)[:12]}"

    def manifest(self, run_id: str) -> dict[str, Any]:
        """Return the manifest; call it once all files of the folder are written."""
        return {
            "release_id": self.release_id,
            "as_of_date": self.key.business_date.isoformat(),
            "previous_release_id": self.key.previous_release_id,
            "identity": self.identity,
            "files": file_hashes(self.folder),
            "run": {
                "dagster_run_id": run_id,
                "published_at": datetime.now(UTC).isoformat(timespec="seconds"),
                "python": platform.python_version(),
                "duckdb": duckdb.__version__,
            },
        }


def released_tables() -> list[TableContract]:
    """Return the tables that the release's id stands for: all public ones but its manifest."""
    return [table for table in public_tables() if table.name != MANIFEST]


def staging_folder(workspace: Workspace, run_id: str) -> Path:
    """Return an empty folder on the releases' own file system, so that a rename publishes it."""
    folder = workspace.releases / f".staged-{run_id}"
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "tables").mkdir(parents=True)
    (folder / "docs").mkdir()
    return folder


def assemble(
    connection: duckdb.DuckDBPyConnection, workspace: Workspace, folder: Path, key: NightKey
) -> Draft:
    """Write all public tables of the build into the folder; return what the release's id is of."""
    head, entries = ledger_read(connection)
    key = replace(key, inputs=read_inputs_hash(connection), ledger_head=head)
    connection.execute(
        f"attach {literal(str(folder / 'tierwise.duckdb'))} as release "
        f"(storage_version {literal(STORAGE_VERSION)})"
    )
    before = key.previous_release_id
    previous = open_release(workspace.releases / before) if before else None
    tables = {
        table.table: _write(connection, workspace, folder, table, previous)
        for table in released_tables()
    }
    identity = {
        "key": {**vars(key), "business_date": key.business_date.isoformat()},
        "night_key": key.hash,
        "ledger_entries": entries,
        "tables": tables,
        "inputs": _inputs(connection),
        "rules": _rules(connection),
        "gates": _gates(connection),
    }
    draft = Draft(folder=folder, key=key, identity=identity)
    _write_manifest_table(connection, workspace, draft)
    connection.execute("detach release")
    _write_dictionary(folder / "docs" / "tables.md")
    return draft


def _write(
    connection: duckdb.DuckDBPyConnection,
    workspace: Workspace,
    folder: Path,
    table: TableContract,
    previous: Release | None = None,
) -> dict[str, Any]:
    """Write one table in the order of its key: the same rows give the same bytes of Parquet."""
    query = table.in_order()
    rows = row_count(connection, table.name)
    if rows <= workspace.file.release.duckdb_maximum_rows:
        connection.execute("begin")  # 1,500 comments, each committed by itself, would take seconds
        connection.execute(f"create table release.main.{table.table} as {query}")
        _describe(connection, table)
        connection.execute("commit")
    if table.months is not None and rows:
        return write_by_month(connection, folder / "tables" / table.table, table, previous)
    file = folder / "tables" / f"{table.table}.parquet"
    connection.execute(f"copy ({query}) to {literal(str(file))} (format parquet, compression zstd)")
    return {"rows": rows, "sha256": sha256_of(file)}


def _describe(connection: duckdb.DuckDBPyConnection, table: TableContract) -> None:
    name = f"release.main.{table.table}"
    connection.execute(f"comment on table {name} is {literal(table.description)}")
    for column in table.columns:
        connection.execute(
            f"comment on column {name}.{column.name} is {literal(column.description)}"
        )


def _inputs(connection: duckdb.DuckDBPyConnection) -> list[dict[str, Any]]:
    rows = connection.execute(
        "select system, extract, file_name, file_sha256 from control.raw_extracts "
        f"where status in {READ} order by all"
    ).fetchall()
    names = ("system", "extract", "file_name", "sha256")
    return [dict(zip(names, row, strict=True)) for row in rows]


def _rules(connection: duckdb.DuckDBPyConnection) -> dict[str, str]:
    rows = connection.execute(
        "select distinct case overlay_id when 'base' then scheme_id "
        "else scheme_id || '.' || overlay_id end, rule_hash "
        "from segments.segment_assignment order by all"
    ).fetchall()
    return dict(rows)


def _gates(connection: duckdb.DuckDBPyConnection) -> dict[str, int]:
    passed, failed = one_row(
        connection,
        "select count(*) filter (where is_passed), count(*) filter (where not is_passed) "
        "from control.dq_gates",
    )
    return {"passed": passed, "failed": failed}


def _write_manifest_table(
    connection: duckdb.DuckDBPyConnection, workspace: Workspace, draft: Draft
) -> None:
    """Write publish_manifest: it names the release, so that it cannot be part of its id."""
    key = draft.key
    values = {
        "release_id": draft.release_id,
        "as_of_date": key.business_date,
        "previous_release_id": key.previous_release_id,
        "company_title": workspace.file.title,
        "reporting_currency_code": workspace.file.reporting_currency,
        "night_key": key.hash,
        "inputs_sha256": key.inputs,
        "configuration_sha256": key.configuration,
        "code_sha256": key.code,
        "ledger_head": key.ledger_head,
    }
    named = ", ".join(f"${name} as {name}" for name in values)
    connection.execute(f"create or replace temp table manifest as select {named}", values)
    write_by_contract(connection, MANIFEST, "select * from manifest")
    _write(connection, workspace, draft.folder, contract(MANIFEST))


def _write_dictionary(file: Path) -> None:
    """Write the descriptions of all public tables as one page."""
    lines = ["# Tables of this release", ""]
    for table in public_tables():
        lines += [f"## {table.table}", "", table.description, ""]
        lines += [
            f"Key: {', '.join(table.key)}.",
            "",
            "| column | type | meaning |",
            "|---|---|---|",
        ]
        lines += [
            f"| {column.name} | {column.data_type} | {column.description} |"
            for column in table.columns
        ]
        lines.append("")
    file.write_text("\n".join(lines), encoding="utf-8")
