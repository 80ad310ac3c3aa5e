"""Making a part: from the bytes of one archived file to rows, faults, skips, keys, references."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa

from workspace.errors import TierwiseError
from workspace.folder import Workspace
from workspace.ingest.contract import Contract
from workspace.ingest.file_promises import check_promises
from workspace.ingest.formats.content import Content, FormatModule
from workspace.ingest.formats.registry import module_of
from workspace.ingest.parsing import literal
from workspace.ingest.parts.dates import days_of, newest_of
from workspace.ingest.parts.decisions import Decision
from workspace.ingest.parts.header import compare_header, few
from workspace.ingest.parts.key_hashes import write_keys
from workspace.ingest.parts.lookalikes import note_lookalikes
from workspace.ingest.parts.measures import write_measures
from workspace.ingest.parts.own_faults import book_suspects
from workspace.ingest.parts.part import Part, PartFacts, settle_part
from workspace.ingest.parts.references import write_references
from workspace.ingest.parts.rows import MarkedRows, mark_rows, write_rows
from workspace.ingest.unpacking import unpack
from workspace.warehouse import one_row, row_count


def build_part(
    connection: duckdb.DuckDBPyConnection,
    workspace: Workspace,
    contract: Contract,
    stored: Path,
    folder: Path,
    decided: tuple[Decision, ...],
    *,
    place: str,
) -> Part:
    """Make the part of an archived file, and put it into its folder.

    Rows that DuckDB can read where they lie in the archive are not written a second time.
    Raises TierwiseError with a FILE_ code for a file that must be refused whole.
    """
    workspace.landed.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=workspace.landed, prefix=".scratch-") as scratch:
        made = Path(scratch) / "part"
        made.mkdir()
        extract, dialect = contract.extract, contract.dialect
        unpacked = unpack(stored, extract, dialect, scratch=Path(scratch), place=place)
        module = module_of(dialect)
        content = module.open_content(
            unpacked, extract, dialect, scratch=Path(scratch), place=place
        )
        unknown = _unknown_columns(contract, content, place)
        sha256 = stored.name
        if content.natives and unpacked == stored:
            rows = mark_rows(connection, contract, content, sha256)
        else:
            content = replace(content, natives={})
            rows = write_rows(connection, contract, content, sha256, made / "rows.parquet")
        content = replace(content, is_ascii=rows.is_ascii)
        check_promises(connection, contract, f"({rows.every})", content.record_count, place)
        book_suspects(connection, contract, content.faults, decided, rows)
        _write_books(connection, contract, module, unpacked, content, made, Path(scratch), place)
        facts = _facts(connection, contract, content, rows, unknown, made)
        return settle_part(made, folder, facts)


def _unknown_columns(contract: Contract, content: Content, place: str) -> tuple[str, ...]:
    """Return the columns that the contract does not name; raises FILE_HEADER_ONLY without rows."""
    unknown = compare_header(content, contract.extract, place)
    if not content.record_count and not contract.extract.may_be_empty:
        cause = "No record follows the header."
        raise TierwiseError("FILE_HEADER_ONLY", place=place, cause=cause)
    return unknown


def _write_books(
    connection: duckdb.DuckDBPyConnection,
    contract: Contract,
    module: FormatModule,
    unpacked: Path,
    content: Content,
    made: Path,
    scratch: Path,
    place: str,
) -> None:
    """Write faults, with the place and text of their records, and skips."""
    np.save(made / "marks.npy", content.marks)
    if row_count(connection, "_faults"):
        found = connection.execute("select distinct _record from _faults order by all").fetchnumpy()
        records = np.asarray(found["_record"], dtype=np.int64)
        places = module.find_places(
            unpacked, contract.dialect, content.marks, records, scratch=scratch, place=place
        )
        table = pa.table(
            {
                "_record": records,
                "byte_offset": pa.array([one.byte_offset for one in places], pa.int64()),
                "raw_text": pa.array([one.raw_text for one in places], pa.string()),
            }
        )
        connection.register("_places", table)
        _copy(
            connection,
            "select f._record as record_number, f.code, f.column_name, f.detail, "
            "p.byte_offset, p.raw_text from _faults as f join _places as p using (_record) "
            "order by all",
            made / "faults.parquet",
        )
        connection.unregister("_places")
    if row_count(connection, "_skips"):
        query = "select _record as record_number, reason from _skips order by all"
        _copy(connection, query, made / "skips.parquet")


def _copy(connection: duckdb.DuckDBPyConnection, query: str, target: Path) -> None:
    connection.execute(f"copy ({query}) to {literal(str(target))} (format parquet)")


def _facts(
    connection: duckdb.DuckDBPyConnection,
    contract: Contract,
    content: Content,
    rows: MarkedRows,
    unknown: tuple[str, ...],
    made: Path,
) -> PartFacts:
    """Write keys and references of the sound records, and count."""
    # The suspects that are left have no fault: a deletion, or what a steward confirmed.
    sound = f"({rows.others} union all select * from _suspects)"
    lowest, highest = write_keys(connection, contract, sound, made)
    write_references(connection, contract, sound, made)
    write_measures(connection, contract, sound, made)
    faulty, skipped = one_row(
        connection,
        "select (select count(distinct _record) from _faults), (select count(*) from _skips)",
    )
    notes = _notes(connection, contract, content, unknown, sound)
    detail = " ".join([*notes, *content.notes]) or None
    return PartFacts(
        record_count=content.record_count,
        blank_count=content.blank_count,
        faulty_count=faulty,
        skipped_count=skipped,
        unknown_columns=unknown,
        detail=detail,
        days=days_of(connection, contract, sound),
        newest=newest_of(connection, contract, sound),
        lowest_key=lowest,
        highest_key=highest,
        natives=content.natives,
        is_ascii=content.is_ascii,
    )


def _notes(
    connection: duckdb.DuckDBPyConnection,
    contract: Contract,
    content: Content,
    unknown: tuple[str, ...],
    sound: str,
) -> list[str]:
    """Return sentences on columns that are not as declared, and on keys that mislead."""
    notes = [f"Columns the contract does not name: {few(unknown)}."] if unknown else []
    absent = [name for name in contract.extract.columns if name not in content.header]
    notes += [f"Optional columns the file lacks: {few(absent)}."] if absent else []
    if not content.is_ascii:
        notes += note_lookalikes(connection, contract, sound)
    return notes
