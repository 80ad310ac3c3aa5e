from __future__ import annotations

import numpy as np
import pytest

from workspace.config.file_format import Format
from workspace.errors import TierwiseError
from workspace.ingest.records import Records, read_records


def read(data: bytes | str, **dialect: str) -> Records:
    content = data.encode() if isinstance(data, str) else data
    return read_records(content, Format.model_validate(dialect), place="erp.orders (f.csv)")


def refusal(data: bytes | str, **dialect: str) -> str:
    with pytest.raises(TierwiseError) as caught:
        read(data, **dialect)
    assert caught.value.place == "erp.orders (f.csv)"
    return caught.value.code


def texts(records: Records) -> list[str]:
    return [records.raw(number) for number in range(1, records.count + 1)]


def faults(records: Records) -> list[tuple[int, str]]:
    return [(fault.record, fault.code) for fault in records.faults]


def sound(records: Records) -> tuple[bytes, list[int]]:
    text, numbers = records.parsable()
    return text, numbers.tolist()


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
    records = read(data)
    assert records.header == ("a", "b")
    assert texts(records) == expected
    assert faults(records) == []


def test_blank_lines_are_counted_and_not_records() -> None:
    records = read("a,b\n\n1,2\n\r\n3,4\n")
    assert (records.count, records.blank_count) == (2, 2)


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
    records = read(data)
    assert faults(records) == expected
    broken = {record for record, _ in expected}
    kept = [number for number in range(1, records.count + 1) if number not in broken]
    text, numbers = sound(records)
    assert numbers == kept
    assert text.decode() == "".join(f"{records.raw(number)}\n" for number in kept)


def test_faults_before_the_first_record_are_not_booked_on_it() -> None:
    assert refusal("a,b\0\n1,2 and more\n3,\0\n") == "FILE_HEADER"
    assert faults(read("\n\na,b\n1,2\n3,x\0\n")) == [(2, "ROW_NUL")]


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
    assert read(' a\u00a0,\u200bb\u200b,"c d"\n1,2,3\n').header == ("a", "b", "c d")


def test_ten_thousand_columns_are_read() -> None:
    names = [f"c{number}" for number in range(10_000)]
    assert read(",".join(names) + "\n" + "," * 9_999 + "\n").header == tuple(names)


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
    records = read(data, encoding=declared, delimiter=";")
    assert records.header == ("näme", "wert")
    assert texts(records) == lines[1:]
    assert faults(records) == []
    offsets = records.offsets(np.arange(1, records.count + 1))
    for line, offset in zip(lines[1:], offsets.tolist(), strict=True):
        assert data[offset:].startswith(line.encode(encoding))


def test_bytes_that_an_encoding_does_not_have_are_booked_and_shift_no_offset() -> None:
    data = b"a;b\n\x81\x8d;1\n\xe4;2\nx;\x9d\ny;4\n"  # 81, 8D and 9D are no cp1252
    records = read(data, encoding="cp1252", delimiter=";")
    assert faults(records) == [(1, "ROW_ENCODING"), (3, "ROW_ENCODING")]
    assert records.faults[1].detail == "Character 3 of the record is not cp1252."
    assert texts(records)[1] == "ä;2"
    starts = [data.index(line) for line in (b"\x81", b"\xe4", b"x;", b"y;")]
    assert records.offsets(np.arange(1, 5)).tolist() == starts
