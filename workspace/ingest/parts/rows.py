"""The one pass over a file's records: text becomes typed values, and suspects are marked.

A suspect is a record that cannot be loaded as it is. Everything that is costly to say of a record,
such as why, is said of suspects alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import duckdb

from workspace.config.file_format import Column
from workspace.errors import TierwiseError
from workspace.ingest.contract import Contract, sql
from workspace.ingest.entity_values import doubts, entity_of, looks_up
from workspace.ingest.formats.content import Content
from workspace.ingest.formats.native_types import native_value
from workspace.ingest.parsing import (
    PARSED_TYPES,
    bounded,
    identifier,
    literal,
    stated,
    valued,
)
from workspace.warehouse import one_row

CHECKED_BY_US = ("delimited", "fixed_width", "json_lines", "xlsx")
# The machine's fault, not the file's.
OUT_OF_MEANS = (duckdb.OutOfMemoryException, duckdb.InterruptException)


def write_rows(
    connection: duckdb.DuckDBPyConnection,
    contract: Contract,
    content: Content,
    sha256: str,
    target: Path,
) -> None:
    """Write the rows of a part, record by record in order.

    Raises FILE_CONSERVATION when DuckDB does not read as many records as were counted, and
    FILE_CORRUPT when it cannot read a binary file.
    """
    read = _read(contract, content)
    suspect = " or ".join(f"coalesce({condition}, false)" for condition in _suspicions(contract))
    place = f"{contract.place} ({sha256[:12]})"
    try:
        connection.execute(
            f"""
            copy (
                select t.*, {literal(sha256)} as _file, {suspect} as _is_suspect
                from ({read}) as t
            ) to {literal(str(target))} (format parquet)
            """
        )
    except duckdb.Error as error:
        if isinstance(error, OUT_OF_MEANS) or "No space left" in str(error):
            raise
        # Text was counted and checked before; what DuckDB finds in Parquet itself is damage.
        code = "FILE_CONSERVATION" if contract.dialect.kind in CHECKED_BY_US else "FILE_CORRUPT"
        cause = f"DuckDB reads the records otherwise: {str(error).splitlines()[0]}"
        raise TierwiseError(code, place=place, cause=cause) from error
    (count,) = one_row(
        connection, f"select num_rows from parquet_file_metadata({literal(str(target))})"
    )
    if count != content.record_count:
        cause = f"{content.record_count} records were counted, {count} were parsed."
        raise TierwiseError("FILE_CONSERVATION", place=place, cause=cause)


@dataclass(frozen=True, kw_only=True)
class _Steps:
    """SQL of one column: its text; its value, be it one that nobody can mean; what is kept."""

    field: str
    texts: tuple[str, ...]
    values: tuple[str, ...]
    kept: str
    text: str
    is_text: bool


def composed(text: str) -> str:
    """Return SQL for a text with its letters composed; what is ASCII has none to compose.

    To normalise ten million rows of nine columns took 80 s, to compare their lengths 2 s.
    """
    return f"case when strlen({text}) = length({text}) then {text} else nfc_normalize({text}) end"


def _steps(name: str, column: Column, number: int, contract: Contract, content: Content) -> _Steps:
    dialect, text, value = contract.dialect, f"_text_{number}", f"_value_{number}"
    kept = value
    values: tuple[str, ...]
    texts: tuple[str, ...]
    if name not in content.header:  # it is optional
        texts = (f"cast(null as varchar) as {text}",)
        values = (f"cast(null as {PARSED_TYPES[column.type]}) as {value}", text)
    elif name in content.types:
        native, said = native_value(name, content.types[name], column, dialect)
        texts, values = (f"{native} as {value}", f"{said} as {text}"), (value, text)
    elif column.type == "text":
        texts, values = (f"{stated(name, column, dialect)} as {text}",), (text,)
        # One letter has several forms, and a key in two of them would be two keys.
        kept = text if content.is_ascii else composed(text)
    else:
        texts = (f"{stated(name, column, dialect)} as {text}",)
        values = (f"{valued(text, column, dialect)} as {value}", text)
        kept = bounded(value, column)
    return _Steps(
        field=identifier(name),
        texts=texts,
        values=values,
        kept=kept,
        text=text,
        is_text=column.type == "text",
    )


def _read(contract: Contract, content: Content) -> str:
    """Return SQL for the typed values, and _unparsed: null, or the texts where one has no value.

    Each step is a query of its own, or DuckDB would compute a date once for each mention of it.
    """
    columns = [
        _steps(name, column, number, contract, content)
        for number, (name, column) in enumerate(contract.extract.columns.items())
    ]
    texts = ", ".join(text for column in columns for text in column.texts)
    values = ", ".join(value for column in columns for value in column.values)
    kept = ", ".join(f"{column.kept} as {column.field}" for column in columns)
    typed = [column for column in columns if not column.is_text]
    failing = [f"({column.text} is not null and ({column.kept}) is null)" for column in typed]
    shown = ", ".join(column.text for column in typed)
    array = f"cast(json_array({shown}) as varchar)"
    unparsed = f"case when {' or '.join(failing)} then {array} end" if typed else "null::varchar"
    return (
        f"select {kept}, {unparsed} as _unparsed "
        f"from (select {values} from (select {texts} from {content.relation}))"
    )


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
    if any(mapping.where is None for mapping in contract.mappings):
        return "true"
    return " or ".join(
        f"coalesce({sql(mapping.where)}, false)"
        for mapping in contract.mappings
        if mapping.where is not None
    )
