"""The one pass over a file's records: text becomes typed values, and suspects are marked.

A suspect is a record that cannot be loaded as it is. Everything that is costly to say of a record,
such as why, is said of suspects alone.
"""

from __future__ import annotations

from pathlib import Path

import duckdb

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


def _read(contract: Contract, content: Content) -> str:
    """Return SQL for the typed values, and _unparsed: null, or the texts where one has no value.

    Each step is a query of its own, or DuckDB would compute a date once for each mention of it.
    """
    dialect, columns = contract.dialect, contract.extract.columns
    texts: list[str] = []
    read: list[str] = []
    values: list[str] = []
    failing: list[str] = []
    shown: list[str] = []
    for number, (name, column) in enumerate(columns.items()):
        field, text, value = identifier(name), f"_text_{number}", f"_value_{number}"
        if name not in content.header:  # it is optional
            texts.append(f"cast(null as varchar) as {text}")
            read.append(text)
            if column.type != "text":
                read.append(f"cast(null as {PARSED_TYPES[column.type]}) as {value}")
        elif name in content.types:
            native, said = native_value(name, content.types[name], column, dialect)
            texts += [f"{native} as {value}", f"{said} as {text}"]
            read += [value, text]
        elif column.type == "text":
            texts.append(f"{stated(name, column, dialect)} as {text}")
            read.append(text)
        else:
            texts.append(f"{stated(name, column, dialect)} as {text}")
            read += [f"{valued(text, column, dialect)} as {value}", text]
        if column.type == "text":
            # One letter has several forms, and a key in two of them would be two keys.
            composed = text if content.is_ascii else f"nfc_normalize({text})"
            values.append(f"{composed} as {field}")
            continue
        is_given = name in content.types or name not in content.header
        final = value if is_given else bounded(value, column)
        values.append(f"{final} as {field}")
        failing.append(f"({text} is not null and ({final}) is null)")
        shown.append(text)
    unparsed = "cast(null as varchar)"
    if failing:
        array = f"cast(json_array({', '.join(shown)}) as varchar)"
        unparsed = f"case when {' or '.join(failing)} then {array} end"
    return (
        f"select {', '.join(values)}, {unparsed} as _unparsed "
        f"from (select {', '.join(read)} from (select {', '.join(texts)} from {content.relation}))"
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
