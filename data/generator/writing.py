"""How systems write: numbers, dates and records as text, and the files that extracts grow by."""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import polars as pl

BROKEN_BYTE = "\ue000"  # stands for one byte that is not UTF-8 until the text becomes bytes


@dataclass(frozen=True, kw_only=True)
class Dialect:
    """How one system writes delimited text, and what it writes where a value went wrong."""

    delimiter: str
    encoding: str
    date_format: str
    decimal_mark: str
    thousands_mark: str
    bad_number: str = "n/a?"
    bad_date: str = "2025-02-30"

    def number(self, scaled: pl.Expr, digits: int) -> pl.Expr:
        """Write integers that count 10**-digits as decimal text."""
        size = scaled.abs()
        whole, rest = size // 10**digits, size % 10**digits
        text = self._grouped(whole) if self.thousands_mark else whole.cast(pl.String)
        if digits:
            text = text + pl.lit(self.decimal_mark) + rest.cast(pl.String).str.zfill(digits)
        return pl.when(scaled < 0).then(pl.lit("-") + text).otherwise(text)

    def _grouped(self, whole: pl.Expr) -> pl.Expr:
        mark = pl.lit(self.thousands_mark)
        low = (whole % 1_000).cast(pl.String).str.zfill(3)
        middle = whole // 1_000
        million = (middle // 1_000).cast(pl.String) + mark
        million = million + (middle % 1_000).cast(pl.String).str.zfill(3) + mark + low
        return (
            pl.when(whole < 1_000)
            .then(whole.cast(pl.String))
            .when(whole < 1_000_000)
            .then(middle.cast(pl.String) + mark + low)
            .otherwise(million)
        )

    def day(self, days: pl.Expr) -> pl.Expr:
        """Write day numbers as dates; null stays null."""
        return days.cast(pl.Int32).cast(pl.Date).dt.to_string(self.date_format)

    def quoted(self, field: str) -> str:
        """Write one field, in quotes where it must be."""
        if self.delimiter in field or '"' in field or "\n" in field:
            return '"' + field.replace('"', '""') + '"'
        return field

    def record(self, fields: Sequence[str]) -> str:
        """Write one record."""
        return self.delimiter.join(self.quoted(field) for field in fields)

    def records(self, frame: pl.DataFrame, free_text: Sequence[str] = ()) -> pl.Series:
        """Write the rows of a frame of text; only columns of `free_text` may need quotes."""
        fields = [
            self._quoted_column(name) if name in free_text else pl.col(name)
            for name in frame.columns
        ]
        line = pl.concat_str([f.fill_null("") for f in fields], separator=self.delimiter)
        return frame.select(line.alias("text"))["text"]

    def _quoted_column(self, name: str) -> pl.Expr:
        text = pl.col(name)
        wrapped = pl.lit('"') + text.str.replace_all('"', '""', literal=True) + pl.lit('"')
        needs = text.str.contains(self.delimiter, literal=True) | text.str.contains(
            '"', literal=True
        )
        return pl.when(needs).then(wrapped).otherwise(text)

    def encoded(self, text: str) -> bytes:
        """Return the bytes a system writes; the broken byte becomes one that is not UTF-8."""
        if BROKEN_BYTE not in text:
            return text.encode(self.encoding)
        return text.encode(self.encoding).replace(BROKEN_BYTE.encode(), b"\xff")


class Extract:
    """The files of one extract; records are appended in the order they are given.

    Records arrive as a frame of `text`, and where one is broken `kind` and `code` say how.
    """

    def __init__(self, root: Path, name: str, columns: Sequence[str], dialect: Dialect) -> None:
        """`name` is the path of the files below `root`, up to their period."""
        self.name = name
        self.columns = tuple(columns)
        self.dialect = dialect
        self.counts: dict[str, int] = {}
        self.defects: list[pl.DataFrame] = []
        self._root = root

    def append(self, period: str, records: pl.DataFrame) -> None:
        """Append records to the file of a period, which is begun with its header if it is new."""
        file = f"{self.name}_{period}.csv"
        path = self._root / file
        if file not in self.counts:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(self.dialect.encoded(self.dialect.record(self.columns) + "\n"))
            self.counts[file] = 0
        if records.is_empty():
            return
        if "code" in records.columns:
            self._note(file, records)
        text = records.select(pl.col("text").str.join("\n")).item()
        with path.open("ab") as stream:
            stream.write(self.dialect.encoded(text + "\n"))
        self.counts[file] += records.height

    def _note(self, file: str, records: pl.DataFrame) -> None:
        first = self.counts[file] + 1
        numbered = records.with_columns(
            file=pl.lit(file), record_number=pl.int_range(pl.len()) + first
        )
        broken = numbered.filter(pl.col("code").is_not_null())
        self.defects.append(broken.select("file", "record_number", "code", "kind"))


def write_csv(frame: pl.DataFrame, path: Path) -> None:
    """Write a plain UTF-8 file by way of a temporary name; leave one alone that says the same."""
    path.parent.mkdir(parents=True, exist_ok=True)
    text = frame.write_csv().encode()
    if path.is_file() and path.read_bytes() == text:
        return
    part = path.with_name(f".{path.name}.part")
    part.write_bytes(text)
    part.replace(path)


@contextmanager
def alone_in(folder: Path) -> Iterator[None]:
    """Wait until no other process generates into a folder, and keep others waiting meanwhile.

    The lock is the system's, on the folder itself: it leaves nothing behind and dies with us.
    """
    folder.mkdir(parents=True, exist_ok=True)
    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def put_in_place(staged: Mapping[Path, Path]) -> None:
    """Rename finished folders to where they are looked for; what stood there is removed."""
    for source, target in staged.items():
        old = target.with_name(f".{target.name}.old")
        if old.exists():
            shutil.rmtree(old)
        if target.exists():
            target.rename(old)
        source.rename(target)
        if old.exists():
            shutil.rmtree(old)
