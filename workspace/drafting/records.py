"""How a file's records are written: delimiter, quote, lines before the header, the header."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from workspace.drafting.encoding import Encoding, encoding_of
from workspace.drafting.typed_files import TypedFile
from workspace.errors import TierwiseError
from workspace.ingest.parsing import identifier

DELIMITERS = (",", ";", "\t", "|", "^", "~")
SAMPLE_RECORDS = 500
CHUNK = 50_000
FIELD_LIMIT = 10_000_000
# What a name of a column does not look like: a number, a date, or nothing.
NO_NAME = re.compile(r"\s*([-+]?[\d.,:/\s-]*)\s*")


@dataclass(frozen=True, kw_only=True)
class Dialect:
    """How one file is written, measured on its first records."""

    file: Path
    encoding: Encoding
    delimiter: str
    quote: str
    preamble_lines: int
    header: tuple[str, ...]
    has_header: bool

    @property
    def said(self) -> str:
        """Say how the file is encoded, for people."""
        return f"{self.encoding.codec}: {self.encoding.reason}."

    def format_keys(self) -> dict[str, Any]:
        """Return the keys of a contract's format that say how the file is written."""
        return {
            "encoding": self.encoding.codec,
            "delimiter": self.delimiter,
            "quote": self.quote,
            "has_header": self.has_header,
            "preamble_lines": self.preamble_lines,
        }

    def records(self) -> Iterator[list[str]]:
        """Yield the records after the header, blank lines left out."""
        csv.field_size_limit(FIELD_LIMIT)
        with self.file.open(encoding=self.encoding.reading, newline="", errors="replace") as lines:
            rows = csv.reader(
                islice(lines, self.preamble_lines, None),
                delimiter=self.delimiter,
                quotechar=self.quote,
            )
            for number, record in enumerate(rows):
                if record and (number or not self.has_header):
                    yield record


def dialect_of(file: Path) -> Dialect:
    """Measure how a file is written.

    Raises TierwiseError: FILE_EMPTY, FILE_ENCODING, or FILE_TYPE for what is no delimited text.
    """
    encoding = encoding_of(file)
    with file.open(encoding=encoding.reading, newline="", errors="replace") as lines:
        read = list(islice(lines, SAMPLE_RECORDS))
    sample = [line for line in read if line.strip()]
    if not sample:
        raise TierwiseError("FILE_EMPTY", place=str(file), cause="The file holds no line.")
    quote = "'" if '"' not in "".join(sample) and _quoted_by(sample, "'") else '"'
    (_, usual), delimiter = max((_evenness(sample, d, quote), d) for d in DELIMITERS)
    first = next(
        (n for n, line in enumerate(read) if len(_cut(line, delimiter, quote)) == usual), 0
    )
    records = csv.reader(read[first:], delimiter=delimiter, quotechar=quote)
    names = [name.strip() for name in next(records)]
    usual = len(names)
    is_header = len(set(names)) == len(names) and not any(NO_NAME.fullmatch(n) for n in names)
    if not is_header:
        names = [f"column_{number}" for number in range(1, usual + 1)]
    return Dialect(
        file=file,
        encoding=encoding,
        delimiter=delimiter,
        quote=quote,
        preamble_lines=first,
        header=tuple(names),
        has_header=is_header,
    )


def _cut(line: str, delimiter: str, quote: str) -> list[str]:
    return next(csv.reader([line], delimiter=delimiter, quotechar=quote), [])


def _quoted_by(lines: list[str], quote: str) -> bool:
    fields = "|".join(re.escape(delimiter) for delimiter in DELIMITERS)
    wrapped = re.compile(rf"(^|{fields}){quote}[^{quote}]*{quote}({fields}|$)")
    return sum(bool(wrapped.search(line.strip())) for line in lines) * 2 > len(lines)


def _evenness(lines: list[str], delimiter: str, quote: str) -> tuple[float, int]:
    """Return how well a delimiter cuts lines into records of one width, and that width.

    Many fields weigh more than few: decimal commas cut every line in two.
    """
    widths = Counter(len(r) for r in csv.reader(lines, delimiter=delimiter, quotechar=quote))
    width, count = max(widths.items(), key=lambda item: (item[1], item[0]))
    return round(count / sum(widths.values()) * (1 - 1 / width), 3), width


def load(
    connection: duckdb.DuckDBPyConnection, dialect: Dialect | TypedFile, table: str
) -> tuple[int, int]:
    """Append a file's records as text to a table of its columns; return records and odd ones.

    Odd records have another number of fields; they are counted and left out.
    """
    columns = ", ".join(f"{identifier(name)} varchar" for name in dialect.header)
    connection.execute(f"create table if not exists {table} ({columns})")
    wanted, count, odd = len(dialect.header), 0, 0
    records: Iterator[Sequence[str | None]] = dialect.records()
    while chunk := list(islice(records, CHUNK)):
        even = [record for record in chunk if len(record) == wanted]
        count, odd = count + len(chunk), odd + len(chunk) - len(even)
        arrays = [pa.array(values, pa.string()) for values in zip(*even, strict=True)]
        if arrays:
            connection.register("_chunk", pa.table(arrays, names=list(dialect.header)))
            connection.execute(f"insert into {table} select * from _chunk")
            connection.unregister("_chunk")
    return count, odd
