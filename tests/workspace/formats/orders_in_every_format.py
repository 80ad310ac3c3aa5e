"""The orders of the small company in every format, each with the contract's format."""

from __future__ import annotations

import gzip
import io
import json
import zipfile
from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pyarrow as pa
import pyarrow.parquet as pq
from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from tests.workspace.small_company import DELIVERY

TEXT = DELIVERY["erp/orders_1.csv"]
HEADER, *LINES = (line.split(",") for line in TEXT.splitlines())
WIDTHS = (4, 4, 6, 6, 10, 8)


def fixed(lines: list[list[str]] = LINES) -> bytes:
    rows = ("".join(v.ljust(w) for v, w in zip(row, WIDTHS, strict=True)) for row in lines)
    return "".join(f"{row}\n" for row in rows).encode()


def json_lines(lines: list[list[str]] = LINES) -> bytes:
    records = (dict(zip(HEADER, row, strict=True)) for row in lines)
    return "".join(json.dumps({**r, "units": float(r["units"])}) + "\n" for r in records).encode()


def parquet(lines: list[list[str]] = LINES) -> bytes:
    stream = io.BytesIO()
    columns = dict(zip(HEADER, (list(values) for values in zip(*lines, strict=True)), strict=True))
    typed = {
        **columns,
        "day": [date.fromisoformat(day) for day in columns["day"]],
        "units": [Decimal(units) for units in columns["units"]],
    }
    pq.write_table(pa.table(typed), stream, write_page_checksum=True)
    return stream.getvalue()


def book(change: Callable[[Worksheet], object] = id) -> bytes:
    workbook = Workbook()
    sheet = workbook.active
    sheet.title = "Orders"
    sheet.append(HEADER)
    for order, line, customer, product, day, units in LINES:
        sheet.append([order, int(line), customer, product, date.fromisoformat(day), float(units)])
    change(sheet)
    stream = io.BytesIO()
    workbook.save(stream)
    return stream.getvalue()


def zipped(**members: bytes) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return stream.getvalue()


PLACES = {name: [1 + sum(WIDTHS[:n]), WIDTHS[n]] for n, name in enumerate(HEADER)}
DELIMITED = "format: {kind: delimited}"
FIXED = f"format: {{kind: fixed_width, positions: {json.dumps(PLACES)}}}"
JSON = "format: {kind: json_lines}"
PARQUET = "format: {kind: parquet}"
XLSX = 'format: {kind: xlsx, sheet: Orders, range: "A1:F"}'
SOUND: list[tuple[str, str, bytes]] = [
    ("delimited", DELIMITED, TEXT.encode()),
    ("gzip", DELIMITED, gzip.compress(TEXT.encode())),
    ("zip", DELIMITED, zipped(orders=TEXT.encode())),
    ("fixed width", FIXED, fixed()),
    ("gzip of fixed width", FIXED, gzip.compress(fixed())),
    ("JSON Lines", JSON, json_lines()),
    ("Parquet", PARQUET, parquet()),
    ("workbook", XLSX, book()),
]
