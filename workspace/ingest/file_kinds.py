"""What kind of file some bytes are, told by the bytes and never by a name."""

from __future__ import annotations

import zipfile
from pathlib import Path

from workspace.config.file_format import Format
from workspace.errors import TierwiseError

HEAD_BYTES = 1 << 10
GZIP, ZIP, PARQUET = "a gzip file", "a zip archive", "a Parquet file"
WORKBOOK, OLD_OFFICE = "an Excel workbook", "an old or encrypted Office file"
EMPTY_ZIP = b"PK\x05\x06"
# First bytes and what they are; text that merely begins with these letters must not match.
SIGNATURES = (
    (b"\x1f\x8b", GZIP),
    (b"PK\x03\x04", ZIP),
    (EMPTY_ZIP, ZIP),
    (b"PAR1", PARQUET),
    (b"PARE", "an encrypted Parquet file"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", OLD_OFFICE),
    (b"%PDF-", "a PDF"),
    (b"{\\rtf", "a Rich Text document"),
    (b"\x89PNG\r\n", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive"),
    (b"Rar!\x1a\x07", "a RAR archive"),
    (b"BZh91AY&SY", "a bzip2 file"),
    (b"\xfd7zXZ\x00", "an xz file"),
    (b"\x28\xb5\x2f\xfd", "a zstd file"),
    (b"SQLite format 3\x00", "an SQLite database"),
    (b"\x7fELF", "a program"),
    (b"Obj\x01", "an Avro file"),
    (b"ARROW1\x00\x00", "an Arrow file"),
)
PAGES = (b"<!doctype html", b"<html", b"<?xml")
DECLARED = {
    "delimited": "delimited text",
    "fixed_width": "text of fixed width",
    "json_lines": "JSON Lines",
    "parquet": PARQUET,
    "xlsx": WORKBOOK,
    "database": PARQUET,
}


def kind_of(file: Path) -> str | None:
    """Return what a file is in words, or None for text and all that is not known."""
    with file.open("rb") as stream:
        head = stream.read(HEAD_BYTES)
    for signature, kind in SIGNATURES:
        if head.startswith(signature):
            return WORKBOOK if kind == ZIP and _is_workbook(file) else kind
    if head[257:262] == b"ustar":
        return "a tar archive"
    if head.removeprefix(b"\xef\xbb\xbf").lstrip().lower().startswith(PAGES):
        return "a web page or XML"
    return None


def _is_workbook(file: Path) -> bool:
    try:
        with zipfile.ZipFile(file) as archive:
            return "[Content_Types].xml" in archive.namelist()
    except (zipfile.BadZipFile, OSError, ValueError):
        return False


def refuse_other_kind(file: Path, dialect: Format, place: str) -> None:
    """Raise FILE_TYPE for a file that is not of the kind that the contract declares."""
    wanted = DECLARED[dialect.kind]
    found = kind_of(file)
    if found in (PARQUET, WORKBOOK) and found == wanted:
        return
    if found is None and wanted not in (PARQUET, WORKBOOK):
        return
    if found == OLD_OFFICE and wanted == WORKBOOK:
        found = "a workbook that is encrypted, or of Excel before 2007"
    cause = f"The file is {found or 'of no known kind'}; the contract declares {wanted}."
    raise TierwiseError("FILE_TYPE", place=place, cause=cause)
