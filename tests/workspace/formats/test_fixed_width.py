from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.workspace.formats.delivered_formats import Delivery, codes_of, extract_of, rows_of
from workspace.config.file_format import Format
from workspace.errors import TierwiseError
from workspace.ingest.formats import fixed_width

COLUMNS = {"id": "text", "name": "text", "units": "integer"}
POSITIONS = {"id": (1, 4), "name": (5, 6), "units": (12, 3)}


def delivered(folder: Path, text: str | bytes, **keys: Any) -> Delivery:
    keys = {"kind": "fixed_width", "positions": POSITIONS, **keys}
    encoding = keys.get("encoding", "utf-8")
    data = text.encode(encoding) if isinstance(text, str) else text
    extract = extract_of(COLUMNS)
    return Delivery(fixed_width, folder, data, extract, Format.model_validate(keys))


@pytest.mark.parametrize("encoding", ["utf-8", "cp1252", "utf-16", "cp273", "shift_jis"])
def test_fields_are_cut_by_characters_in_the_declared_encoding(
    tmp_path: Path, encoding: str
) -> None:
    name = "ソ表" if encoding == "shift_jis" else "Müßel"
    text = f"0001{name:6}| 12\n0002Ada   |  7\n"
    rows = delivered(tmp_path, text, encoding=encoding).rows()
    assert rows == [("0001", name, " 12"), ("0002", "Ada", "  7")]


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_any_line_end_ends_a_record(tmp_path: Path, line_end: str) -> None:
    text = line_end.join(["0001Ada   |  1", "0002Bob   |  2", ""])
    assert delivered(tmp_path, text).rows() == [("0001", "Ada", "  1"), ("0002", "Bob", "  2")]


def test_lines_of_a_preamble_are_passed_over(tmp_path: Path) -> None:
    content = delivered(tmp_path, "REPORT\n\n0001Ada   |  1\n", preamble_lines=2).open()
    assert (rows_of(content), content.blank_count) == ([("0001", "Ada", "  1")], 0)


def test_a_short_line_may_have_lost_digits_and_stands_as_nulls(tmp_path: Path) -> None:
    content = delivered(tmp_path, "0001Ada   | 12\n0002Bob   | 1\n0003Eve   | 13\n").open()
    assert codes_of(content) == [(2, "ROW_ARITY")]
    assert rows_of(content) == [("0001", "Ada", " 12"), (None,) * 3, ("0003", "Eve", " 13")]


def test_a_short_line_is_padded_where_the_contract_says_so(tmp_path: Path) -> None:
    content = delivered(tmp_path, "0001Ada\n0002\n0003Eve   | 13\n", short_lines="pad").open()
    assert content.faults == ()
    assert rows_of(content) == [("0001", "Ada", ""), ("0002", "", ""), ("0003", "Eve", " 13")]


def test_spaces_behind_the_last_field_are_nothing_and_text_there_is_a_fault(tmp_path: Path) -> None:
    content = delivered(tmp_path, "0001Ada   | 12    \n0002Bob   | 123\n").open()
    assert codes_of(content) == [(2, "ROW_ARITY")]


def test_a_broken_byte_and_a_nul_set_only_their_record_aside(tmp_path: Path) -> None:
    text = b"0001Ada   |  1\n0002B\xfcb   |  2\n0003E\0e   |  3\n0004Ida   |  4\n"
    content = delivered(tmp_path, text).open()
    assert codes_of(content) == [(2, "ROW_ENCODING"), (3, "ROW_NUL")]
    assert rows_of(content)[3] == ("0004", "Ida", "  4")


def test_each_record_is_found_again_in_delivered_bytes(tmp_path: Path) -> None:
    lines = [f"{number:04d}Müller|{number % 999:3d}" for number in range(1, 9_001)]
    text = "Kopf\r\n" + "\r\n".join(lines)
    delivery = delivered(tmp_path, text, encoding="utf-16", preamble_lines=1)
    (place,) = delivery.places(8_500)
    assert place.raw_text == lines[8_499]
    assert place.byte_offset == 2 + 2 * text.index(lines[8_499])


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "FILE_EMPTY"),
        ("0001Ada   | 12\n0002Bo", "FILE_TRUNCATED"),
        ("id;name;units\n1;Ada;3\n", "FILE_DIALECT"),
    ],
)
def test_a_file_of_something_else_is_refused_whole(tmp_path: Path, text: str, code: str) -> None:
    with pytest.raises(TierwiseError, match=code):
        delivered(tmp_path, text).open()
