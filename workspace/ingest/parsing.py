"""SQL that turns delivered text into typed values, by the contract's formats and never by guess."""

from __future__ import annotations

import re

from workspace.config.file_format import Column, Format

PARSED_TYPES = {
    "text": "varchar",
    "integer": "bigint",
    "decimal": "decimal(38,10)",
    "rate": "decimal(38,10)",
    "date": "date",
    "timestamp": "timestamp",
    "boolean": "boolean",
}


def identifier(name: str) -> str:
    """Quote a name for SQL."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """Quote a text value for SQL."""
    return "'" + text.replace("'", "''") + "'"


def stated(name: str, column: Column, dialect: Format, *, table: str | None = None) -> str:
    """Return SQL for the text of a column with the contract's words for null taken out."""
    words = column.null_words if column.null_words is not None else dialect.null_words
    meant = {"", *words}
    field = f"{table}.{identifier(name)}" if table else identifier(name)
    if column.type == "boolean":
        said = {word for words in _boolean_words(column, dialect) for word in words}
        meant -= said
        if "" in said:  # some systems write false by leaving the field empty, which is read as null
            field = f"coalesce({field}, '')"
    if not meant:
        return f"trim({field})"
    listed = ", ".join(literal(word) for word in sorted(meant))
    kept = field if column.type == "text" else f"trim({field})"
    return f"case when trim({field}) in ({listed}) then null else {kept} end"


def parsed(name: str, column: Column, dialect: Format) -> str:
    """Return SQL for the typed value of a column: null where the text is not of the format."""
    text = stated(name, column, dialect)
    match column.type:
        case "text":
            return text
        case "integer" | "decimal" | "rate":
            return _number(text, column, dialect)
        case "date":
            wanted = column.format or dialect.date_format
            return f"cast(try_strptime({text}, {literal(wanted)}) as date)"
        case "timestamp":
            wanted = column.format or dialect.timestamp_format
            return f"try_strptime({text}, {literal(wanted)})"
        case "boolean":
            return _boolean(text, column, dialect)


def _number(text: str, column: Column, dialect: Format) -> str:
    """Accept 1.234,56 · 155,22- · (100) · +5, and digit groups only where they are groups.

    Grouping is matched because taking marks out blindly would read 12.34 as 1234 in a source that
    groups by points.
    """
    mark = dialect.thousands_mark
    digits = "[0-9]+"
    if mark:
        digits = f"([0-9]{{1,3}}({re.escape(mark)}[0-9]{{3}})+|[0-9]+)"
    fraction = "" if column.type == "integer" else f"({re.escape(dialect.decimal_mark)}[0-9]*)?"
    tail = "" if column.type == "integer" else f"|{re.escape(dialect.decimal_mark)}[0-9]+"
    number = f"({digits}{fraction}{tail})"
    shape = rf"[-+]?{number}|{number}-|\({number}\)"
    bare = f"replace({text}, {literal(mark)}, '')" if mark else text
    bare = f"replace({bare}, {literal(dialect.decimal_mark)}, '.')"
    bare = f"replace(replace(replace(replace({bare}, '(', ''), ')', ''), '-', ''), '+', '')"
    sign = f"case when {text} like '%-%' or {text} like '(%' then -1 else 1 end"
    kind = PARSED_TYPES[column.type]
    return (
        f"case when regexp_full_match({text}, {literal(shape)}) "
        f"then cast(try_cast({bare} as {kind}) * {sign} as {kind}) end"
    )


def _boolean_words(column: Column, dialect: Format) -> tuple[tuple[str, ...], tuple[str, ...]]:
    true_words = column.true_words if column.true_words is not None else dialect.true_words
    false_words = column.false_words if column.false_words is not None else dialect.false_words
    return true_words, false_words


def _boolean(text: str, column: Column, dialect: Format) -> str:
    true_words, false_words = (
        ", ".join(literal(word.lower()) for word in words)
        for words in _boolean_words(column, dialect)
    )
    return (
        f"case when lower({text}) in ({true_words}) then true "
        f"when lower({text}) in ({false_words}) then false end"
    )
