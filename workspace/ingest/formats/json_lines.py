"""JSON Lines: one object a line, read so that no digit of a number is lost.

DuckDB and most readers turn a number into a double: 12345678901234567890 would lose digits, 1.10
its zero. Here a number stays the text it was delivered as, and a nested value is kept as JSON.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from decimal import Context, Decimal
from pathlib import Path
from typing import Any

import numpy as np

from workspace.config.file_format import Column, Format
from workspace.config.source_file import Extract
from workspace.errors import TierwiseError
from workspace.ingest.formats.content import NO_POSITIONS, Content, Fault, Place, Positions
from workspace.ingest.formats.decoding import encoding_of
from workspace.ingest.formats.lines import (
    FAULT_LIMIT,
    LONGEST_LINE_BYTES,
    Lines,
    filled,
    find_lines,
    lines_of,
    marks_of,
)
from workspace.ingest.formats.text_table import TextTable

NUMBERS = ("integer", "decimal", "rate")
# More keys than this, and they are data: products by their number, say.
LARGEST_HEADER = 2_000
LARGEST_EXPONENT = 400
EXACT = Context(prec=LONGEST_LINE_BYTES, traps=[])


class _Number(str):
    """A JSON number, in its own digits."""

    __slots__ = ()


class _Pairs(list[tuple[str, Any]]):
    """A JSON object, in its own order."""

    __slots__ = ()


class _FaultyLineError(ValueError):
    """Why a line cannot be read."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(detail)
        self.code = code


def _refuse_constant(word: str) -> None:
    raise _FaultyLineError("ROW_NONFINITE", f"{word} is no quantity, and no JSON.")


DECODER = json.JSONDecoder(
    object_pairs_hook=_Pairs,
    parse_float=_Number,
    parse_int=_Number,
    parse_constant=_refuse_constant,
)


@dataclass(kw_only=True)
class _Scan:
    """What is known of a file so far."""

    columns: dict[str, Column]
    dialect: Format
    place: str
    header: dict[str, None] = field(default_factory=dict)
    record_count: int = 0
    blank_count: int = 0
    faults: list[Fault] = field(default_factory=list)
    marks: list[Positions] = field(default_factory=list)


def open_content(
    file: Path, extract: Extract, dialect: Format, *, scratch: Path, place: str
) -> Content:
    """Find the records of a file; the header is the union of its keys, in order of appearance.

    Raises TierwiseError with FILE_EMPTY, FILE_ENCODING, FILE_DIALECT, FILE_HEADER or
    FILE_TRUNCATED.
    """
    scan = _Scan(columns=extract.columns, dialect=dialect, place=place)
    with TextTable(scratch, list(extract.columns)) as table:
        for lines in lines_of(file, encoding_of(file, "utf-8", place)):
            _examine(scan, lines, table)
        if not scan.record_count and not extract.may_be_empty:
            cause = "The file has no line of text."
            raise TierwiseError("FILE_EMPTY", place=place, cause=cause)
        header = tuple(scan.header if scan.record_count else extract.columns)
        return Content(
            header=header,
            record_count=scan.record_count,
            relation=table.relation(header),
            faults=tuple(scan.faults),
            blank_count=scan.blank_count,
            marks=np.concatenate(scan.marks) if scan.marks else NO_POSITIONS,
        )


def find_places(
    file: Path,
    dialect: Format,  # noqa: ARG001  JSON is always UTF-8
    marks: Positions,
    records: Positions,
    *,
    scratch: Path,  # noqa: ARG001  other formats unpack there
    place: str,
) -> list[Place]:
    """Return where ascending record numbers stand, and their text."""
    return find_lines(file, encoding_of(file, "utf-8", place), marks, records)


def _examine(scan: _Scan, lines: Lines, table: TextTable) -> None:
    """Read the objects of some lines; a faulty one stands in the table as nulls."""
    kept = filled(lines)
    scan.blank_count += len(lines.texts) - len(kept.texts)
    scan.marks.append(marks_of(kept, scan.record_count))
    values: dict[str, list[str | None]] = {name: [] for name in scan.columns}
    for number, text in enumerate(kept.texts, start=scan.record_count + 1):
        try:
            row = _row(_object(text), scan)
        except _FaultyLineError as error:
            scan.faults.append(Fault(record=number, code=error.code, detail=str(error)))
            row = {}
        except RecursionError:
            detail = "The values are nested too deeply."
            scan.faults.append(Fault(record=number, code="ROW_JSON", detail=detail))
            row = {}
        for name, column in values.items():
            column.append(row.get(name))
    scan.record_count += len(kept.texts)
    table.add(list(values.values()))
    _refuse_truncated(scan, kept)
    _refuse_wrong_kind(scan)


def _object(text: bytes) -> _Pairs:
    """Parse a line; raises _FaultyLineError unless it is one object that names each key once."""
    if len(text) > LONGEST_LINE_BYTES:
        raise _FaultyLineError("ROW_TOO_LONG", f"More than {LONGEST_LINE_BYTES} bytes.")
    try:
        pairs = DECODER.decode(text.decode("utf-8"))
    except UnicodeDecodeError as error:
        number = len(text[: error.start].decode("utf-8")) + 1
        detail = f"Character {number} of the record is not UTF-8."
        raise _FaultyLineError("ROW_ENCODING", detail) from error
    except json.JSONDecodeError as error:
        code = "ROW_NUL" if b"\0" in text else "ROW_JSON"
        detail = f"No JSON at character {error.colno} of the line: {error.msg}."
        raise _FaultyLineError(code, detail) from error
    if not isinstance(pairs, _Pairs):
        raise _FaultyLineError("ROW_JSON", "The line is a JSON value, but no object.")
    names = [name for name, _ in pairs]
    if len(set(names)) != len(names):
        twice = next(name for name in names if names.count(name) > 1)
        raise _FaultyLineError("ROW_JSON", f"The key {twice[:100]!r} stands twice.")
    if "" in names:
        raise _FaultyLineError("ROW_JSON", "A key is empty.")
    return pairs


def _row(pairs: _Pairs, scan: _Scan) -> dict[str, str | None]:
    """Return the text of the declared columns, and note all keys."""
    columns = scan.columns
    row = {
        name: _text(value, columns[name], scan.dialect) for name, value in pairs if name in columns
    }
    names = [name for name, _ in pairs]
    for text in (*names, *row.values()):
        if text is not None and not text.isascii() and not _is_encodable(text):
            raise _FaultyLineError("ROW_ENCODING", "Half a character stands in a text or key.")
        if text is not None and "\0" in text:
            raise _FaultyLineError("ROW_NUL", "The record holds a NUL character.")
    scan.header.update(dict.fromkeys(names))
    return row


def _is_encodable(text: str) -> bool:
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


def _text(value: Any, column: Column, dialect: Format) -> str | None:
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
        case _Pairs():
            inner = (f"{json.dumps(name, ensure_ascii=False)}:{_json(v)}" for name, v in value)
            return "{" + ",".join(inner) + "}"
        case list():
            return "[" + ",".join(_json(item) for item in value) + "]"
        case _Number():
            return str(value)
        case _:
            return json.dumps(value, ensure_ascii=False)


def _refuse_wrong_kind(scan: _Scan) -> None:
    if len(scan.header) > LARGEST_HEADER:
        cause = f"The objects have more than {LARGEST_HEADER} different keys: are they data?"
        raise TierwiseError("FILE_HEADER", place=scan.place, cause=cause)
    count = len(scan.faults)
    if count > FAULT_LIMIT or (count and count == scan.record_count):
        cause = (
            f"{count} of the first {scan.record_count} lines are broken: {scan.faults[0].detail}"
        )
        raise TierwiseError("FILE_DIALECT", place=scan.place, cause=cause)


def _refuse_truncated(scan: _Scan, kept: Lines) -> None:
    """Refuse a file whose last line is no JSON and has no line end: its transfer broke off."""
    last = scan.faults[-1] if scan.faults else None
    if kept.is_open and last and last.record == scan.record_count and last.code == "ROW_JSON":
        cause = f"Record {last.record}, the last, is incomplete: {last.detail}"
        raise TierwiseError("FILE_TRUNCATED", place=scan.place, cause=cause)
