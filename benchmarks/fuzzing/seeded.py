"""Defects that are planted in a known record, and the codes that must come of them."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from benchmarks.fuzzing.corpus import (
    DAY,
    ID,
    NOTE,
    UNITS,
    Dialect,
    Row,
    sound_rows,
)
from benchmarks.fuzzing.planted import Planted
from benchmarks.fuzzing.whole_files import cut_archive, cut_text, spoiled_header

# Column, what is written there, and the code that must come of it.
VALUES: tuple[tuple[str, int, str, str], ...] = (
    ("a word for a number", UNITS, "12x", "ROW_TYPE"),
    ("two decimal marks", UNITS, "1.2.3", "ROW_TYPE"),
    ("an exponent", UNITS, "1e5", "ROW_TYPE"),
    ("two signs", UNITS, "--5", "ROW_TYPE"),
    ("not a number", UNITS, "NaN", "ROW_NONFINITE"),
    ("infinity", UNITS, "-Infinity", "ROW_NONFINITE"),
    ("a negative sale", UNITS, "-5", "ROW_RANGE"),
    ("a negative sale in brackets", UNITS, "(5)", "ROW_RANGE"),
    ("a number too large for its column", UNITS, "999999999999999", "ROW_RANGE"),
    ("an absent number", UNITS, "", "ROW_NULL"),
    ("a day that is none", DAY, "2026-02-30", "ROW_TYPE"),
    ("another format of a day", DAY, "02/13/2026", "ROW_TYPE"),
    ("a day without separators", DAY, "20260105", "ROW_TYPE"),
    ("the year 26", DAY, "0026-01-05", "ROW_TYPE"),
    ("no day at all", DAY, "00000000", "ROW_TYPE"),
    ("an absent day", DAY, "", "ROW_NULL"),
    ("an absent key", ID, "", "ROW_KEY_NULL"),
    ("a blank key", ID, "   ", "ROW_KEY_NULL"),
    ("a key that Excel has rounded", ID, "4.0E+12", "ROW_ID_MANGLED"),
)


def plant(random: Random, dialect: Dialect) -> Planted:
    """Plant one defect in a sound file."""
    rows = sound_rows(random, dialect)
    kinds: list[Callable[[Random, Dialect, list[Row]], Planted]] = [_value, _value, _repeated]
    if dialect.delimiter and not dialect.is_packed:
        kinds += [_line, _line, _line, _total]
    if dialect.has_header and not dialect.is_packed:
        kinds += [spoiled_header]
    if dialect.name in {"fixed", "json"}:
        kinds += [_broken_line]
    kinds += [cut_archive] if dialect.is_packed else [cut_text]
    return random.choice(kinds)(random, dialect, rows)


def _value(random: Random, dialect: Dialect, rows: list[Row]) -> Planted:
    defect, column, value, code = random.choice(VALUES)
    at = random.randrange(len(rows))
    kept = [row for number, row in enumerate(rows) if number != at]
    spoiled = [list(row) for row in rows]
    spoiled[at][column] = value
    return Planted(
        dialect=dialect,
        defect=defect,
        data=dialect.write(spoiled),
        kept=kept,
        records=frozenset({at + 1}),
        row_codes=frozenset({code}),
    )


def _repeated(random: Random, dialect: Dialect, rows: list[Row]) -> Planted:
    """Two records of one key that contradict each other: both are set aside."""
    first, second = random.sample(range(len(rows)), 2)
    spoiled = [list(row) for row in rows]
    spoiled[second][ID] = spoiled[first][ID]
    spoiled[second][NOTE], spoiled[first][NOTE] = "one", "other"
    return Planted(
        dialect=dialect,
        defect="one key, two contents",
        data=dialect.write(spoiled),
        kept=[row for number, row in enumerate(rows) if number not in {first, second}],
        records=frozenset({first + 1, second + 1}),
        row_codes=frozenset({"ROW_KEY_DUP"}),
    )


def _line(random: Random, dialect: Dialect, rows: list[Row]) -> Planted:
    """Spoil the text of one record of delimited text."""
    at = random.randrange(len(rows))
    mark = dialect.delimiter
    plain = [*rows[at][:NOTE], "n"]
    text = mark.join(plain)
    spoiled: dict[str, tuple[bytes, str]] = {
        "a field too few": (mark.join(plain[1:]).encode(dialect.codec), "ROW_ARITY"),
        "a field too many": ((text + mark + "9").encode(dialect.codec), "ROW_ARITY"),
        "a NUL": (text.replace("C1", "C\0").encode(dialect.codec), "ROW_NUL"),
        "a quote within a field": (text.replace("C1", 'C"1').encode(dialect.codec), "ROW_QUOTE"),
        "a quote that opens and never closes": (
            text.replace("C1", '"C1').encode(dialect.codec),
            "ROW_QUOTE",
        ),
        "a text after a closed quote": (
            text.replace("C1", '"C1"x').encode(dialect.codec),
            "ROW_QUOTE",
        ),
    }
    if dialect.codec == "utf-8":
        spoiled["a byte that is no UTF-8"] = (text.encode() + b"\xe9", "ROW_ENCODING")
        spoiled["half a character"] = (text.encode() + b"\xe2\x82", "ROW_ENCODING")
    if dialect.codec == "cp1252":
        spoiled["a byte that cp1252 lacks"] = (text.encode() + b"\x81", "ROW_ENCODING")
    defect = random.choice(sorted(spoiled))
    line, code = spoiled[defect]
    return Planted(
        dialect=dialect,
        defect=defect,
        data=_with_line(dialect, rows, at, line),
        kept=[row for number, row in enumerate(rows) if number != at],
        records=frozenset({at + 1}),
        row_codes=frozenset({code}),
    )


def _with_line(dialect: Dialect, rows: list[Row], at: int, line: bytes | None) -> bytes:
    """Return the file whose record at a place is these bytes; `line` None leaves it out."""
    before, after = (
        dialect.write(rows[:at]),
        dialect.write(rows)[len(dialect.write(rows[: at + 1])) :],
    )
    end = "\r\n" if dialect.codec != "utf-8" else "\n"
    return before + (line + end.encode(dialect.codec) if line is not None else b"") + after


def _total(random: Random, dialect: Dialect, rows: list[Row]) -> Planted:
    """Insert a line of totals."""
    at = random.randrange(len(rows) + 1)
    word = random.choice(["TOTAL", "Summe", "Grand total", "Total:"])
    line = dialect.delimiter.join([word, "", "", "", "12", ""])
    end = "\r\n" if dialect.codec != "utf-8" else "\n"
    head, whole = dialect.write(rows[:at]), dialect.write(rows)
    data = head + (line + end).encode(dialect.codec) + whole[len(head) :]
    return Planted(
        dialect=dialect,
        defect="a line of totals",
        data=data,
        kept=rows,
        records=frozenset({at + 1}),
        row_codes=frozenset({"ROW_TOTAL_LINE"}),
    )


def _broken_line(random: Random, dialect: Dialect, rows: list[Row]) -> Planted:
    """Spoil a line of JSON or of fixed width."""
    at = random.randrange(len(rows))
    lines = dialect.write(rows).splitlines(keepends=True)
    if dialect.name == "json":
        defect, line, code = random.choice(
            [
                ("an open bracket", b'{"id": "K1"\n', "ROW_JSON"),
                ("a list", b'["K1"]\n', "ROW_JSON"),
                ("one key twice", b'{"id": "K1", "id": "K2"}\n', "ROW_JSON"),
                ("a bare NaN", lines[at].replace(b'"C1"', b"NaN"), "ROW_NONFINITE"),
                ("a byte that is no UTF-8", lines[at].replace(b"C1", b"C\xff"), "ROW_ENCODING"),
            ]
        )
    else:
        defect, line, code = random.choice(
            [
                ("a line too short", lines[at][:30].rstrip() + b"\n", "ROW_ARITY"),
                ("a line too long", lines[at][:-1] + b"xyz\n", "ROW_ARITY"),
                ("a NUL", lines[at].replace(b"C1", b"C\0"), "ROW_NUL"),
            ]
        )
    lines[at] = line
    return Planted(
        dialect=dialect,
        defect=defect,
        data=b"".join(lines),
        kept=[row for number, row in enumerate(rows) if number != at],
        records=frozenset({at + 1}),
        row_codes=frozenset({code}),
    )
