from __future__ import annotations

import gzip
import io
import stat
import struct
import tracemalloc
import zipfile
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from tests.workspace.formats.delivered_formats import extract_of
from workspace.config.file_format import Format
from workspace.errors import TierwiseError
from workspace.ingest.unpacking import unpack

TEXT = "".join(f"{number};Name {number * 7919 % 1000};{number / 8}\n" for number in range(50_000))
DATA = TEXT.encode()
# Without the second in which it is made: bytes are part of the names of tests.
packed = partial(gzip.compress, mtime=0)
PACKED = packed(DATA)


def unpacked(folder: Path, data: bytes, path: str = "erp/table_*", **keys: Any) -> bytes:
    (folder / "scratch").mkdir()
    (folder / "file").write_bytes(data)
    dialect = Format.model_validate({"kind": "delimited", **keys})
    extract = extract_of({"id": "text"}, path)
    return unpack(
        folder / "file", extract, dialect, scratch=folder / "scratch", place="x"
    ).read_bytes()


def zipped(members: dict[str, bytes], *, compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", compression) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return stream.getvalue()


def linked() -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        member = zipfile.ZipInfo("table.csv")
        member.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(member, "/etc/passwd")
    return stream.getvalue()


def encrypted() -> bytes:
    """A zip whose flags say that its member is encrypted."""
    data = bytearray(zipped({"table.csv": DATA}))
    at = data.rindex(b"PK\x01\x02")
    data[at + 8] |= 1
    data[6] |= 1
    return bytes(data)


@pytest.mark.parametrize(
    "packed",
    [
        DATA,
        PACKED,
        packed(DATA[:1_000]) + packed(DATA[1_000:]),
        PACKED + b"\0" * 3_000_000,
        zipped({"table.csv": DATA}),
        zipped({"folder/": b"", "folder/table.csv": DATA}),
        zipped({"table.csv": DATA}, compression=zipfile.ZIP_STORED),
        zipped({"table.csv": DATA}, compression=zipfile.ZIP_BZIP2),
        zipped({"table.csv": DATA}, compression=zipfile.ZIP_LZMA),
    ],
    ids=["plain", "gzip", "two members", "padded", "zip", "in a folder", "stored", "bz2", "lzma"],
)
def test_a_file_is_read_as_its_bytes_say_and_not_as_its_name_does(
    tmp_path: Path, packed: bytes
) -> None:
    assert unpacked(tmp_path, packed) == DATA


def test_an_empty_file_is_left_to_its_format(tmp_path: Path) -> None:
    assert unpacked(tmp_path, b"") == b""


def flipped(data: bytes, at: int) -> bytes:
    changed = bytearray(data)
    changed[at] ^= 1
    return bytes(changed)


ZIP = zipped({"table.csv": DATA})


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (PACKED[:-9], "FILE_TRUNCATED"),
        (PACKED[: len(PACKED) // 2], "FILE_TRUNCATED"),
        (PACKED[:-4], "FILE_TRUNCATED"),
        (PACKED[:5], "FILE_TRUNCATED"),
        (PACKED[:-8] + struct.pack("<L", 1) + PACKED[-4:], "FILE_CORRUPT"),
        (PACKED[:-4] + struct.pack("<L", 1), "FILE_CORRUPT"),
        (flipped(PACKED, len(PACKED) // 2), "FILE_CORRUPT"),
        (PACKED + b"rubbish", "FILE_CORRUPT"),
        (ZIP[: len(ZIP) // 2], "FILE_TRUNCATED"),
        (ZIP[:-30], "FILE_TRUNCATED"),
        (flipped(ZIP, len(ZIP) // 2), "FILE_CORRUPT"),
        (flipped(zipped({"t": DATA}, compression=zipfile.ZIP_STORED), 5_000), "FILE_CORRUPT"),
        (flipped(ZIP, ZIP.rindex(b"PK\x01\x02") + 16), "FILE_CORRUPT"),
        (zipped({}), "FILE_ARCHIVE"),
        (zipped({"a.csv": DATA, "b.csv": DATA}), "FILE_ARCHIVE"),
        (zipped({"a.zip": ZIP}), "FILE_ARCHIVE"),
        (zipped({"a.csv": PACKED}), "FILE_ARCHIVE"),
        (packed(PACKED), "FILE_ARCHIVE"),
        (packed(ZIP), "FILE_ARCHIVE"),
        (zipped({"/etc/passwd": DATA}), "FILE_ARCHIVE"),
        (zipped({"../table.csv": DATA}), "FILE_ARCHIVE"),
        (zipped({"a/../../table.csv": DATA}), "FILE_ARCHIVE"),
        (zipped({"C:\\table.csv": DATA}), "FILE_ARCHIVE"),
        (zipped({"..\\table.csv": DATA}), "FILE_ARCHIVE"),
        (encrypted(), "FILE_ARCHIVE"),
        (linked(), "FILE_ARCHIVE"),
        (packed(b"%PDF-1.7 ..."), "FILE_TYPE"),
        (b"%PDF-1.7 ...", "FILE_TYPE"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 ...", "FILE_TYPE"),
        (b"PAR1 ...", "FILE_TYPE"),
        (b"\xef\xbb\xbf\n<!DOCTYPE html><html>Login", "FILE_TYPE"),
        (zipped({"[Content_Types].xml": b"<x/>", "xl/workbook.xml": b"<x/>"}), "FILE_TYPE"),
    ],
)
def test_a_packed_file_that_is_not_sound_is_refused_whole(
    tmp_path: Path, data: bytes, code: str
) -> None:
    with pytest.raises(TierwiseError, match=f"{code} x"):
        unpacked(tmp_path, data)


@pytest.mark.parametrize("kind", ["parquet", "xlsx"])
def test_text_is_no_binary_file(tmp_path: Path, kind: str) -> None:
    with pytest.raises(TierwiseError, match="FILE_TYPE x: The file is of no known kind"):
        unpacked(tmp_path, DATA, kind=kind)


def test_a_zip_archive_under_an_ending_that_promises_text_is_refused(tmp_path: Path) -> None:
    with pytest.raises(TierwiseError, match=r"FILE_TYPE x: .* the contract's path says \.csv"):
        unpacked(tmp_path, ZIP, path="erp/table_*.csv")


def test_a_workbook_that_breaks_off_is_truncated(tmp_path: Path) -> None:
    book = zipped({"[Content_Types].xml": b"<x/>", "xl/workbook.xml": DATA})
    with pytest.raises(TierwiseError, match="FILE_TRUNCATED"):
        unpacked(tmp_path, book[:-100], kind="xlsx")


@pytest.mark.parametrize("pack", [packed, lambda data: zipped({"t": data})])
def test_a_bomb_is_stopped_within_bounded_memory_and_disk(tmp_path: Path, pack: Any) -> None:
    bomb = pack(bytes(200_000_000))
    tracemalloc.start()
    with pytest.raises(TierwiseError, match="FILE_BOMB"):
        unpacked(tmp_path, bomb)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 20_000_000
    assert sum(file.stat().st_size for file in (tmp_path / "scratch").iterdir()) == 0


def test_no_more_than_the_declared_maximum_is_unpacked(tmp_path: Path) -> None:
    with pytest.raises(TierwiseError, match="FILE_BOMB"):
        unpacked(tmp_path, PACKED, maximum_bytes=1_000_000)


def test_a_small_file_of_equal_lines_is_no_bomb(tmp_path: Path) -> None:
    data = b"a;b;c\n" * 100_000
    assert unpacked(tmp_path, packed(data)) == data
