from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.workspace.formats.delivered_formats import Delivery, codes_of, extract_of, rows_of
from workspace.config.file_format import Format
from workspace.errors import TierwiseError
from workspace.ingest.formats import json_lines
from workspace.ingest.formats.lines import LONGEST_LINE_BYTES

COLUMNS: dict[str, Any] = {"id": "text", "name": "text", "price": "decimal", "active": "boolean"}


def delivered(folder: Path, text: str | bytes, **keys: Any) -> Delivery:
    data = text.encode("utf-8", "surrogatepass") if isinstance(text, str) else text
    dialect = Format(kind="json_lines", **keys)
    return Delivery(json_lines, folder, data, extract_of(COLUMNS), dialect)


def test_a_number_keeps_every_digit(tmp_path: Path) -> None:
    text = '{"id": 12345678901234567890, "name": "A", "price": 1.10, "active": true}\n'
    assert delivered(tmp_path, text).rows() == [("12345678901234567890", "A", "1.10", "1")]


def test_an_exponent_is_written_out_in_a_number_and_kept_in_a_text(tmp_path: Path) -> None:
    text = '{"id": 1E+2, "price": 12.5e-1}\n{"id": 2, "price": 1e999999999999}\n'
    rows = delivered(tmp_path, text).rows()
    assert rows == [("1E+2", "1.25"), ("2", "1e999999999999")]


def test_numbers_and_booleans_come_in_the_marks_and_words_of_the_contract(tmp_path: Path) -> None:
    text = '{"id": 1.5, "price": 1.5, "active": false}\n{"id":"2","price":"1,5","active":"J"}\n'
    keys = {"decimal_mark": ",", "true_words": ("J",), "false_words": ("N",)}
    rows = delivered(tmp_path, text, **keys).rows()
    assert rows == [("1.5", "1,5", "N"), ("2", "1,5", "J")]


def test_a_nested_value_is_kept_as_json(tmp_path: Path) -> None:
    text = '{"id": 1, "name": {"de": "Öl", "n": [1.0, null, true, {"x": "\\n"}]}}\n'
    rows = delivered(tmp_path, text).rows()
    assert rows == [("1", '{"de":"Öl","n":[1.0,null,true,{"x":"\\n"}]}')]


def test_the_header_is_the_union_of_all_keys_and_an_absent_one_is_null(tmp_path: Path) -> None:
    content = delivered(tmp_path, '{"id": 1}\n{"more": 2, "name": null, "id": 3}\n').open()
    assert content.header == ("id", "more", "name")
    assert rows_of(content) == [("1", None, None), ("3", None, None)]


def test_a_mark_and_blank_lines_are_passed_over(tmp_path: Path) -> None:
    content = delivered(tmp_path, b'\xef\xbb\xbf\r\n{"id": 1}\r\n  \r\n{"id": 2}').open()
    assert (content.record_count, content.blank_count) == (2, 2)
    assert rows_of(content) == [("1",), ("2",)]


@pytest.mark.parametrize(
    ("line", "code"),
    [
        (b"[1, 2]", "ROW_JSON"),
        (b"7", "ROW_JSON"),
        (b'{"id": 1', "ROW_JSON"),
        (b'{"id": 007}', "ROW_JSON"),
        (b'{"id": 1} {"id": 2}', "ROW_JSON"),
        (b'{"id": 1, "id": 2}', "ROW_JSON"),
        (b'{"": 1}', "ROW_JSON"),
        (b'{"id": "a\tb"}', "ROW_JSON"),
        (b'{"id": NaN}', "ROW_NONFINITE"),
        (b'{"id": -Infinity}', "ROW_NONFINITE"),
        (b'{"id": "\xfc"}', "ROW_ENCODING"),
        (b'{"id": "\\ud800"}', "ROW_ENCODING"),
        (b'{"\\ud800": 1}', "ROW_ENCODING"),
        (b'{"id": "a\\u0000b"}', "ROW_NUL"),
        (b'{"id": "a\x00b"}', "ROW_NUL"),
        (b'{"id": ' + b"[" * 5_000 + b"]" * 5_000 + b"}", "ROW_JSON"),
        (b'{"id": ' + b"[" * 100_000 + b"]" * 100_000 + b"}", "ROW_JSON"),
    ],
)
def test_a_line_that_is_no_object_of_the_contract_stands_as_nulls(
    tmp_path: Path, line: bytes, code: str
) -> None:
    content = delivered(tmp_path, b'{"id": 1}\n' + line + b'\n{"id": 3}\n').open()
    assert codes_of(content) == [(2, code)]
    assert rows_of(content) == [("1",), (None,), ("3",)]


def test_a_line_of_megabytes_is_too_long_and_the_next_is_found(tmp_path: Path) -> None:
    long = b'{"id": "' + b"x" * (20 * LONGEST_LINE_BYTES) + b'"}'
    delivery = delivered(tmp_path, b'{"id": 1}\n' + long + b'\r\n{"id": 3}\n{"id": 4}')
    content = delivery.open()
    assert codes_of(content) == [(2, "ROW_TOO_LONG")]
    assert rows_of(content) == [("1",), (None,), ("3",), ("4",)]


def test_each_record_is_found_again_by_its_number(tmp_path: Path) -> None:
    lines = [f'{{"id": "Ä{number}"}}' for number in range(1, 10_001)]
    text = "\n\n".join(lines)
    delivery = delivered(tmp_path, text)
    for number, place in zip(
        (1, 4096, 4097, 9_999, 10_000), delivery.places(1, 4096, 4097, 9999, 10000), strict=True
    ):
        assert place.raw_text == lines[number - 1]
        assert place.byte_offset == text.encode().find(lines[number - 1].encode())


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (b"", "FILE_EMPTY"),
        (b"\n \n", "FILE_EMPTY"),
        (b'{"id": 1}\n{"id": 2, "na', "FILE_TRUNCATED"),
        (b"id;name\n1;A\n", "FILE_DIALECT"),
        (b'[\n{"id": 1},\n', "FILE_DIALECT"),
        ('{"id": 1}\n'.encode("utf-16-le"), "FILE_ENCODING"),
    ],
)
def test_a_file_of_something_else_is_refused_whole(tmp_path: Path, text: bytes, code: str) -> None:
    with pytest.raises(TierwiseError, match=code):
        delivered(tmp_path, text).open()


def test_keys_that_are_data_are_refused(tmp_path: Path) -> None:
    text = "".join(f'{{"id": 1, "product {number}": 1}}\n' for number in range(3_000))
    with pytest.raises(TierwiseError, match="FILE_HEADER"):
        delivered(tmp_path, text).open()
