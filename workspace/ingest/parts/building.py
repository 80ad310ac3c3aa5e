"""Making a part: from the bytes of one archived file to rows, faults, skips, keys, references."""

from __future__ import annotations

import tempfile
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
from sqlglot import exp

from workspace.errors import TierwiseError
from workspace.folder import Workspace
from workspace.ingest.contract import Contract, sql
from workspace.ingest.entity_values import entity_of, looks_up, value
from workspace.ingest.file_promises import check_promises
from workspace.ingest.formats.content import Content, FormatModule
from workspace.ingest.formats.registry import module_of
from workspace.ingest.parsing import identifier, literal
from workspace.ingest.parts.decisions import Decision
from workspace.ingest.parts.header import compare_header, few
from workspace.ingest.parts.lookalikes import note_lookalikes
from workspace.ingest.parts.measures import write_measures
from workspace.ingest.parts.own_faults import book_suspects
from workspace.ingest.parts.part import Part, PartFacts, settle_part
from workspace.ingest.parts.rows import write_rows
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
        unknown = compare_header(content, contract.extract, place)
        if not content.record_count and not contract.extract.may_be_empty:
            cause = "No record follows the header."
            raise TierwiseError("FILE_HEADER_ONLY", place=place, cause=cause)
        sha256, rows = stored.name, made / "rows.parquet"
        write_rows(connection, contract, content, sha256, rows)
        numbered = (
            "(select * exclude (file_row_number), file_row_number + 1 as _record "
            f"from read_parquet({literal(str(rows))}, file_row_number = true))"
        )
        check_promises(connection, contract, numbered, content.record_count, place)
        book_suspects(connection, contract, content.faults, decided, rows)
        _write_books(connection, contract, module, unpacked, content, made, Path(scratch), place)
        facts = _facts(connection, contract, content, unknown, made)
        return settle_part(made, folder, facts)


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
    unknown: tuple[str, ...],
    made: Path,
) -> PartFacts:
    """Write keys and references of the sound records, and count."""
    rows = literal(str(made / "rows.parquet"))
    # The suspects that are left have no fault: a deletion, or what a steward confirmed.
    sound = f"""(
        select * exclude (file_row_number) from read_parquet({rows}, file_row_number = true)
        where not _is_suspect {_unreadable(content)}
        union all
        select * exclude (_record) from _suspects
    )"""
    lowest, highest = _write_keys(connection, contract, sound, made)
    _write_references(connection, contract, sound, made)
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
        days=_days(connection, contract, sound),
        newest=_newest(connection, contract, sound),
        lowest_key=lowest,
        highest_key=highest,
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


def _unreadable(content: Content) -> str:
    """Return SQL that leaves out total lines: the only faulty records that are no suspects."""
    totals = [str(fault.record - 1) for fault in content.faults if fault.is_readable]
    return f"and file_row_number not in ({', '.join(totals)})" if totals else ""


def _write_keys(
    connection: duckdb.DuckDBPyConnection, contract: Contract, sound: str, made: Path
) -> tuple[str | None, str | None]:
    """Write the sorted hashes of the keys; return the bounds of the first key column."""
    keys = contract.key_values()
    found = connection.execute(f"select hash({', '.join(keys)}) as h from {sound} as t")
    hashes = np.asarray(found.fetchnumpy()["h"], dtype=np.uint64)
    hashes.sort()
    np.save(made / "keys.npy", hashes)
    first = f"cast({keys[0]} as varchar)"
    lowest, highest = one_row(connection, f"select min({first}), max({first}) from {sound} as t")
    return lowest, highest


def _write_references(
    connection: duckdb.DuckDBPyConnection, contract: Contract, sound: str, made: Path
) -> None:
    """Write what the records refer to, each once: orphans are found among these alone."""
    queries: list[str] = []
    for mapping in contract.mappings:
        entity = entity_of(mapping)
        where = f"where {sql(mapping.where)}" if mapping.where is not None else ""
        for place, reference in enumerate(entity.references):
            if any(looks_up(mapping, column) for column in reference.columns):
                continue
            values = [
                value(mapping, column, entity.columns[column]) for column in reference.columns
            ]
            listed = ", ".join(f"cast({one} as varchar)" for one in values)
            # What is delivered, each once, is far less than there are records to compute it for.
            read = {
                identifier(found.name)
                for column in reference.columns
                if (tree := mapping.columns.get(column)) is not None
                for found in tree.find_all(exp.Column)
            }
            each = f"select distinct {', '.join(sorted(read)) or '1'} from {sound} as t {where}"
            queries.append(
                f"select distinct {literal(entity.entity)} as entity, "
                f"{literal(mapping.namespace)} as namespace, {place} as reference_number, "
                f"[{listed}] as key from ({each}) as t"
            )
    if queries:
        _copy(connection, " union all ".join(queries), made / "references.parquet")


def _days(connection: duckdb.DuckDBPyConnection, contract: Contract, sound: str) -> dict[str, int]:
    column = contract.extract.watermark
    if not column:
        return {}
    day = f"cast(cast(t.{identifier(column)} as date) as varchar)"
    found = connection.execute(
        f"select {day} as day, count(*) from {sound} as t "
        f"where t.{identifier(column)} is not null group by all order by all"
    )
    return dict(found.fetchall())


def _newest(
    connection: duckdb.DuckDBPyConnection, contract: Contract, sound: str
) -> dict[str, str]:
    """Return the newest date of each column that must not lie in the future."""
    newest: dict[str, str] = {}
    for mapping in contract.mappings:
        entity = entity_of(mapping)
        for column, spec in entity.columns.items():
            if spec.not_future and not looks_up(mapping, column):
                where = f"where {sql(mapping.where)}" if mapping.where is not None else ""
                date = f"cast(max({value(mapping, column, spec)}) as varchar)"
                (found,) = one_row(connection, f"select {date} from {sound} as t {where}")
                name = f"{entity.entity}.{column}"
                if found is not None:
                    newest[name] = max(found, newest.get(name, found))
    return newest
