"""SQL that turns what DuckDB reads of a file into the typed values that its contract declares."""

from __future__ import annotations

from dataclasses import dataclass

from workspace.config.file_format import Column
from workspace.ingest.contract import Contract
from workspace.ingest.formats.content import Table
from workspace.ingest.formats.native_types import native_value
from workspace.ingest.parsing import PARSED_TYPES, bounded, identifier, stated, valued


@dataclass(frozen=True, kw_only=True)
class _Steps:
    """SQL of one column: its text; its value, be it one that nobody can mean; what is kept.

    What arrives typed has no text yet: to write it down cost more than to read it.
    """

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


def _steps(name: str, column: Column, number: int, contract: Contract, table: Table) -> _Steps:
    dialect, text, value = contract.dialect, f"_text_{number}", f"_value_{number}"
    kept = value
    values: tuple[str, ...]
    texts: tuple[str, ...]
    if name not in table.header:  # it is optional
        texts = (f"cast(null as varchar) as {text}",)
        values = (f"cast(null as {PARSED_TYPES[column.type]}) as {value}", text)
    elif name in table.types:
        native, said = native_value(name, table.types[name], column, dialect)
        texts, values = (f"{native} as {value}", f"{said} as {text}"), (value, text)
    elif column.type == "text":
        texts, values = (f"{stated(name, column, dialect)} as {text}",), (text,)
        # One letter has several forms, and a key in two of them would be two keys.
        kept = text if table.is_ascii else composed(text)
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


def typed_values(contract: Contract, table: Table, *, beside: str = "") -> str:
    """Return SQL for the typed values, and _unparsed: null, or the texts where one has no value.

    Columns to be kept as they are may be named beside them. Each step is a query of its own, or
    DuckDB would compute a date once for each mention of it.
    """
    columns = [
        _steps(name, column, number, contract, table)
        for number, (name, column) in enumerate(contract.extract.columns.items())
    ]
    texts = ", ".join(text for column in columns for text in column.texts)
    values = ", ".join(value for column in columns for value in column.values)
    kept = ", ".join(f"{column.kept} as {column.field}" for column in columns)
    typed = [column for column in columns if not column.is_text]
    failing = [f"({column.text} is not null and ({column.kept}) is null)" for column in typed]
    shown = ", ".join(f"cast({column.text} as varchar)" for column in typed)
    array = f"cast(json_array({shown}) as varchar)"
    unparsed = f"case when {' or '.join(failing)} then {array} end" if typed else "null::varchar"
    return (
        f"select {kept}, {unparsed} as _unparsed{beside} "
        f"from (select {values}{beside} from (select {texts}{beside} from {table.relation}))"
    )
