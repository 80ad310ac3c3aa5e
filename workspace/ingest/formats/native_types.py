"""Values that arrive typed, as in Parquet: what stays as it is, what is text, what casts exactly.

DuckDB's own casts lose without a word: 1.5 becomes the integer 2, a timestamp the date of its day,
and 1234567.89, a double, the decimal 1234567.8899999999.
"""

from __future__ import annotations

import re

from workspace.config.file_format import Column, Format
from workspace.ingest.parsing import FIRST_DAY, LAST_DAY, PARSED_TYPES, identifier, in_utc, literal

WHOLE = re.compile(r"U?(TINYINT|SMALLINT|INTEGER|BIGINT|HUGEINT)")
EXACT = re.compile(r"DECIMAL\(\d+,\s*\d+\)")
REAL = ("FLOAT", "DOUBLE")
INSTANT = "TIMESTAMP WITH TIME ZONE"
MOMENT = re.compile(r"TIMESTAMP(_S|_MS|_NS)?")
NESTED = re.compile(r"(STRUCT|MAP|UNION|ROW)\(|.*\[\d*\]$")
BYTES = ("BLOB", "BIT")
LARGEST_WHOLE_REAL = 1 << 53


def is_number(native: str) -> bool:
    """Return whether values of a DuckDB type are numbers."""
    return native in REAL or bool(WHOLE.fullmatch(native) or EXACT.fullmatch(native))


def is_moment(native: str) -> bool:
    """Return whether values of a DuckDB type are dates or timestamps."""
    return native in ("DATE", INSTANT) or bool(MOMENT.fullmatch(native))


def stays_native(native: str, column: Column) -> bool:
    """Return whether a delivered type is of the declared kind; else its text is parsed."""
    match column.type:
        case "integer" | "decimal" | "rate":
            return is_number(native)
        case "date" | "timestamp":
            return is_moment(native)
        case "boolean":
            return native == "BOOLEAN"
        case "text":
            return False


def read_as(name: str, native: str, column: Column | None) -> tuple[str, str | None]:
    """Return SQL that reads a delivered column, and its DuckDB type; None for text.

    What a file states of its values is not believed: DuckDB asks the smallest and largest of a row
    group, its count of nulls and its Bloom filter which rows to leave unread, and older writers,
    or one bit that turned, state them wrong. Through `try` it can only ask the values.
    """
    if native in BYTES or column is None:
        return "null::varchar", None
    field = f"try({identifier(name)})"
    if MOMENT.fullmatch(native):
        value, native = f"cast({field} as timestamp)", "TIMESTAMP"
    elif native == "FLOAT":  # 0.1 of four bytes is 0.10000000149 of eight
        value, native = f"cast(cast({field} as varchar) as double)", "DOUBLE"
    else:
        value = field
    if stays_native(native, column):
        return value, native
    return _text(value, native), None


def _text(value: str, native: str) -> str:
    """Return SQL for the text of a value: an id that was made a float loses its `.0`."""
    if native == INSTANT:
        return f"cast(timezone('UTC', {value}) as varchar)"
    if NESTED.match(native):
        return f"cast(to_json({value}) as varchar)"
    if native == "DOUBLE":
        whole = f"{value} = trunc({value}) and abs({value}) <= {LARGEST_WHOLE_REAL}"
        return (
            f"case when {whole} then cast(cast({value} as bigint) as varchar) "
            f"else cast({value} as varchar) end"
        )
    return f"cast({value} as varchar)"


def native_value(name: str, native: str, column: Column, dialect: Format) -> tuple[str, str]:
    """Return SQL for the typed value of a column that stays native, and for what is stated.

    The value is null where it is not exactly of the declared type; both are for a word for null.
    """
    field, target = identifier(name), PARSED_TYPES[column.type]
    if native == INSTANT:
        field = f"timezone('UTC', {field})"
    words = column.null_words if column.null_words is not None else dialect.null_words
    if meant := sorted(set(words) - {""}):
        listed = ", ".join(literal(word) for word in meant)
        field = f"case when cast({field} as varchar) not in ({listed}) then {field} end"
    match column.type:
        case "integer":
            return _whole(field, native), field
        case "decimal" | "rate":
            value = _exact(field) if native == "DOUBLE" else f"try_cast({field} as {target})"
            return value, field
        case "date" | "timestamp":
            return _moment(field, native, column, dialect), field
        case _:
            return field, field


def _whole(field: str, native: str) -> str:
    if WHOLE.fullmatch(native):
        return f"try_cast({field} as bigint)"
    return f"case when {field} = trunc({field}) then try_cast({field} as bigint) end"


def _exact(field: str) -> str:
    """Return the shortest decimal that a double stands for: fast where four decimals suffice."""
    short = f"try_cast({field} as decimal(15,4))"
    return (
        f"case when cast({short} as double) = {field} then cast({short} as decimal(38,10)) "
        f"else try_cast(cast({field} as varchar) as decimal(38,10)) end"
    )


def _moment(field: str, native: str, column: Column, dialect: Format) -> str:
    """Return a day or an instant; a clock without a zone is read off in the contract's."""
    within = f"{field} >= {literal(FIRST_DAY)} and {field} < date {literal(LAST_DAY)} + 1"
    zone = column.time_zone or dialect.time_zone
    if column.type == "date":
        whole = "" if native == "DATE" else f" and {field} = date_trunc('day', {field})"
        return f"case when {within}{whole} then cast({field} as date) end"
    instant = f"cast({field} as timestamp)"
    if zone is not None and native not in (INSTANT, "DATE"):
        instant = in_utc(field, zone, column.repeated_hour or dialect.repeated_hour)
    return f"case when {within} then {instant} end"
