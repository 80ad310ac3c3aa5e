"""Values in SQL text: the kind of a type, and literals that every engine reads alike."""

import re
from decimal import Decimal

from models.segmentation.errors import SchemeError

_NUMBERS = "decimal numeric double float real bigint integer int smallint tinyint hugeint"
_KINDS = dict.fromkeys(_NUMBERS.split(), "number") | {
    "string": "text", "varchar": "text", "text": "text", "bool": "boolean",
}  # fmt: skip


def kind_of(data_type: str) -> str:
    """Reduce an SQL type to number, text, date, boolean, or its own name when it is none."""
    name = re.split(r"[^a-z]", data_type.strip().lower(), maxsplit=1)[0]
    return _KINDS.get(name, name)


def is_portable(text: str) -> bool:
    """Whether engines agree on a text literal: printable, and without a backslash."""
    return text.isprintable() and "\\" not in text


def quoted(text: str) -> str:
    """Write an SQL text literal."""
    if not is_portable(text):
        raise SchemeError(f"{text!r} holds a backslash or a control character")
    return "'" + text.replace("'", "''") + "'"


def plain_decimal(value: Decimal) -> str:
    """Write a decimal without exponent or trailing zeros: 0.80 and 0.8 are one cut."""
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
