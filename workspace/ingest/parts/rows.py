"""The one pass over a file's records: text becomes typed values, and suspects are marked.

A suspect is a record that cannot be loaded as it is. Everything that is costly to say of a record,
such as why, is said of suspects alone.
"""

from __future__ import annotations

from pathlib import Path

import duckdb

from workspace.errors import TierwiseError
from workspace.ingest.contract import Contract, sql
from workspace.ingest.entity_values import entity_of, flaws, looks_up
from workspace.ingest.formats.content import Content
from workspace.ingest.formats.native_types import native_value
from workspace.ingest.parsing import identifier, literal, parsed, stated
from workspace.warehouse import one_row


def write_rows(
    connection: duckdb.DuckDBPyConnection,
    contract: Contract,
    content: Content,
    sha256: str,
    target: Path,
) -> None:
    """Write the rows of a part, record by record in order.

    Raises FILE_CONSERVATION when DuckDB does not read as many records as were counted.
    """
    read = f"select {_values(contract, content)} from {content.relation} as d"
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
    except duckdb.InvalidInputException as error:
        cause = f"DuckDB reads the records otherwise: {str(error).splitlines()[0]}"
        raise TierwiseError("FILE_CONSERVATION", place=place, cause=cause) from error
    (count,) = one_row(
        connection, f"select num_rows from parquet_file_metadata({literal(str(target))})"
    )
    if count != content.record_count:
        cause = f"{content.record_count} records were counted, {count} were parsed."
        raise TierwiseError("FILE_CONSERVATION", place=place, cause=cause)


def _values(contract: Contract, content: Content) -> str:
    """Return SQL for the typed values, and _unparsed: null, or the texts where one has no value."""
    dialect, columns = contract.dialect, contract.extract.columns
    values: list[str] = []
    texts: list[str] = []
    failing: list[str] = []
    for name, column in columns.items():
        if name in content.types:
            value, text = native_value(name, content.types[name], column, dialect)
        else:
            value, text = parsed(name, column, dialect), stated(name, column, dialect)
        values.append(f"{value} as {identifier(name)}")
        if column.type != "text":
            texts.append(text)
            failing.append(f"({value} is null and {text} is not null)")
    if failing:
        array = f"cast(json_array({', '.join(texts)}) as varchar)"
        values.append(f"case when {' or '.join(failing)} then {array} end as _unparsed")
    else:
        values.append("cast(null as varchar) as _unparsed")
    return ", ".join(values)


def _suspicions(contract: Contract) -> list[str]:
    """Return the conditions that make a record a suspect."""
    extract = contract.extract
    found = ["t._unparsed is not null"]
    found += [f"t.{identifier(column)} is null" for column in extract.key]
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
    if contract.mappings:
        found.append(f"not ({taken(contract)})")
    for mapping in contract.mappings:
        wrong = [
            flaw.condition
            for column, spec in entity_of(mapping).columns.items()
            if not looks_up(mapping, column)
            for flaw in flaws(mapping, column, spec)
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
