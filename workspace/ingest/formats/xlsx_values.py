"""The text of a cell: what a person would read in it, in the marks and words of the contract."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any

from workspace.config.file_format import EXCEL_DATES, Column, Format

NUMBERS = ("integer", "decimal", "rate")
LARGEST_WHOLE_REAL = 1 << 53


def cell_text(value: Any, column: Column | None, dialect: Format) -> str | None:
    """Return the text of a value for a column of the contract, or for none of it.

    An id keeps its zeros where it is text; where it is a number, 123.0 is 123.
    """
    if value is None or type(value) is str:
        return value
    kind = column.type if column else "text"
    match value:
        case bool():
            return (
                _word(column, dialect, is_true=value) if kind == "boolean" else str(value).lower()
            )
        case int() | float():
            digits = _digits(value)
            return digits.replace(".", dialect.decimal_mark) if kind in NUMBERS else digits
        case datetime() | date():
            return _moment(value, column, dialect)
        case _:
            return str(value)


def _word(column: Column | None, dialect: Format, *, is_true: bool) -> str:
    own = (column.true_words if is_true else column.false_words) if column else None
    return (own or (dialect.true_words if is_true else dialect.false_words))[0]


def _digits(value: float) -> str:
    """Return a number without exponent: the shortest text that stands for the stored double."""
    if isinstance(value, int):
        return str(value)
    if value.is_integer() and abs(value) <= LARGEST_WHOLE_REAL:
        return str(int(value))
    text = repr(value)
    return f"{Decimal(text):f}" if "e" in text else text


def _moment(value: Any, column: Column | None, dialect: Format) -> str:
    """Return a date in the column's format; a time of day that it cannot hold is not cut off."""
    kind = column.type if column else "text"
    has_time = isinstance(value, datetime) and value.time() != datetime.min.time()
    plain: str = value.isoformat(" ") if has_time else value.isoformat()[:10]
    if column is None or kind not in ("date", "timestamp"):
        return plain
    wanted = column.format or (dialect.date_format if kind == "date" else dialect.timestamp_format)
    if wanted in EXCEL_DATES:
        from openpyxl.utils.datetime import MAC_EPOCH, WINDOWS_EPOCH, to_excel

        serial: float = to_excel(value, WINDOWS_EPOCH if wanted == "excel" else MAC_EPOCH)
        return _digits(serial)
    return _written(value, wanted) or plain


@lru_cache(maxsize=10_000)
def _written(value: Any, wanted: str) -> str | None:
    """Return a date or time in a format, or None where that would cut something off."""
    whole = value if isinstance(value, datetime) else datetime.combine(value, datetime.min.time())
    text = whole.strftime(wanted)
    try:
        return text if datetime.strptime(text, wanted) == whole else None
    except ValueError:
        return None
