"""How delivered text is written: encoding, dialect, marks, formats and words, column by column."""

from __future__ import annotations

import codecs
import re
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field

from workspace.config.strict import Strict

ColumnType = Literal["text", "integer", "decimal", "rate", "date", "timestamp", "boolean"]
STATEFUL_ENCODINGS = ("utf-7", "hz", "iso2022")
DATE_DIRECTIVE = re.compile(r"%(-?[aAbBcdfgGHIjmMnpSuUVwWxXyYzZ]|%)?")


def _known_encoding(name: str) -> str:
    try:
        "a".encode(name)
    except (LookupError, UnicodeError) as error:
        raise ValueError(f"`{name}` is no text encoding that Python knows") from error
    if codecs.lookup(name).name.startswith(STATEFUL_ENCODINGS):
        raise ValueError(f"`{name}` gives bytes a meaning that depends on the bytes before")
    return name


def _known_directives(text: str) -> str:
    unknown = [found[0] for found in DATE_DIRECTIVE.finditer(text) if found[1] is None]
    if unknown or "%" not in text:
        raise ValueError(f"`{text}` is no strptime format, such as %d.%m.%Y")
    return text


Encoding = Annotated[str, AfterValidator(_known_encoding)]
DateFormat = Annotated[str, AfterValidator(_known_directives)]
# One byte in every encoding a file may have, so that records can be found before decoding.
Separator = Annotated[str, Field(pattern=r"^[\x01-\x09\x0b\x0c\x0e-\x7f]$")]
Mark = Annotated[str, Field(min_length=1, max_length=1)]


class Format(Strict):
    """How text is written; an extract and a column may override single keys."""

    encoding: Encoding = "utf-8"
    delimiter: Separator = ","
    quote: Separator = '"'
    decimal_mark: Mark = "."
    thousands_mark: Mark | None = None
    date_format: DateFormat = "%Y-%m-%d"
    timestamp_format: DateFormat = "%Y-%m-%d %H:%M:%S"
    null_words: tuple[str, ...] = ("",)
    true_words: tuple[str, ...] = ("1", "true")
    false_words: tuple[str, ...] = ("0", "false")


class Column(Strict):
    """One delivered column: its type and, where it differs from the extract's, its format."""

    type: ColumnType = "text"
    format: DateFormat | None = Field(None, description="strptime format of a date or timestamp.")
    null_words: tuple[str, ...] | None = Field(None, description="In place of the extract's.")
    true_words: tuple[str, ...] | None = None
    false_words: tuple[str, ...] | None = None


def short_form(value: Any) -> Any:
    """Read `name: date` as `name: {type: date}`."""
    return {"type": value} if isinstance(value, str) else value
