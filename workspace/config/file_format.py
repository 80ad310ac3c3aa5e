"""How a delivered table is written: kind of file, encoding, dialect, marks, formats and words."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable
from itertools import pairwise
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, model_validator

from workspace.config.strict import Strict, suggestion
from workspace.config.workspace_file import TimeZone

ColumnType = Literal["text", "integer", "decimal", "rate", "date", "timestamp", "boolean"]
Kind = Literal["delimited", "fixed_width", "json_lines", "parquet", "xlsx", "database"]
STATEFUL_ENCODINGS = ("utf-7", "hz", "iso2022")
# Keys that only some kinds of file have; the other keys of a format hold for all kinds.
KEYS_OF_KIND: dict[str, frozenset[str]] = {
    "delimited": frozenset(
        {"encoding", "delimiter", "quote", "has_header", "preamble_lines", "last_line_end"}
    ),
    "fixed_width": frozenset({"encoding", "preamble_lines", "positions", "short_lines"}),
    "json_lines": frozenset(),
    "parquet": frozenset(),
    "xlsx": frozenset({"has_header", "sheet", "range"}),
    "database": frozenset({"url_variable", "table", "incremental_by", "incremental_overlap"}),
}
NEEDED_KEYS = {
    "fixed_width": ("positions",),
    "xlsx": ("sheet", "range"),
    "database": ("url_variable", "table"),
}
EXCEL_DATES = ("excel", "excel_1904")
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
    if text in EXCEL_DATES:
        return text
    unknown = [found[0] for found in DATE_DIRECTIVE.finditer(text) if found[1] is None]
    if unknown or "%" not in text:
        raise ValueError(f"`{text}` is no strptime format, such as %d.%m.%Y, nor excel")
    return text


Encoding = Annotated[str, AfterValidator(_known_encoding)]
DateFormat = Annotated[str, AfterValidator(_known_directives)]
# One byte in every encoding a file may have, so that records can be found before decoding.
Separator = Annotated[str, Field(pattern=r"^[\x01-\x09\x0b\x0c\x0e-\x7f]$")]
RepeatedHour = Literal["earlier", "later", "refuse"]
Mark = Annotated[str, Field(min_length=1, max_length=1)]


# First character, counted from 1, and length.
Position = tuple[Annotated[int, Field(ge=1)], Annotated[int, Field(ge=1, le=100_000)]]


def _apart(positions: dict[str, Position]) -> dict[str, Position]:
    placed = sorted((start, start + length, name) for name, (start, length) in positions.items())
    for (_, end, name), (start, _, following) in pairwise(placed):
        if start < end:
            raise ValueError(f"{name} and {following} overlap")
    return positions


class Format(Strict):
    """How a table is written; an extract and a column may override single keys."""

    kind: Kind = "delimited"
    encoding: Encoding = "utf-8"
    delimiter: Separator = ","
    quote: Separator = '"'
    has_header: bool = Field(True, description="False: the columns are those declared, in order.")
    preamble_lines: int = Field(0, ge=0, le=1_000, description="Lines before header or records.")
    last_line_end: Literal["any", "needed"] = Field(
        "any", description="needed: the source ends every line, so one without its end is cut off."
    )
    positions: Annotated[dict[str, Position], AfterValidator(_apart)] = Field(
        default_factory=dict, description="Column: first character, from 1, and length."
    )
    short_lines: Literal["refuse", "pad"] = Field(
        "refuse", description="pad: the source cuts the spaces at the end of a line."
    )
    sheet: str | None = Field(None, min_length=1, max_length=31)
    range: str | None = Field(
        None,
        pattern=r"^[A-Z]{1,3}[1-9][0-9]{0,6}:[A-Z]{1,3}([1-9][0-9]{0,6})?$",
        description="Cells with the header in the first row, A1:H500; A1:H to the last row.",
    )
    url_variable: str | None = Field(
        None,
        pattern=r"^[A-Z][A-Z0-9_]*$",
        description="Environment variable that holds the SQLAlchemy URL.",
    )
    table: str | None = Field(
        None, pattern=r"^[^.]+(\.[^.]+)?$", description="Table or view, as schema.table or table."
    )
    incremental_by: str | None = Field(
        None, description="Column by whose newest value the next fetch begins."
    )
    incremental_overlap: int = Field(
        0, ge=0, description="Fetched again: seconds of a timestamp, days of a date, or units."
    )
    maximum_bytes: int = Field(
        20_000_000_000, ge=1, description="Largest size that a packed file may unpack to."
    )
    decimal_mark: Mark = "."
    thousands_mark: Mark | None = None
    date_format: DateFormat = "%Y-%m-%d"
    timestamp_format: DateFormat = "%Y-%m-%d %H:%M:%S"
    time_zone: TimeZone | None = Field(None, description="Zone of timestamps without an offset.")
    repeated_hour: RepeatedHour = Field(
        "earlier", description="Which of two instants a clock means when it was put back."
    )
    null_words: tuple[str, ...] = ("",)
    true_words: tuple[str, ...] = ("1", "true")
    false_words: tuple[str, ...] = ("0", "false")

    @model_validator(mode="after")
    def _keys_are_of_the_kind(self) -> Format:
        """Only where the kind stands beside them: a partial format may inherit its kind."""
        if "kind" in self.model_fields_set and (foreign := self.keys_foreign_to(self.kind)):
            raise ValueError(f"{', '.join(foreign)} is no key of kind {self.kind}")
        return self

    def keys_foreign_to(self, kind: Kind) -> list[str]:
        """Return the keys given here that only other kinds have."""
        others = frozenset[str]().union(*KEYS_OF_KIND.values()) - KEYS_OF_KIND[kind]
        return sorted(self.model_fields_set & others)


def format_fault(system: Format, own: Format, columns: Iterable[str]) -> str | None:
    """Return what is wrong with an extract's format, its own keys over the system's, or None."""
    merged = system.model_copy(update=own.model_dump(exclude_unset=True))
    foreign = own.keys_foreign_to(merged.kind)
    shared = system.keys_foreign_to(system.kind)
    absent = [key for key in NEEDED_KEYS.get(merged.kind, ()) if not getattr(merged, key)]
    if foreign:
        return f"has {', '.join(foreign)}, which is no key of kind {merged.kind}"
    if shared:
        return f"inherits {', '.join(shared)}, which is no key of the system's kind {system.kind}"
    if absent:
        return f"lacks {', '.join(absent)}, which kind {merged.kind} needs"
    if merged.delimiter == merged.quote or merged.decimal_mark == merged.thousands_mark:
        return "uses one mark for two purposes"
    unplaced = [name for name in columns if name not in merged.positions]
    if merged.kind == "fixed_width" and unplaced:
        near = suggestion(unplaced[0], list(merged.positions))
        return f"gives no position to {', '.join(unplaced)}.{near}"
    return None


class Column(Strict):
    """One delivered column: its type and, where it differs from the extract's, its format."""

    type: ColumnType = "text"
    optional: bool = Field(False, description="True: where a file lacks it, it is null.")
    decimals: int | None = Field(
        None, ge=0, le=10, description="Digits after the mark at most: 1,234 is no amount of two."
    )
    format: DateFormat | None = Field(None, description="strptime format of a date or timestamp.")
    null_words: tuple[str, ...] | None = Field(None, description="In place of the extract's.")
    true_words: tuple[str, ...] | None = None
    false_words: tuple[str, ...] | None = None
    time_zone: TimeZone | None = None
    repeated_hour: RepeatedHour | None = None


def short_form(value: Any) -> Any:
    """Read `name: date` as `name: {type: date}`."""
    return {"type": value} if isinstance(value, str) else value
