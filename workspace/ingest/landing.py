"""Landing one extract: archive, count, parse, and book every record that cannot be used."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pyarrow as pa

from workspace.archive import Archived, archive
from workspace.config.source_file import Extract, Format, SourceFile
from workspace.config.strict import suggestion
from workspace.errors import TierwiseError
from workspace.folder import Workspace
from workspace.ingest.control import add_faults, add_skips, drop_booked, table_of
from workspace.ingest.delivery import delivered_files
from workspace.ingest.expressions import checked
from workspace.ingest.parsing import identifier, literal, parsed, stated
from workspace.ingest.records import Records, read_records
from workspace.warehouse import one_row, row_count


@dataclass(frozen=True, kw_only=True)
class Landed:
    """What landing one extract came to, in records."""

    file_count: int
    record_count: int
    typed_count: int
    faulty_count: int
    skipped_count: int
    hashes: tuple[str, ...]


def land(
    connection: duckdb.DuckDBPyConnection, workspace: Workspace, source: SourceFile, name: str
) -> Landed:
    """Land one extract of a system into `delivered` (text) and `typed` (parsed, usable rows).

    Raises TierwiseError with a FILE_ code for a file that must be refused whole.
    """
    extract = source.extracts[name]
    delivery = delivered_files(workspace, source, extract)
    _create_tables(connection, source, name)
    hashes: list[str] = []
    for file in delivery.superseded:
        _book(
            connection, source, name, file, status="superseded", detail="A newer one replaces it."
        )
    for file in delivery.files:
        stored = archive(file, workspace.archive)
        if stored.sha256 in hashes:
            _book(connection, source, name, file, stored, status="duplicate", detail="Same bytes.")
            continue
        hashes.append(stored.sha256)
        _load_file(connection, source, name, file, stored)
    _parse(connection, source, name)
    _book_skips(connection, workspace, source, name)
    _book_faults(connection, workspace, source, name)
    _book_keys(connection, source, name)
    drop_booked(connection, source.system, name)
    return _landed(connection, source, name, tuple(hashes))


def _create_tables(connection: duckdb.DuckDBPyConnection, source: SourceFile, name: str) -> None:
    columns = ", ".join(f"{identifier(column)} varchar" for column in source.extracts[name].columns)
    connection.execute(
        f"create or replace table {table_of(source.system, name, 'delivered')} "
        f"({columns}, _file varchar, _record bigint)"
    )


def _book(
    connection: duckdb.DuckDBPyConnection,
    source: SourceFile,
    name: str,
    file: Path,
    stored: Archived | None = None,
    *,
    status: str,
    detail: str | None = None,
    records: int = 0,
) -> None:
    connection.execute(
        "insert into control.deliveries values (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [
            source.system,
            name,
            file.name,
            stored.sha256 if stored else None,
            stored.byte_count if stored else file.stat().st_size,
            records,
            status,
            detail,
            f"{stored.sha256[:2]}/{stored.sha256}" if stored else None,
        ],
    )


def _load_file(
    connection: duckdb.DuckDBPyConnection,
    source: SourceFile,
    name: str,
    file: Path,
    stored: Archived,
) -> None:
    extract, dialect = source.extracts[name], source.format_of(name)
    place = f"{source.system}.{name} ({file.name})"
    records = read_records(stored.path.read_bytes(), dialect, place=place)
    extra = _compare_header(records, extract, place)
    if not records.count and not extract.may_be_empty:
        raise TierwiseError("FILE_HEADER_ONLY", place=place, cause="No record follows the header.")
    _insert(connection, source, name, stored, records, dialect, place)
    faults = pa.table(
        {
            "_file": pa.array([stored.sha256] * len(records.faults), pa.string()),
            "_record": pa.array([fault.record for fault in records.faults], pa.int64()),
            "code": pa.array([fault.code for fault in records.faults], pa.string()),
            "column_name": pa.array([""] * len(records.faults), pa.string()),
            "detail": pa.array([fault.detail for fault in records.faults], pa.string()),
        }
    )
    connection.register("_faults", faults)
    add_faults(connection, source.system, name, "select * from _faults")
    connection.unregister("_faults")
    detail = f"Columns the contract does not name: {', '.join(extra)}." if extra else None
    _book(
        connection, source, name, file, stored, status="read", detail=detail, records=records.count
    )


def _compare_header(records: Records, extract: Extract, place: str) -> list[str]:
    """Compare by name; return the delivered columns that the contract does not know."""
    declared = list(extract.columns)
    missing = [column for column in declared if column not in records.header]
    extra = [column for column in records.header if column not in declared]
    if missing:
        if len(records.header) == 1 and len(declared) > 1:
            cause = f"The header is one column, `{records.header[0][:80]}`: another delimiter?"
            raise TierwiseError("FILE_DIALECT", place=place, cause=cause)
        if not set(declared) & set(records.header):
            cause = f"The first line names none of the declared columns: {records.header[:5]}."
            raise TierwiseError("FILE_HEADER", place=place, cause=cause)
        near = suggestion(missing[0], extra)
        cause = f"The file lacks the columns {', '.join(missing)}.{near}"
        raise TierwiseError("FILE_SCHEMA_DRIFT", place=place, cause=cause)
    return extra


def _insert(
    connection: duckdb.DuckDBPyConnection,
    source: SourceFile,
    name: str,
    stored: Archived,
    records: Records,
    dialect: Format,
    place: str,
) -> None:
    """Let DuckDB read the records without fault, and count that it read each of them."""
    text, numbers = records.parsable()
    columns = ", ".join(f"{literal(column)}: 'varchar'" for column in records.header)
    wanted = ", ".join(identifier(column) for column in source.extracts[name].columns)
    with tempfile.NamedTemporaryFile(suffix=".csv") as clean:
        clean.write(text)
        clean.flush()
        if not len(numbers):
            return
        connection.execute(
            f"""
            create or replace temp table _read as
            select {wanted} from read_csv(
                {literal(clean.name)}, header = false, auto_detect = false, strict_mode = true,
                delim = {literal(dialect.delimiter)}, quote = {literal(dialect.quote)},
                escape = {literal(dialect.quote)}, columns = {{{columns}}}, new_line = '\\n'
            )
            """
        )
    connection.register("_numbers", pa.table({"_record": numbers}))
    parsed_count = row_count(connection, "_read")
    if parsed_count != len(numbers):
        cause = f"{len(numbers)} records were counted, {parsed_count} were parsed."
        raise TierwiseError("FILE_CONSERVATION", place=place, cause=cause)
    connection.execute(
        f"""
        insert into {table_of(source.system, name, "delivered")}
        select r.*, {literal(stored.sha256)}, n._record
        from _read as r positional join _numbers as n
        """
    )
    connection.unregister("_numbers")
    connection.execute("drop table _read")


def _parse(connection: duckdb.DuckDBPyConnection, source: SourceFile, name: str) -> None:
    dialect = source.format_of(name)
    columns = ", ".join(
        f"{parsed(column, spec, dialect)} as {identifier(column)}"
        for column, spec in source.extracts[name].columns.items()
    )
    connection.execute(
        f"""
        create or replace table {table_of(source.system, name)} as
        select {columns}, _file, _record from {table_of(source.system, name, "delivered")}
        """
    )


def _book_skips(
    connection: duckdb.DuckDBPyConnection, workspace: Workspace, source: SourceFile, name: str
) -> None:
    """Book declared skips; a record that two rules skip is booked with the first."""
    document = workspace.sources[source.system].document
    extract = source.extracts[name]
    for number, skip in enumerate(extract.skip):
        place = document.place(("extracts", name, "skip", number, "when"))
        condition = checked(skip.when, {"t": set(extract.columns)}, default="t", place=place)
        rows = f"""
            select t._file, t._record, {literal(skip.reason)} as reason
            from {table_of(source.system, name)} as t where {condition.sql(dialect="duckdb")}
        """
        add_skips(connection, source.system, name, rows)
        connection.execute(
            f"delete from {table_of(source.system, name)} as t "
            f"where {condition.sql(dialect='duckdb')}"
        )


def _book_faults(
    connection: duckdb.DuckDBPyConnection, workspace: Workspace, source: SourceFile, name: str
) -> None:
    """Book values that do not parse, checks that fail, and rows that no mapping takes."""
    extract, dialect = source.extracts[name], source.format_of(name)
    document = workspace.sources[source.system].document
    typed = table_of(source.system, name)
    delivered = table_of(source.system, name, "delivered")
    for column, spec in extract.columns.items():
        if spec.type == "text":
            continue
        text = stated(column, spec, dialect)
        faults = f"""
            select d._file, d._record, {literal(column)} as column_name,
                case when lower({text}) in ('nan', 'inf', '-inf', 'infinity', '-infinity')
                    then 'ROW_NONFINITE' else 'ROW_TYPE' end as code,
                {text} || ' is no {spec.type} of the declared format' as detail
            from {delivered} as d semi join {typed} as t using (_file, _record)
            where {text} is not null and {parsed(column, spec, dialect)} is null
        """
        ordered = f"select _file, _record, code, column_name, detail from ({faults})"
        add_faults(connection, source.system, name, ordered)
    for number, check in enumerate(extract.checks):
        place = document.place(("extracts", name, "checks", number, "expect"))
        condition = checked(check.expect, {"t": set(extract.columns)}, default="t", place=place)
        faults = f"""
            select t._file, t._record, 'ROW_CHECK' as code, '' as column_name,
                {literal(f"{check.name}: {check.expect}")} as detail
            from {typed} as t where not ({condition.sql(dialect="duckdb")})
        """
        add_faults(connection, source.system, name, faults)
    _book_unmapped(connection, workspace, source, name)


def _book_unmapped(
    connection: duckdb.DuckDBPyConnection, workspace: Workspace, source: SourceFile, name: str
) -> None:
    mappings = [mapping for mapping in source.mappings if mapping.extract == name]
    if not mappings or any(mapping.where is None for mapping in mappings):
        return
    columns = {"t": set(source.extracts[name].columns)}
    conditions = [
        checked(mapping.where or "", columns, default="t", place=f"{source.system}.{name}")
        for mapping in mappings
    ]
    taken = " or ".join(
        f"coalesce({condition.sql(dialect='duckdb')}, false)" for condition in conditions
    )
    faults = f"""
        select t._file, t._record, 'ROW_UNMAPPED' as code, '' as column_name,
            'No mapping takes this row' as detail
        from {table_of(source.system, name)} as t where not ({taken})
    """
    add_faults(connection, source.system, name, faults)


def _book_keys(connection: duckdb.DuckDBPyConnection, source: SourceFile, name: str) -> None:
    """Book null keys, identical and superseded duplicates (skips), and conflicting ones."""
    extract = source.extracts[name]
    drop_booked(connection, source.system, name)
    typed = table_of(source.system, name)
    keys = [identifier(column) for column in extract.key]
    for column, key in zip(extract.key, keys, strict=True):
        faults = f"""
            select _file, _record, 'ROW_KEY_NULL' as code, {literal(column)} as column_name,
                'The key is absent' as detail
            from {typed} where {key} is null
        """
        add_faults(connection, source.system, name, faults)
    drop_booked(connection, source.system, name)
    values = ", ".join(f"cast({identifier(column)} as varchar)" for column in extract.columns)
    by_key = ", ".join(keys)
    newest = f"{identifier(extract.latest_by)} desc nulls last, " if extract.latest_by else ""
    stamp = f"cast({identifier(extract.latest_by)} as varchar)" if extract.latest_by else "''"
    connection.execute(
        f"""
        create or replace temp table _duplicates as
        with repeated as (
            select {by_key} from {typed} group by all having count(*) > 1
        ),

        rows as (
            select t.*, md5(concat_ws(chr(31), {values})) as _content, {stamp} as _stamp
            from {typed} as t semi join repeated using ({by_key})
        ),

        ranked as (
            select
                _file, _record, _content, _stamp,
                concat_ws(' · ', {by_key}) as _key,
                row_number() over (partition by {by_key} order by {newest}_content, _file, _record)
                    as _rank,
                first_value(_content) over (
                    partition by {by_key} order by {newest}_content, _file, _record
                ) as _kept_content,
                first_value(_stamp) over (
                    partition by {by_key} order by {newest}_content, _file, _record
                ) as _kept_stamp
            from rows
        )

        select
            *,
            max(case when _stamp is not distinct from _kept_stamp and _content <> _kept_content
                then 1 else 0 end) over (partition by _key) = 1 as _conflicts
        from ranked
        """
    )
    add_faults(
        connection,
        source.system,
        name,
        f"""
        select _file, _record, 'ROW_KEY_DUP' as code, {literal(", ".join(extract.key))} as column_name,
            'Rows with the key ' || _key || ' contradict each other' as detail
        from _duplicates where _conflicts
        """,
    )
    add_skips(
        connection,
        source.system,
        name,
        """
        select _file, _record,
            case when _content = _kept_content then 'ROW_DUPLICATE: identical row'
                else 'ROW_SUPERSEDED: a newer row has the key' end as reason
        from _duplicates where not _conflicts and _rank > 1
        """,
    )
    connection.execute("drop table _duplicates")


def _landed(
    connection: duckdb.DuckDBPyConnection, source: SourceFile, name: str, hashes: tuple[str, ...]
) -> Landed:
    counts = one_row(
        connection,
        f"""
        select
            (select coalesce(sum(record_count), 0) from control.deliveries
                where system = $1 and extract = $2),
            (select count(*) from {table_of(source.system, name)}),
            (select count(distinct (file_sha256, record_number)) from control.row_faults
                where system = $1 and extract = $2),
            (select count(*) from control.row_skips where system = $1 and extract = $2)
        """,
        [source.system, name],
    )
    records, typed, faulty, skipped = (int(count) for count in counts)
    if records != typed + faulty + skipped:
        cause = f"{records} records, but {typed} usable + {faulty} faulty + {skipped} skipped."
        raise TierwiseError("FILE_CONSERVATION", place=f"{source.system}.{name}", cause=cause)
    return Landed(
        file_count=len(hashes),
        record_count=records,
        typed_count=typed,
        faulty_count=faulty,
        skipped_count=skipped,
        hashes=hashes,
    )
