"""Spoiled files of every format: refused by a code, or each of their records accounted for."""

from __future__ import annotations

import io
import random
import zipfile
from pathlib import Path

import duckdb
import numpy as np
import pytest
import yaml

from tests.workspace.formats.delivered_formats import extract_of, rows_of
from tests.workspace.formats.orders_in_every_format import (
    FIXED,
    HEADER,
    JSON,
    PARQUET,
    SOUND,
    XLSX,
    book,
    fixed,
    json_lines,
    parquet,
)
from workspace.config.file_format import Format
from workspace.errors import TierwiseError
from workspace.ingest.formats.registry import module_of
from workspace.ingest.unpacking import unpack

SEEDS = range(25)
MANY = [[f"Ö{n}", str(n), f"C{n}", "P1", "2026-01-05", str(n)] for n in range(200)]
COLUMNS = {**dict.fromkeys(HEADER, "text"), "day": "date", "units": "decimal"}
TROUBLE = b'\0\n\r"\\{}[],:;<>&\xff\x80 '
FILES = [
    *SOUND,
    ("many lines of JSON", JSON, json_lines(MANY)),
    ("many lines of fixed width", FIXED, fixed(MANY)),
    ("many rows of Parquet", PARQUET, parquet(MANY)),
]


def mutated(data: bytes, chance: random.Random) -> bytes:
    """Return bytes with some of them turned, lost, doubled, moved, or the end cut off."""
    spoiled = bytearray(data)
    for _ in range(chance.choice((1, 1, 1, 2, 5))):
        at = chance.randrange(len(spoiled) or 1)
        piece = slice(at, at + chance.randrange(1, 40))
        match chance.randrange(6):
            case 0 if spoiled:
                spoiled[at] ^= 1 << chance.randrange(8)
            case 1:
                del spoiled[piece]
            case 2:
                spoiled[at:at] = spoiled[piece]
            case 3:
                spoiled[at : at + 1] = bytes([chance.choice(TROUBLE)])
            case 4:
                del spoiled[at:]
            case _:
                other = chance.randrange(len(spoiled) or 1)
                spoiled[piece] = spoiled[other : other + 20]
    return bytes(spoiled)


def with_a_mutated_part(workbook: bytes, chance: random.Random) -> bytes:
    """Return a workbook of sound packing with one part mutated."""
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(workbook)) as source, zipfile.ZipFile(target, "w") as written:
        spoiled = chance.choice(source.namelist())
        for name in source.namelist():
            part = source.read(name)
            written.writestr(name, mutated(part, chance) if name == spoiled else part)
    return target.getvalue()


def check(data: bytes, format_: str, folder: Path) -> None:
    """Read a file; raises TierwiseError where it is refused."""
    dialect = Format.model_validate(yaml.safe_load(format_)["format"])
    extract, module = extract_of(COLUMNS), module_of(dialect)
    file, scratch = folder / "file", folder / "scratch"
    file.write_bytes(data)
    scratch.mkdir()
    unpacked = unpack(file, extract, dialect, scratch=scratch, place="x")
    content = module.open_content(unpacked, extract, dialect, scratch=scratch, place="x")
    faulty = [fault.record for fault in content.faults]
    assert len(rows_of(content)) == content.record_count
    assert len(set(faulty)) == len(faulty)
    sought = np.array(sorted({*faulty, 1, content.record_count}), dtype=np.int64)
    sought = sought[(sought > 0) & (sought <= content.record_count)]
    places = module.find_places(
        unpacked, dialect, content.marks, sought, scratch=scratch, place="x"
    )
    assert len(places) == len(sought)


def outcome(data: bytes, format_: str, folder: Path) -> str:
    """Return the code that refuses a file, or that it was read."""
    folder.mkdir()
    try:
        check(data, format_, folder)
    except TierwiseError as error:
        return error.code
    except duckdb.Error:
        return "unreadable"
    return "FILE_READ"


@pytest.mark.parametrize("seed", SEEDS)
def test_a_spoiled_file_is_refused_or_each_record_is_accounted_for(
    seed: int, tmp_path: Path
) -> None:
    chance = random.Random(seed)
    spoiled = [(name, format_, mutated(data, chance)) for name, format_, data in FILES]
    spoiled.append(("a part", XLSX, with_a_mutated_part(book(), chance)))
    for name, format_, data in spoiled:
        found = outcome(data, format_, tmp_path / name)
        # A page of Parquet that unpacks to nonsense is seen when DuckDB reads it.
        assert found.startswith("FILE_") or format_ == PARQUET, name
