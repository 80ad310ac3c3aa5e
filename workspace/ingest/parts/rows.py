"""The one pass over a file's records: text becomes typed values, and suspects are marked.

A suspect is a record that cannot be loaded as it is. Everything that is costly to say of a record,
such as why, is said of suspects alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import duckdb

from workspace.errors import TierwiseError
from workspace.ingest.contract import Contract, sql
from workspace.ingest.entity_values import chooses_by_lookup, doubts, entity_of, looks_up
from workspace.ingest.formats.content import Content
from workspace.ingest.parsing import identifier, literal
from workspace.ingest.parts.typed_values import typed_values
from workspace.warehouse import one_row, row_count

CHECKED_BY_US = ("delimited", "fixed_width", "json_lines", "xlsx")
# To try a dictionary on a column of many values cost a third of writing it, for a tenth of bytes.
LARGEST_DICTIONARY = 1_000
BESIDE = ", _file, _record"
# The machine's fault, not the file's.
OUT_OF_MEANS = (duckdb.OutOfMemoryException, duckdb.InterruptException)


@dataclass(frozen=True, kw_only=True)
class MarkedRows:
    """The rows of a part in the making, as SQL: typed columns, _unparsed, _file and _record.

    `others` are all but the suspects. `is_ascii` is said of their texts.
    """

    every: str
    suspects: str
    others: str
    is_ascii: bool


def write_rows(
    connection: duckdb.DuckDBPyConnection,
    contract: Contract,
    content: Content,
    sha256: str,
    target: Path,
) -> MarkedRows:
    """Write the rows of a part, record by record in order.

    Raises FILE_CONSERVATION when DuckDB does not read as many records as were counted, and
    FILE_CORRUPT when it cannot read a binary file.
    """
    written = literal(str(target))
    with _read_as_counted(contract, sha256):
        connection.execute(
            f"""
            copy (
                select t.*, {literal(sha256)} as _file, {_suspect(contract)} as _is_suspect
                from ({typed_values(contract, content)}) as t
            ) to {written} (format parquet, dictionary_size_limit {LARGEST_DICTIONARY})
            """
        )
    (count,) = one_row(connection, f"select num_rows from parquet_file_metadata({written})")
    _compare_counts(contract, content, sha256, count)
    every = (
        "select * exclude (_is_suspect, file_row_number), file_row_number + 1 as _record "
        f"from read_parquet({written}, file_row_number = true)"
    )
    return MarkedRows(
        every=every,
        suspects=f"{every} where _is_suspect",
        others=f"{every} where not _is_suspect{_unreadable(content)}",
        is_ascii=content.is_ascii,
    )


def mark_rows(
    connection: duckdb.DuckDBPyConnection, contract: Contract, content: Content, sha256: str
) -> MarkedRows:
    """Read the rows of a part where they lie, and note its suspects in _marked.

    Raises as `write_rows` does. Each value is read, so that none proves damaged another night.
    """
    columns = contract.extract.columns
    fields = {name: f"t.{identifier(name)}" for name in columns}
    ascii_texts = " and ".join(
        f"coalesce(bool_and(strlen({field}) = length({field})), true)"
        for name, field in fields.items()
        if columns[name].type == "text"
    )
    read = ", ".join(f"count({field})" for field in fields.values())
    suspect = _suspect(contract)
    every = typed_values(contract, replace(content, is_ascii=True), beside=BESIDE)
    with _read_as_counted(contract, sha256):
        count, suspects, is_ascii, *_ = one_row(
            connection,
            f"select count(*), count(*) filter (where {suspect}), {ascii_texts or 'true'}, {read} "
            f"from ({every}) as t",
        )
    _compare_counts(contract, content, sha256, count)
    if not is_ascii:  # letters are composed: other rows may be suspects then
        every, suspects = typed_values(contract, content, beside=BESIDE), None
    where = "false" if suspects == 0 else suspect
    connection.execute(
        f"create or replace temp table _marked as select t.* from ({every}) as t where {where}"
    )
    others = f"select t.* from ({every}) as t anti join _marked using (_record)"
    return MarkedRows(
        every=every,
        suspects="select * from _marked",
        others=others if row_count(connection, "_marked") else every,
        is_ascii=is_ascii,
    )


@contextmanager
def _read_as_counted(contract: Contract, sha256: str) -> Iterator[None]:
    """Tell what it means that DuckDB cannot read what was counted."""
    try:
        yield
    except duckdb.Error as error:
        if isinstance(error, OUT_OF_MEANS) or "No space left" in str(error):
            raise
        # Text was counted and checked before; what DuckDB finds in Parquet itself is damage.
        code = "FILE_CONSERVATION" if contract.dialect.kind in CHECKED_BY_US else "FILE_CORRUPT"
        cause = f"DuckDB reads the records otherwise: {str(error).splitlines()[0]}"
        raise TierwiseError(code, place=_place(contract, sha256), cause=cause) from error


def _compare_counts(contract: Contract, content: Content, sha256: str, count: int) -> None:
    if count != content.record_count:
        cause = f"{content.record_count} records were counted, {count} were parsed."
        raise TierwiseError("FILE_CONSERVATION", place=_place(contract, sha256), cause=cause)


def _place(contract: Contract, sha256: str) -> str:
    return f"{contract.place} ({sha256[:12]})"


def _unreadable(content: Content) -> str:
    """Return SQL that leaves out total lines: the only faulty records that are no suspects."""
    totals = [str(fault.record - 1) for fault in content.faults if fault.is_readable]
    return f" and file_row_number not in ({', '.join(totals)})" if totals else ""


def _suspect(contract: Contract) -> str:
    """Return SQL that tells whether a row is a suspect."""
    return " or ".join(f"coalesce({condition}, false)" for condition in _suspicions(contract))


def _suspicions(contract: Contract) -> list[str]:
    """Return the conditions that make a record a suspect."""
    extract = contract.extract
    found = ["t._unparsed is not null"]
    found += [f"t.{identifier(column)} is null" for column in extract.key]
    found += contract.mangled_keys().values()
    found += [
        contract.condition(skip.when, "skip", number, "when")
        for number, skip in enumerate(extract.skip)
    ]
    found += [
        f"not ({contract.condition(check.expect, 'checks', number, 'expect')})"
        for number, check in enumerate(extract.checks)
    ]
    if extract.delivery.deleted_when is not None:
        found.append(contract.condition(extract.delivery.deleted_when, "delivery", "deleted_when"))
    if extract.delivery.trailer is not None:
        found.append(
            contract.condition(extract.delivery.trailer.when, "delivery", "trailer", "when")
        )
    if contract.mappings and taken(contract) != "true":
        found.append(f"not ({taken(contract)})")
    for mapping in contract.mappings:
        wrong = [
            doubt
            for column, spec in entity_of(mapping).columns.items()
            if not looks_up(mapping, column)
            for doubt in doubts(mapping, column, spec)
        ]
        if wrong:
            where = f"({sql(mapping.where)}) and " if mapping.where is not None else ""
            found.append(f"{where}({' or '.join(f'({one})' for one in wrong)})")
    return found


def taken(contract: Contract) -> str:
    """Return SQL that tells whether any mapping takes a row."""
    if any(m.where is None or chooses_by_lookup(m) for m in contract.mappings):
        return "true"  # or is to be found once all extracts are there
    return " or ".join(
        f"coalesce({sql(mapping.where)}, false)"
        for mapping in contract.mappings
        if mapping.where is not None
    )
