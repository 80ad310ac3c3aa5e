"""Unpacking a delivered file: gzip or zip of one file, told by its bytes and not by its name.

Checksums and lengths are verified here: DuckDB reads a gzip file whose checksum is wrong.
"""

from __future__ import annotations

import stat
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path, PurePosixPath, PureWindowsPath

from workspace.config.file_format import Format
from workspace.config.source_file import Extract
from workspace.errors import TierwiseError
from workspace.ingest.file_kinds import GZIP, ZIP, kind_of, refuse_other_kind

CHUNK_BYTES = 1 << 20
LARGEST_RATIO = 100
# A small file of equal lines may well shrink a thousandfold, and harms nobody.
HARMLESS_BYTES = 1 << 20
GZIP_WINDOW = 31  # zlib reads header and trailer itself, and compares checksum and length
# Endings that promise something else than an archive.
PLAIN_ENDINGS = {".csv", ".txt", ".tsv", ".json", ".jsonl", ".ndjson", ".parquet", ".xlsx"}


def unpack(file: Path, extract: Extract, dialect: Format, *, scratch: Path, place: str) -> Path:
    """Return the file that is read: the delivered one, or what was packed in it, below scratch.

    Raises TierwiseError with FILE_TYPE, FILE_TRUNCATED, FILE_CORRUPT, FILE_ARCHIVE or FILE_BOMB.
    An empty file is returned as it is.
    """
    if not file.stat().st_size:
        return file
    kind, target = kind_of(file), scratch / "unpacked"
    if kind == GZIP:
        _write(_inflated(file, place), file, target, dialect.maximum_bytes, place)
    elif kind == ZIP and dialect.kind != "xlsx":
        _refuse_plain_ending(extract, place)
        with _opened(file, place) as archive:
            pieces = _member(archive, _only_member(archive, place), place)
            _write(pieces, file, target, dialect.maximum_bytes, place)
    else:
        target = file
        if kind == ZIP:  # a workbook that broke off is none to its first bytes
            _opened(file, place).close()
    if target is not file and kind_of(target) in {GZIP, ZIP}:
        cause = "What is packed in it is packed itself."
        raise TierwiseError("FILE_ARCHIVE", place=place, cause=cause)
    if target.stat().st_size:
        refuse_other_kind(target, dialect, place)
    return target


def _write(
    pieces: Iterator[bytes], packed: Path, target: Path, maximum_bytes: int, place: str
) -> None:
    """Write what is unpacked, and stop as soon as it is too much."""
    limit = min(maximum_bytes, max(HARMLESS_BYTES, LARGEST_RATIO * packed.stat().st_size))
    written = 0
    with target.open("wb") as stream:
        for piece in pieces:
            written += len(piece)
            if written > limit:
                stream.truncate(0)
                cause = (
                    f"{packed.stat().st_size:,} bytes unpack to more than {limit:,}: "
                    f"{LARGEST_RATIO} times as many, and {maximum_bytes:,}, are the limits."
                )
                raise TierwiseError("FILE_BOMB", place=place, cause=cause)
            stream.write(piece)


def _inflated(file: Path, place: str) -> Iterator[bytes]:
    """Yield the content of a gzip file, whose members follow each other as one text."""
    with file.open("rb") as stream:
        rest = stream.read(CHUNK_BYTES)
        while rest:
            inflater = zlib.decompressobj(GZIP_WINDOW)
            while not inflater.eof:
                try:
                    yield inflater.decompress(rest, CHUNK_BYTES)
                except zlib.error as error:
                    cause = f"The gzip file is damaged: {error}."
                    raise TierwiseError("FILE_CORRUPT", place=place, cause=cause) from error
                rest = inflater.unconsumed_tail or inflater.unused_data
                if not inflater.eof and not rest and not (rest := stream.read(CHUNK_BYTES)):
                    yield inflater.flush()
                    if not inflater.eof:
                        cause = "The gzip file breaks off before its end."
                        raise TierwiseError("FILE_TRUNCATED", place=place, cause=cause)
            rest = inflater.unused_data or stream.read(CHUNK_BYTES)
            while rest and not rest.strip(b"\0"):  # tapes and some transfers pad with zeros
                rest = stream.read(CHUNK_BYTES)


def _refuse_plain_ending(extract: Extract, place: str) -> None:
    ending = PurePosixPath(extract.path).suffix.lower()
    if ending in PLAIN_ENDINGS:
        cause = f"The file is a zip archive; the contract's path says {ending}."
        raise TierwiseError("FILE_TYPE", place=place, cause=cause)


def _opened(file: Path, place: str) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(file)
    except zipfile.BadZipFile as error:
        with file.open("rb") as stream:
            stream.seek(-min(1 << 16, file.stat().st_size), 2)
            has_end = b"PK\x05\x06" in stream.read()
        code = "FILE_CORRUPT" if has_end else "FILE_TRUNCATED"
        cause = f"The zip archive cannot be opened: {error}."
        raise TierwiseError(code, place=place, cause=cause) from error


def _only_member(archive: zipfile.ZipFile, place: str) -> zipfile.ZipInfo:
    """Return the one file of an archive; raises FILE_ARCHIVE unless it is one and harmless."""
    members = [member for member in archive.infolist() if not member.is_dir()]
    if len(members) != 1:
        names = ", ".join(member.filename for member in members[:5])[:200]
        cause = f"The zip archive holds {len(members)} files, not one: {names}."
        raise TierwiseError("FILE_ARCHIVE", place=place, cause=cause)
    (member,) = members
    name = member.orig_filename
    windows = PureWindowsPath(name)
    if name.startswith("/") or windows.drive or windows.root or ".." in windows.parts:
        cause = f"The name in the zip archive, {name[:200]!r}, leads out of its folder."
        raise TierwiseError("FILE_ARCHIVE", place=place, cause=cause)
    if member.flag_bits & 0x1:
        cause = f"{name[:200]!r} in the zip archive is encrypted."
        raise TierwiseError("FILE_ARCHIVE", place=place, cause=cause)
    if stat.S_ISLNK(member.external_attr >> 16):
        cause = f"{name[:200]!r} in the zip archive is a link."
        raise TierwiseError("FILE_ARCHIVE", place=place, cause=cause)
    return member


def _member(archive: zipfile.ZipFile, member: zipfile.ZipInfo, place: str) -> Iterator[bytes]:
    """Yield the content of a member; its checksum and its length are compared at the end."""
    count = 0
    try:
        with archive.open(member) as stream:
            while piece := stream.read(CHUNK_BYTES):
                count += len(piece)
                yield piece
    except NotImplementedError as error:
        cause = f"The zip archive is packed in a way that is not read: {error}."
        raise TierwiseError("FILE_ARCHIVE", place=place, cause=cause) from error
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError) as error:
        cause = f"The zip archive is damaged: {error}."
        raise TierwiseError("FILE_CORRUPT", place=place, cause=cause) from error
    if count != member.file_size:
        cause = f"The zip archive states {member.file_size} bytes and holds {count}."
        raise TierwiseError("FILE_CORRUPT", place=place, cause=cause)
