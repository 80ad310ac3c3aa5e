from __future__ import annotations

import csv
import io

import pytest

from tests.workspace.delimited_file import PLACE, examine
from workspace.errors import TierwiseError
from workspace.ingest.formats import record_pieces


def refusal(data: bytes | str, **dialect: str) -> str:
    with pytest.raises(TierwiseError) as caught:
        examine(data, **dialect)
    assert caught.value.place == PLACE
    return caught.value.code


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        ("a,b\n1,2\n3,4\n", ["1,2", "3,4"]),
        ("a,b\n1,2\n3,4", ["1,2", "3,4"]),
        ("a,b\r\n1,2\r\n3,4\r\n", ["1,2", "3,4"]),
        ("a,b\r1,2\r3,4\r", ["1,2", "3,4"]),
        ("a,b\r\n1,2\n3,4\r5,6\r\n", ["1,2", "3,4", "5,6"]),
        ('a,b\n1,"x\ny"\n3,4\n', ['1,"x\ny"', "3,4"]),
        ('a,b\n1,"x\r\ny"\r\n3,4\r\n', ['1,"x\r\ny"', "3,4"]),
        ('a,b\n1,"say ""yes"", now"\n', ['1,"say ""yes"", now"']),
        ('a,b\n"",""\n', ['"",""']),
        ("a,b\n,\n", [","]),
        ("\n\na,b\n\n1,2\n\r\n\n", ["1,2"]),
        ("\ufeffa,b\n1,2\n", ["1,2"]),
        ("a,b\n", []),
    ],
)
def test_records_are_found_whatever_the_line_ends(data: str, expected: list[str]) -> None:
    file = examine(data)
    assert file.content.header == ("a", "b")
    assert file.texts == expected
    assert file.faults == []
    values = [next(csv.reader(io.StringIO(text, newline=""))) for text in expected]
    assert [[value or "" for value in row] for row in file.rows] == values


def test_blank_lines_are_counted_and_not_records() -> None:
    content = examine("a,b\n\n1,2\n\r\n3,4\n").content
    assert (content.record_count, content.blank_count) == (2, 2)


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        ("a,b\n1\n3,4\n", [(1, "ROW_ARITY")]),
        ("a,b\n1,2,3\n3,4\n", [(1, "ROW_ARITY")]),
        ("a,b\n1,x\0y\n3,4\n", [(1, "ROW_NUL")]),
        (b"a,b\n1,\xff\n3,4\n5,\xc3\xa9\n7,\xe9\n", [(1, "ROW_ENCODING"), (4, "ROW_ENCODING")]),
        ('a,b\n1,x"y\n3,4\n', [(1, "ROW_QUOTE")]),
        ('a,b\n1,"x"y\n3,4\n', [(1, "ROW_QUOTE")]),
        ('a,b\n1,2\n3,"x\n5,6\n7,8\n', [(2, "ROW_QUOTE")]),
        ('a,b\n3,"x\n5,"y z"\n7,8\n', [(1, "ROW_QUOTE")]),
        ('a,b\n3,"x\n"5","y"\n"7","8"\n', [(1, "ROW_QUOTE")]),
        ('a,b\n1,"x\n2,5" pipe\n3,"fine"\n', [(1, "ROW_QUOTE"), (2, "ROW_QUOTE")]),
        (f"a,b\n1,{'x' * 1_000_001}\n3,4\n", [(1, "ROW_TOO_LONG")]),
        ("a,b,c,d\n1,2,3,4\nTotal,,,17\n", [(2, "ROW_TOTAL_LINE")]),
        ("a,b,c\n1,2,3\nSumme: 17\n", [(2, "ROW_TOTAL_LINE")]),
        ('a,b,c,d\n"Grand Total",,,17\n1,2,3,4\n', [(1, "ROW_TOTAL_LINE")]),
        (
            "a,b,c\nTotal Energies,Paris,FR\n1,total,\nTotally,,\nsub-total,,\n",
            [(4, "ROW_TOTAL_LINE")],
        ),
    ],
)
def test_a_broken_record_is_named_and_its_neighbours_are_not(
    data: bytes | str, expected: list[tuple[int, str]]
) -> None:
    file = examine(data)
    assert file.faults == expected
    assert len(file.rows) == file.content.record_count
    unreadable = {fault.record for fault in file.content.faults if not fault.is_readable}
    for number, (text, row) in enumerate(zip(file.texts, file.rows, strict=True), start=1):
        if number in unreadable:
            assert set(row) == {None}
        else:
            values = next(csv.reader(io.StringIO(text, newline="")))
            assert [value or "" for value in row] == values


def test_faults_before_the_first_record_are_not_booked_on_it() -> None:
    assert refusal("a,b\0\n1,2 and more\n3,\0\n") == "FILE_HEADER"
    assert examine("\n\na,b\n1,2\n3,x\0\n").faults == [(2, "ROW_NUL")]


@pytest.mark.parametrize(
    ("data", "dialect", "code"),
    [
        (b"", {}, "FILE_EMPTY"),
        (b"\xef\xbb\xbf", {}, "FILE_EMPTY"),
        (b"\n\r\n\n", {}, "FILE_EMPTY"),
        ("a,b\n1,2\n".encode("utf-16-le"), {}, "FILE_ENCODING"),
        ("a,b\n1,2\n".encode("utf-16-le"), {"encoding": "latin-1"}, "FILE_ENCODING"),
        ("a,b\n1,2\n".encode("utf-16-be"), {"encoding": "utf-16"}, "FILE_ENCODING"),
        ("größe,b\n1,2\n".encode("cp1252"), {}, "FILE_ENCODING"),
        ("a,b\n1,2\n".encode("utf-16")[:-1], {}, "FILE_TRUNCATED"),
        (b"a,,b\n1,2,3\n", {}, "FILE_HEADER"),
        (b"a,b,a\n1,2,3\n", {}, "FILE_HEADER"),
        (b"x" * 100_001 + b"\n1\n", {}, "FILE_HEADER"),
        (b'a,b\n1,2\n3,"x', {}, "FILE_TRUNCATED"),
        (b"a,b\n1,2\n3", {}, "FILE_TRUNCATED"),
        (b"a,b\n" + b'1,5" pipe\n' * 1_001, {}, "FILE_DIALECT"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_whole(
    data: bytes, dialect: dict[str, str], code: str
) -> None:
    assert refusal(data, **dialect) == code


def test_names_in_a_header_lose_spaces_that_nobody_sees() -> None:
    assert examine(' a\u00a0,\u200bb\u200b,"c d"\n1,2,3\n').content.header == ("a", "b", "c d")


def wide(count: int) -> tuple[tuple[str, ...], str]:
    names = tuple(f"c{number}" for number in range(count))
    return names, ",".join(names) + "\n" + "," * (count - 1) + "\n"


def test_two_thousand_columns_are_read() -> None:
    names, text = wide(2_000)
    assert examine(text).content.header == names


@pytest.mark.parametrize("count", [2_001, 10_000])
def test_more_columns_are_refused(count: int) -> None:
    with pytest.raises(TierwiseError, match=rf"FILE_HEADER.*{count} columns"):
        examine(wide(count)[1])


@pytest.mark.parametrize(
    ("encoding", "declared", "mark"),
    [
        ("utf-8", "utf-8", b""),
        ("utf-8", "utf-8", b"\xef\xbb\xbf"),
        ("utf-8", "cp1252", b"\xef\xbb\xbf"),
        ("cp1252", "cp1252", b""),
        ("iso8859-15", "iso8859-15", b""),
        ("utf-16-le", "utf-16", b"\xff\xfe"),
        ("utf-16-be", "utf-8", b"\xfe\xff"),
        ("gb18030", "gb18030", b""),
    ],
)
def test_every_encoding_gives_the_same_records_at_their_own_offsets(
    encoding: str, declared: str, mark: bytes
) -> None:
    lines = ["näme;wert", "Ä;1", '"ö\nß";2', "€;3", "plain;4"]
    if encoding.startswith("utf"):
        lines[1:1] = ["😀;0"]
    data = mark + "\r\n".join([*lines, ""]).encode(encoding)
    file = examine(data, encoding=declared, delimiter=";")
    assert file.content.header == ("näme", "wert")
    assert file.texts == lines[1:]
    assert file.faults == []
    for line, offset in zip(lines[1:], file.offsets, strict=True):
        assert data[offset:].startswith(line.encode(encoding))


def test_bytes_that_an_encoding_does_not_have_are_booked_and_shift_no_offset() -> None:
    data = b"a;b\n\x81\x8d;1\n\xe4;2\nx;\x9d\ny;4\n"  # 81, 8D and 9D are no cp1252
    file = examine(data, encoding="cp1252", delimiter=";")
    assert file.faults == [(1, "ROW_ENCODING"), (3, "ROW_ENCODING")]
    assert file.content.faults[1].detail == "Character 3 of the record is not cp1252."
    assert file.texts[1] == "ä;2"
    starts = [data.index(line) for line in (b"\x81", b"\xe4", b"x;", b"y;")]
    assert file.offsets == starts


@pytest.mark.parametrize("piece_bytes", [7, 64, 1_000])
@pytest.mark.parametrize("encoding", ["utf-8", "cp1252", "utf-16"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_where_a_file_is_cut_into_pieces_changes_nothing(
    monkeypatch: pytest.MonkeyPatch, piece_bytes: int, encoding: str, line_end: str
) -> None:
    lines = ["a;b"]
    for number in range(400):
        lines += [f"{number};ä", f'{number};"x;{line_end}y"', f"{number}", '5;"open', "", "Total;"]
    data = line_end.join(lines).encode(encoding)
    whole = examine(data, encoding=encoding, delimiter=";")
    assert len(whole.faults) == 1_200
    monkeypatch.setattr(record_pieces, "PIECE_BYTES", piece_bytes)
    pieces = examine(data, encoding=encoding, delimiter=";")
    assert (pieces.faults, pieces.texts, pieces.offsets, pieces.rows) == (
        whole.faults,
        whole.texts,
        whole.offsets,
        whole.rows,
    )
