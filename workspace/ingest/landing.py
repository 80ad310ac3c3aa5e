"""Landing one extract: a part for each file of the night's plan, and the view over them all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

import duckdb
import pyarrow as pa

from workspace.archive import place_of
from workspace.config.source_file import SourceFile
from workspace.errors import TierwiseError
from workspace.folder import Workspace
from workspace.ingest.contract import Contract, contract_of
from workspace.ingest.control import add_faults, add_skips, book_file, forget
from workspace.ingest.delivery import planned
from workspace.ingest.file_manifest import check_stated_records
from workspace.ingest.parsing import literal
from workspace.ingest.parts.building import build_part
from workspace.ingest.parts.decisions import Decision, decisions_of
from workspace.ingest.parts.part import Part, hash_of, part_folder, read_part
from workspace.ingest.planned_files import Delivery, PlannedFile
from workspace.ingest.repeated_keys import decide_keys
from workspace.ingest.typed_view import create_view
from workspace.warehouse import one_row


@dataclass(frozen=True, kw_only=True)
class Landed:
    """What landing one extract came to, in records; `built_count` files were not known before."""

    file_count: int
    built_count: int
    record_count: int
    typed_count: int
    faulty_count: int
    skipped_count: int
    hashes: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class _LandedFile:
    file: PlannedFile
    part: Part
    is_built: bool


def land(
    connection: duckdb.DuckDBPyConnection, workspace: Workspace, source: SourceFile, name: str
) -> Landed:
    """Land one extract of a system as `typed.<system>__<extract>`: the usable rows of its files.

    Landing again starts over. Raises TierwiseError with a FILE_ code for a file that must be
    refused whole; the books of the build then say which.
    """
    contract = contract_of(workspace, source, name)
    forget(connection, source.system, name)
    delivery, landed = _land_files(connection, workspace, contract)
    _book_files(connection, contract, delivery, landed)
    if delivery.error is not None:
        raise delivery.error
    parts = [one.part for one in landed]
    create_view(connection, workspace, contract, parts)
    _book_parts(connection, contract, parts)
    decide_keys(connection, workspace, contract, parts)
    _book_decided(connection, contract)
    return _landed(connection, contract, landed)


def _land_files(
    connection: duckdb.DuckDBPyConnection, workspace: Workspace, contract: Contract
) -> tuple[Delivery, list[_LandedFile]]:
    """Find or make the part of each file to be read; one that is unusable has others stand in."""
    delivery = planned(connection, workspace, contract.source, contract.name)
    contract_hash, decisions = hash_of(contract), decisions_of(connection)
    made: dict[str, _LandedFile] = {}
    while waiting := [file for file in delivery.reads if file.name not in made]:
        file = waiting[0]
        try:
            made[file.name] = _land_file(
                connection, workspace, contract, file, contract_hash, decisions
            )
        except TierwiseError as error:
            refused = replace(file, status="refused", code=error.code, detail=error.cause)
            if delivery.is_required:
                book_file(connection, contract.source.system, contract.name, refused)
            delivery = delivery.without(file.name, error)
    return delivery, [made[file.name] for file in delivery.reads]


def _land_file(
    connection: duckdb.DuckDBPyConnection,
    workspace: Workspace,
    contract: Contract,
    file: PlannedFile,
    contract_hash: str,
    decisions: dict[str, tuple[Decision, ...]],
) -> _LandedFile:
    sha256 = file.sha256 or ""
    decided = decisions.get(sha256, ())
    place = f"{contract.place} ({file.name})"
    folder = part_folder(workspace, contract, sha256, contract_hash, decided)
    known = read_part(folder)
    stored = place_of(workspace.archive, sha256)
    part = known or build_part(
        connection, workspace, contract, stored, folder, decided, place=place
    )
    check_stated_records(file.stated_records, part.facts.record_count, place)
    return _LandedFile(file=file, part=part, is_built=known is None)


def _book_files(
    connection: duckdb.DuckDBPyConnection,
    contract: Contract,
    delivery: Delivery,
    landed: Sequence[_LandedFile],
) -> None:
    by_name = {one.file.name: one for one in landed}
    by_hash = {one.part.sha256: one.part for one in landed}
    for file in delivery.files:
        one = by_name.get(file.name)
        part = one.part if one else by_hash.get(file.sha256 or "")
        is_counted = one is not None or file.code == "FILE_DUPLICATE"
        book_file(
            connection,
            contract.source.system,
            contract.name,
            file,
            records=part.facts.record_count if part and is_counted else 0,
            is_built=one.is_built if one else False,
            detail=one.part.facts.detail if one else None,
        )


def _book_parts(
    connection: duckdb.DuckDBPyConnection, contract: Contract, parts: Sequence[Part]
) -> None:
    """Book what the parts know of themselves."""
    owner = f"{literal(contract.source.system)}, {literal(contract.name)}"
    for part in parts:
        sha256 = literal(part.sha256)
        if part.facts.faulty_count:
            connection.execute(
                f"insert into control.row_faults select {owner}, {sha256}, record_number, code, "
                "column_name, left(detail, 500), byte_offset, raw_text "
                f"from read_parquet({literal(str(part.faults))})"
            )
        if part.facts.skipped_count:
            connection.execute(
                f"insert into control.row_skips select {owner}, {sha256}, record_number, reason "
                f"from read_parquet({literal(str(part.skips))})"
            )
    owner_of = (contract.source.system, contract.name)
    _book_rows(
        connection,
        "delivered_days",
        [
            (*owner_of, part.sha256, date.fromisoformat(day), count)
            for part in parts
            for day, count in part.facts.days.items()
        ],
    )
    _book_rows(
        connection,
        "newest_dates",
        [
            (*owner_of, part.sha256, *named.split("."), date.fromisoformat(day))
            for part in parts
            for named, day in part.facts.newest.items()
        ],
    )
    folders = [(*owner_of, part.sha256, str(part.folder)) for part in parts]
    _book_rows(connection, "parts", folders)


def _book_rows(
    connection: duckdb.DuckDBPyConnection, book: str, rows: Sequence[tuple[object, ...]]
) -> None:
    """Write rows into a book at once: row by row took a millisecond each."""
    if rows:
        columns = {
            f"c{number}": list(values) for number, values in enumerate(zip(*rows, strict=True))
        }
        connection.register("_rows", pa.table(columns))
        connection.execute(f"insert into control.{book} select * from _rows")
        connection.unregister("_rows")


def _book_decided(connection: duckdb.DuckDBPyConnection, contract: Contract) -> None:
    key = literal(", ".join(contract.extract.key))
    system, name = contract.source.system, contract.name
    faults = f"""
        select _file, _record, 'ROW_KEY_DUP' as code, {key} as column_name, detail
        from _decided where detail is not null
    """
    add_faults(connection, system, name, faults)
    skips = "select _file, _record, reason from _decided where reason is not null"
    add_skips(connection, system, name, skips)
    connection.execute("drop table _decided")


def _landed(
    connection: duckdb.DuckDBPyConnection, contract: Contract, landed: Sequence[_LandedFile]
) -> Landed:
    faulty, skipped = one_row(
        connection,
        """
        select
            (select count(distinct (file_sha256, record_number)) from control.row_faults
                where system = $1 and extract = $2),
            (select count(distinct (file_sha256, record_number)) from control.row_skips
                where system = $1 and extract = $2)
        """,
        [contract.source.system, contract.name],
    )
    records = sum(one.part.facts.record_count for one in landed)
    return Landed(
        file_count=len(landed),
        built_count=sum(one.is_built for one in landed),
        record_count=records,
        typed_count=records - faulty - skipped,
        faulty_count=faulty,
        skipped_count=skipped,
        hashes=tuple(one.part.sha256 for one in landed),
    )
