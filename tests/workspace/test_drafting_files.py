from __future__ import annotations

from pathlib import Path

import pytest

from workspace.drafting.draft import draft
from workspace.drafting.encoding import encoding_of
from workspace.drafting.records import dialect_of
from workspace.errors import TierwiseError


@pytest.mark.parametrize(
    ("content", "codec"),
    [
        (b"name\nplain\n", "utf-8"),
        ("name\nMüller\n".encode(), "utf-8"),
        ("name\nMüller\n".encode("utf-8-sig"), "utf-8"),
        ("name\nMüller\n".encode("utf-16"), "utf-16"),
        ("name\nMüller & Söhne Großhandel\n".encode("cp1252"), "cp1252"),
        (("name\n" + "\u0420\u043e\u043c\u0430\u0448\u043a\u0430 " * 9).encode("cp1251"), "cp1251"),
    ],
)
def test_an_encoding_is_confirmed_by_decoding_the_whole_file(
    tmp_path: Path, content: bytes, codec: str
) -> None:
    file = tmp_path / "names.csv"
    file.write_bytes(content)
    found = encoding_of(file)
    assert found.codec == codec
    file.read_bytes().decode(found.reading)


def test_what_is_no_delimited_text_is_refused(tmp_path: Path) -> None:
    for content, code in ((b"%PDF-1.7\0\0\0\0\0\0", "FILE_TYPE"), (b"", "FILE_EMPTY")):
        (tmp_path / "table.csv").write_bytes(content)
        with pytest.raises(TierwiseError, match=code):
            draft([tmp_path / "table.csv"], system=None, heard=lambda _: None)
    with pytest.raises(TierwiseError, match="CONFIG_MISSING"):
        draft([tmp_path / "none.csv"], system=None, heard=lambda _: None)


def test_lines_before_the_header_and_a_missing_header_are_seen(tmp_path: Path) -> None:
    file = tmp_path / "report.csv"
    file.write_text("Stock report\n\nid,name,place\n1,Bolt,A\n2,Nut,B\n")
    found = dialect_of(file)
    assert (found.preamble_lines, found.header) == (2, ("id", "name", "place"))
    file.write_text("1,Bolt,2026-01-01\n2,Nut,2026-01-02\n")
    found = dialect_of(file)
    assert (found.has_header, found.header[0]) == (False, "column_1")


def test_decimal_commas_are_no_delimiter(tmp_path: Path) -> None:
    file = tmp_path / "prices.csv"
    file.write_text("id;price\n1;10,50\n2;11,25\n3;9,75\n")
    assert dialect_of(file).delimiter == ";"
