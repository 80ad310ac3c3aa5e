"""Values of JSON as text: a number in its own digits, a nested value as JSON."""

from __future__ import annotations

import json
from decimal import Context, Decimal
from typing import Any

from workspace.config.file_format import Column, Format
from workspace.ingest.formats.lines import LONGEST_LINE_BYTES

NUMBERS = ("integer", "decimal", "rate")
LARGEST_EXPONENT = 400
EXACT = Context(prec=LONGEST_LINE_BYTES, traps=[])


class _Number(str):
    """A JSON number, in its own digits."""

    __slots__ = ()


class Pairs(list[tuple[str, Any]]):
    """A JSON object, in its own order."""

    __slots__ = ()


class FaultyLineError(ValueError):
    """Why a line cannot be read."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(detail)
        self.code = code


def _refuse_constant(word: str) -> None:
    raise FaultyLineError("ROW_NONFINITE", f"{word} is no quantity, and no JSON.")


DECODER = json.JSONDecoder(
    object_pairs_hook=Pairs,
    parse_float=_Number,
    parse_int=_Number,
    parse_constant=_refuse_constant,
)


def object_of(text: bytes) -> Pairs:
    """Parse a line; raises FaultyLineError unless it is one object that names each key once."""
    if len(text) > LONGEST_LINE_BYTES:
        raise FaultyLineError("ROW_TOO_LONG", f"More than {LONGEST_LINE_BYTES} bytes.")
    try:
        pairs = DECODER.decode(text.decode("utf-8"))
    except UnicodeDecodeError as error:
        number = len(text[: error.start].decode("utf-8")) + 1
        detail = f"Character {number} of the record is not UTF-8."
        raise FaultyLineError("ROW_ENCODING", detail) from error
    except json.JSONDecodeError as error:
        code = "ROW_NUL" if b"\0" in text else "ROW_JSON"
        detail = f"No JSON at character {error.colno} of the line: {error.msg}."
        raise FaultyLineError(code, detail) from error
    if not isinstance(pairs, Pairs):
        raise FaultyLineError("ROW_JSON", "The line is a JSON value, but no object.")
    names = [name for name, _ in pairs]
    if len(set(names)) != len(names):
        twice = next(name for name in names if names.count(name) > 1)
        raise FaultyLineError("ROW_JSON", f"The key {twice[:100]!r} stands twice.")
    if "" in names:
        raise FaultyLineError("ROW_JSON", "A key is empty.")
    return pairs


def text_of(value: Any, column: Column, dialect: Format) -> str | None:
    """Return a value as the contract's text: numbers and booleans in its marks and words."""
    match value:
        case None:
            return None
        case _Number():
            return _number(value, dialect) if column.type in NUMBERS else str(value)
        case str():
            return value
        case bool():
            if column.type != "boolean":
                return "true" if value else "false"
            own = column.true_words if value else column.false_words
            shared = dialect.true_words if value else dialect.false_words
            return (shared if own is None else own)[0]
        case _:
            return _json(value)


def _number(digits: str, dialect: Format) -> str:
    """Return a number without exponent, by the contract's decimal mark."""
    mantissa, _, exponent = digits.lower().partition("e")
    if exponent:
        # 1e999999 would be a text of a megabyte; as it stands it parses as no number.
        if len(exponent) > 4 or abs(int(exponent)) > LARGEST_EXPONENT:
            return digits
        digits = f"{Decimal(mantissa).scaleb(int(exponent), EXACT):f}"
    return digits.replace(".", dialect.decimal_mark)


def _json(value: Any) -> str:
    """Return a nested value as JSON, its numbers in their own digits."""
    match value:
        case Pairs():
            inner = (f"{json.dumps(name, ensure_ascii=False)}:{_json(v)}" for name, v in value)
            return "{" + ",".join(inner) + "}"
        case list():
            return "[" + ",".join(_json(item) for item in value) + "]"
        case _Number():
            return str(value)
        case _:
            return json.dumps(value, ensure_ascii=False)
