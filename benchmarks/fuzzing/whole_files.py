"""Defects for which a file must be refused whole: of its header, or cut off."""

from __future__ import annotations

import gzip
from random import Random

from benchmarks.fuzzing.corpus import COLUMNS, NOTE, Dialect, Row, delimited
from benchmarks.fuzzing.planted import Planted

TRUNCATED = frozenset({"FILE_TRUNCATED"})
DAMAGED = frozenset({"FILE_TRUNCATED", "FILE_CORRUPT", "FILE_ARCHIVE", "FILE_TYPE", "FILE_BOMB"})


def spoiled_header(random: Random, dialect: Dialect, rows: list[Row]) -> Planted:
    """Spoil the header; the file must be refused whole."""
    names = list(COLUMNS)
    defect = random.choice(["renamed", "repeated", "left out", "other delimiter", "emptied"])
    codes = {"FILE_SCHEMA_DRIFT", "FILE_HEADER"}
    at = random.randrange(len(names))
    if defect == "renamed":
        names[at] += "x"
    elif defect == "repeated":
        names[at] = names[at - 1]
    elif defect == "emptied":
        names[at] = " "
    mark = dialect.delimiter
    whole = dialect.write(rows)
    head = dialect.write([])
    line = (mark.join(names) + ("\r\n" if dialect.codec != "utf-8" else "\n")).encode(dialect.codec)
    bom = b"\xff\xfe" if dialect.codec.startswith("utf-16") else b""
    data = bom + line + whole[len(head) :]
    if defect == "left out":
        data = bom + whole[len(head) :]
        codes |= {"FILE_ENCODING"}
    elif defect == "other delimiter":
        other = "|"
        text = delimited(rows, other)
        data = bom + text.encode(dialect.codec)
        codes = {"FILE_DIALECT", "FILE_HEADER"}
    return Planted(
        dialect=dialect,
        defect=f"header {defect}",
        data=data,
        kept=[],
        file_codes=frozenset(codes),
    )


def cut_archive(random: Random, dialect: Dialect, rows: list[Row]) -> Planted:
    """Cut a packed file off, or pack it twice."""
    data = dialect.write(rows)
    if random.random() < 0.2 and dialect.name == "gzip":
        return Planted(
            dialect=dialect,
            defect="packed twice",
            data=gzip.compress(data),
            kept=[],
            file_codes=frozenset({"FILE_ARCHIVE"}),
        )
    end = random.randrange(4, len(data) - 1)
    return Planted(dialect=dialect, defect="cut off", data=data[:end], kept=[], file_codes=DAMAGED)


def cut_text(random: Random, dialect: Dialect, rows: list[Row]) -> Planted:
    """Cut text off within the fields of its last record."""
    data, start = dialect.write(rows), len(dialect.write(rows[:-1]))
    fields = len(dialect.delimiter.join(rows[-1][:NOTE]).encode(dialect.codec))
    length = fields if dialect.delimiter else len(data) - start - 2
    end = start + random.randint(1, length)
    return Planted(
        dialect=dialect, defect="text cut off", data=data[:end], kept=[], file_codes=TRUNCATED
    )
