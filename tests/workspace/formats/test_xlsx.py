from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.utils.datetime import CALENDAR_MAC_1904
from openpyxl.worksheet.worksheet import Worksheet

from tests.workspace.formats.delivered_formats import Delivery, codes_of, extract_of, rows_of
from workspace.config.file_format import Format
from workspace.errors import TierwiseError
from workspace.ingest.formats import xlsx

COLUMNS: dict[str, Any] = {"id": "text", "units": "decimal", "day": "date"}
SHEET = "Stock"


def book(fill: Callable[[Worksheet], object], **changes: tuple[str, str]) -> bytes:
    """Return a workbook whose sheet is filled; changes replace words of its XML."""
    workbook = Workbook()
    sheet = workbook.active
    sheet.title = SHEET
    fill(sheet)
    stream = io.BytesIO()
    workbook.save(stream)
    for old, new in changes.values():
        stream = io.BytesIO(changed(stream.getvalue(), old, new))
    return stream.getvalue()


def changed(data: bytes, old: str, new: str) -> bytes:
    """Return a workbook with words of its first sheet replaced, as other programs write them."""
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(target, "w") as written:
        for name in source.namelist():
            text = source.read(name)
            if name.endswith("sheet1.xml"):
                assert old.encode() in text, text
                text = text.replace(old.encode(), new.encode())
            written.writestr(name, text)
    return target.getvalue()


def rows(*values: tuple[Any, ...]) -> Callable[[Worksheet], None]:
    def fill(sheet: Worksheet) -> None:
        for row in (tuple(COLUMNS), *values):
            sheet.append(row)

    return fill


def delivered(folder: Path, data: bytes, columns: Any = None, **keys: Any) -> Delivery:
    keys = {"kind": "xlsx", "sheet": SHEET, "range": "A1:C", **keys}
    extract = extract_of(columns or COLUMNS)
    return Delivery(xlsx, folder, data, extract, Format.model_validate(keys))


def test_an_id_keeps_its_zeros_as_text_and_loses_its_fraction_as_a_number(tmp_path: Path) -> None:
    data = book(
        rows(("00123", 1, None), (123.0, 1, None), (7654321, 1, None)),
        digits=("7654321", "12345678901234567890"),
    )
    found = [row[0] for row in delivered(tmp_path, data).rows()]
    assert found == ["00123", "123", "12345678901234567890"]


def test_numbers_come_in_the_decimal_mark_and_dates_in_the_format_of_the_contract(
    tmp_path: Path,
) -> None:
    data = book(rows((1.5, 1.5, date(2026, 1, 2)), ("x", 1e-7, datetime(2026, 1, 2, 3, 4, 5))))
    keys = {"decimal_mark": ",", "date_format": "%d.%m.%Y"}
    assert delivered(tmp_path, data, **keys).rows() == [
        ("1.5", "1,5", "02.01.2026"),
        ("x", "0,0000001", "2026-01-02 03:04:05"),
    ]


@pytest.mark.parametrize("epoch", ["excel", "excel_1904"])
def test_a_date_and_its_serial_are_one_where_the_contract_says_so(
    tmp_path: Path, epoch: str
) -> None:
    def fill(sheet: Worksheet) -> None:
        if epoch == "excel_1904":
            sheet.parent.epoch = CALENDAR_MAC_1904
        rows(("x", 1, date(2026, 1, 2)))(sheet)

    serial = "46024" if epoch == "excel" else "44562"
    assert delivered(tmp_path, book(fill), date_format=epoch).rows() == [("x", "1", serial)]


def test_booleans_and_errors_come_as_text(tmp_path: Path) -> None:
    columns = {"a": "boolean", "b": "text", "c": "decimal"}
    data = book(lambda sheet: [sheet.append(r) for r in (("a", "b", "c"), (True, False, "#N/A"))])
    delivery = delivered(tmp_path, data, columns, true_words=("J",))
    assert delivery.rows() == [("J", "false", "#N/A")]


def test_a_time_of_day_is_no_date(tmp_path: Path) -> None:
    data = book(rows(("x", 1, time(1, 2, 3))))
    assert delivered(tmp_path, data).rows() == [("x", "1", "01:02:03")]


def test_a_formula_counts_as_its_stored_value_and_is_noted(tmp_path: Path) -> None:
    data = book(
        rows(("x", "=1+1", None), ("y", 5, None), ("z", '=""', None)),
        value=("<f>1+1</f><v />", "<f>1+1</f><v>2</v>"),
        text=('<c r="B4"><f>""</f><v />', '<c r="B4" t="str"><f>""</f><v />'),
    )
    content = delivered(tmp_path, data).open()
    assert rows_of(content) == [("x", "2", None), ("y", "5", None), ("z", None, None)]
    assert content.notes == ("2 cells are formulas: the values stored with them were read.",)


def test_a_formula_that_was_never_calculated_is_no_empty_cell(tmp_path: Path) -> None:
    content = delivered(tmp_path, book(rows(("x", "=1+1", None), ("y", 5, None)))).open()
    assert codes_of(content) == [(1, "ROW_TYPE")]
    assert rows_of(content) == [(None, None, None), ("y", "5", None)]


def test_only_the_declared_range_is_read(tmp_path: Path) -> None:
    def fill(sheet: Worksheet) -> None:
        sheet["A1"] = "Report of stock"
        for number, row in enumerate((tuple(COLUMNS), ("a", 1, None), ("b", 2, None)), start=3):
            for column, value in enumerate(row, start=2):
                sheet.cell(number, column, value)
        sheet["F4"] = "a remark"
        sheet["B6"] = "c"

    delivery = delivered(tmp_path, book(fill), range="B3:D5")
    assert delivery.rows() == [("a", "1", None), ("b", "2", None)]


def test_a_sheet_is_read_to_its_end_whatever_size_it_states(tmp_path: Path) -> None:
    data = book(rows(*((str(n), n, None) for n in range(50))), size=("A1:C51", "A1:C2"))
    assert len(delivered(tmp_path, data).rows()) == 50


def test_blank_rows_are_counted_and_are_no_records(tmp_path: Path) -> None:
    content = delivered(tmp_path, book(rows((), ("a", 1), ("", "  ", None), (), ("b", 2)))).open()
    assert (content.record_count, content.blank_count) == (2, 3)
    assert rows_of(content) == [("a", "1", None), ("b", "2", None)]


def test_without_a_header_the_columns_are_those_declared(tmp_path: Path) -> None:
    data = book(lambda sheet: sheet.append(("a", 1, None)))
    assert delivered(tmp_path, data, has_header=False).rows() == [("a", "1", None)]
    with pytest.raises(TierwiseError, match="FILE_HEADER"):
        delivered(tmp_path / "scratch", data, has_header=False, range="A1:B").open()


def test_a_hidden_sheet_is_read_when_it_is_named(tmp_path: Path) -> None:
    def fill(sheet: Worksheet) -> None:
        rows(("a", 1, None))(sheet)
        sheet.parent.create_sheet("Front")
        sheet.sheet_state = "veryHidden"

    assert delivered(tmp_path, book(fill)).rows() == [("a", "1", None)]


def test_a_record_of_merged_cells_and_a_line_of_totals_are_set_aside(tmp_path: Path) -> None:
    def fill(sheet: Worksheet) -> None:
        rows(("a", 1, None), (None, 2, None), ("c", 3, None), ("Total", 6, None))(sheet)
        sheet.merge_cells("A2:A3")

    columns = {"id": "text", "units": "decimal", "day": "date"}
    content = delivered(tmp_path, book(fill), columns).open()
    faults = [(fault.record, fault.code, fault.is_readable) for fault in content.faults]
    assert faults == [(1, "ROW_ARITY", False), (2, "ROW_ARITY", False)]
    blank = {"id": "text", "units": "decimal", "day": "date", "note": "text"}
    data = book(lambda sheet: [sheet.append(r) for r in (tuple(blank), ("Total", 6, None, None))])
    (tmp_path / "other").mkdir()
    content = delivered(tmp_path / "other", data, blank, range="A1:D").open()
    assert codes_of(content) == [(1, "ROW_TOTAL_LINE")]


def test_records_are_found_again_by_number(tmp_path: Path) -> None:
    data = book(rows(("a", 1, None), (), ("b", 2.5, None)))
    (place,) = delivered(tmp_path, data).places(2)
    assert (place.byte_offset, json.loads(place.raw_text)) == (
        None,
        {"row": 4, "values": ["b", "2.5", None]},
    )


def merged_header(sheet: Worksheet) -> None:
    rows(("a", 1, None))(sheet)
    sheet.merge_cells("A1:B1")


@pytest.mark.parametrize(
    ("fill", "keys", "code"),
    [
        (merged_header, {}, "FILE_HEADER"),
        (rows(), {"sheet": "Stok"}, r"FILE_SCHEMA_DRIFT .* Did you mean `Stock`"),
        (rows(), {"range": "A1:D"}, "FILE_HEADER"),
        (rows(), {"range": "A5:C"}, "FILE_EMPTY"),
        (rows(*(("x" * 100, n, None) for n in range(10))), {"maximum_bytes": 500}, "FILE_BOMB"),
    ],
)
def test_a_workbook_that_is_not_as_declared_is_refused_whole(
    tmp_path: Path, fill: Any, keys: dict[str, Any], code: str
) -> None:
    with pytest.raises(TierwiseError, match=code):
        delivered(tmp_path, book(fill), **keys).open()


@pytest.mark.parametrize("part", ["sheet1.xml", "workbook.xml"])
def test_a_workbook_with_a_damaged_or_missing_part_is_corrupt(tmp_path: Path, part: str) -> None:
    data = book(rows(("a", 1, date(2026, 1, 2))))
    for number, replacement in enumerate((b"<broken", b"<?xml version='1.0'?><other/>", None)):
        target = io.BytesIO()
        with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(target, "w") as written:
            for name in source.namelist():
                text = replacement if name.endswith(part) else source.read(name)
                if text is not None:
                    written.writestr(name, text)
        folder = tmp_path / str(number)
        folder.mkdir()
        with pytest.raises(TierwiseError, match=r"FILE_CORRUPT|FILE_SCHEMA_DRIFT|FILE_EMPTY"):
            delivered(folder, target.getvalue()).open()


def test_a_flipped_bit_in_a_sheet_is_found_by_its_checksum(tmp_path: Path) -> None:
    data = bytearray(book(rows(*((str(n), n, None) for n in range(2_000)))))
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        part = archive.getinfo("xl/worksheets/sheet1.xml")
    data[part.header_offset + 200 + part.compress_size // 2] ^= 4
    with pytest.raises(TierwiseError, match="FILE_CORRUPT"):
        delivered(tmp_path, bytes(data)).open()


def test_openpyxl_reads_what_the_tests_write(tmp_path: Path) -> None:
    file = tmp_path / "book.xlsx"
    file.write_bytes(book(rows(("a", 1, None))))
    assert load_workbook(file)[SHEET]["A2"].value == "a"
