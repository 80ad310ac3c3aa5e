"""Sound files of every format: the same orders, written as each contract says."""

from __future__ import annotations

import gzip
import io
import json
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from random import Random

import pyarrow as pa
import pyarrow.parquet as pq
from openpyxl import Workbook

Row = list[str]
COLUMNS = ("id", "line", "customer", "day", "units", "note")
ID, LINE, CUSTOMER, DAY, UNITS, NOTE = range(len(COLUMNS))
WIDTHS = (8, 4, 12, 12, 24, 24)
WORDS = ("bolt", "nut", "Mutter", "écrou", "Schraube", "5 mm", "a b", "x-y")
HARD_WORDS = (*WORDS, 'say "hi"', "one, two", "a; b", "two\nlines", "old\r\nlines")


@dataclass(frozen=True, kw_only=True)
class Dialect:
    """One way to deliver the orders: its contract's format, and the file of some rows."""

    name: str
    format: str
    write: Callable[[list[Row]], bytes]
    delimiter: str = ""
    codec: str = "utf-8"
    is_packed: bool = False
    is_german: bool = False
    words: tuple[str, ...] = WORDS

    @property
    def has_header(self) -> bool:
        """Whether the first line of the text names the columns."""
        return bool(self.delimiter) and "has_header: false" not in self.format


def delimited(
    rows: list[Row], delimiter: str = ",", line_end: str = "\n", *, header: bool = True
) -> str:
    """Write rows as text, quoted where a value needs it."""
    marks = {delimiter, '"', "\n", "\r"}
    lines = [
        delimiter.join(
            f'"{value.replace(chr(34), chr(34) * 2)}"' if marks & set(value) else value
            for value in row
        )
        for row in ([list(COLUMNS)] if header else []) + rows
    ]
    return "".join(line + line_end for line in lines)


def _fixed(rows: list[Row]) -> bytes:
    lines = ("".join(v.ljust(w)[:w] for v, w in zip(row, WIDTHS, strict=True)) for row in rows)
    return "".join(f"{line}\n" for line in lines).encode()


def _json(rows: list[Row]) -> bytes:
    records = (dict(zip(COLUMNS, row, strict=True)) for row in rows)
    return "".join(json.dumps(record, ensure_ascii=False) + "\n" for record in records).encode()


def _parquet(rows: list[Row]) -> bytes:
    stream = io.BytesIO()
    columns = dict(zip(COLUMNS, (list(values) for values in zip(*rows, strict=True)), strict=True))
    pq.write_table(pa.table(columns), stream, write_page_checksum=True)
    return stream.getvalue()


def _workbook(rows: list[Row]) -> bytes:
    workbook = Workbook(write_only=True)
    sheet = workbook.create_sheet("Orders")
    for row in [list(COLUMNS), *rows]:
        sheet.append(row)
    stream = io.BytesIO()
    workbook.save(stream)
    return stream.getvalue()


def _zipped(rows: list[Row]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("orders.txt", delimited(rows))
    return stream.getvalue()


_STARTS = [1 + sum(WIDTHS[:number]) for number in range(len(WIDTHS))]
_POSITIONS = ", ".join(
    f"{name}: [{start}, {width}]"
    for name, start, width in zip(COLUMNS, _STARTS, WIDTHS, strict=True)
)
_GERMAN = "delimiter: ';', decimal_mark: ',', thousands_mark: '.', date_format: '%d.%m.%Y'"
DIALECTS = (
    Dialect(
        name="comma",
        format="{kind: delimited}",
        write=lambda rows: delimited(rows).encode(),
        delimiter=",",
        words=HARD_WORDS,
    ),
    Dialect(
        name="german",
        format=f"{{kind: delimited, encoding: cp1252, {_GERMAN}}}",
        write=lambda rows: delimited(rows, ";", "\r\n").encode("cp1252"),
        delimiter=";",
        codec="cp1252",
        is_german=True,
        words=HARD_WORDS,
    ),
    Dialect(
        name="utf16",
        format='{kind: delimited, encoding: utf-16, delimiter: "\\t"}',
        write=lambda rows: delimited(rows, "\t", "\r\n").encode("utf-16"),
        delimiter="\t",
        codec="utf-16-le",
        words=HARD_WORDS,
    ),
    Dialect(
        name="bare",
        format="{kind: delimited, has_header: false, preamble_lines: 2}",
        write=lambda rows: ("Orders of a week\n\n" + delimited(rows, header=False)).encode(),
        delimiter=",",
    ),
    Dialect(
        name="gzip",
        format="{kind: delimited}",
        write=lambda rows: gzip.compress(delimited(rows).encode(), mtime=0),
        delimiter=",",
        is_packed=True,
    ),
    Dialect(name="zip", format="{kind: delimited}", write=_zipped, delimiter=",", is_packed=True),
    Dialect(
        name="fixed", format=f"{{kind: fixed_width, positions: {{{_POSITIONS}}}}}", write=_fixed
    ),
    Dialect(name="json", format="{kind: json_lines}", write=_json),
    Dialect(name="parquet", format="{kind: parquet}", write=_parquet, is_packed=True),
    Dialect(
        name="workbook",
        format="{kind: xlsx, sheet: Orders, range: 'A1:F'}",
        write=_workbook,
        is_packed=True,
    ),
)
# A workbook costs as much as five texts, and text is where files go wrong.
WEIGHTS = (8, 5, 4, 3, 2, 1, 3, 4, 2, 1)


def sound_rows(random: Random, dialect: Dialect) -> list[Row]:
    """Return a few orders, each with a key of its own, in the words of a dialect."""
    rows = []
    for number in range(random.randint(3, 24)):
        day, month = random.randint(1, 28), random.randint(1, 5)
        whole, cents = random.randint(1, 99_999), random.randint(0, 99)
        date = f"{day:02}.{month:02}.2026" if dialect.is_german else f"2026-{month:02}-{day:02}"
        units = f"{whole},{cents:02}" if dialect.is_german else f"{whole}.{cents:02}"
        note = random.choice(dialect.words) if random.random() < 0.7 else ""
        rows.append([f"K{number:05}", str(number % 9 + 1), "C1", date, units, note])
    return rows
