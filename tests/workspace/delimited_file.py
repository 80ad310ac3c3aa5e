"""A delimited file written, examined, and read by DuckDB, for one test."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import numpy as np

from workspace.config.file_format import Format
from workspace.config.source_file import Extract
from workspace.ingest.formats.content import Content, Place
from workspace.ingest.formats.delimited import find_places, open_content

PLACE = "erp.orders (f.csv)"
EXTRACT = Extract(path="f.csv", description="Any.", key=("a",), columns={"a": {"type": "text"}})


@dataclass(frozen=True, kw_only=True)
class Examined:
    """What became of a file: its content, each record's place, the rows that DuckDB reads."""

    content: Content
    places: list[Place]
    rows: list[tuple[Any, ...]]

    @property
    def texts(self) -> list[str]:
        """Return the text of every record."""
        return [place.raw_text for place in self.places]

    @property
    def offsets(self) -> list[int | None]:
        """Return the byte offset of every record."""
        return [place.byte_offset for place in self.places]

    @property
    def faults(self) -> list[tuple[int, str]]:
        """Return number and code of every fault."""
        return [(fault.record, fault.code) for fault in self.content.faults]


def examine(data: bytes | str, **dialect: str) -> Examined:
    """Examine a file of these bytes."""
    declared = Format.model_validate(dialect)
    with tempfile.TemporaryDirectory() as folder:
        file, scratch = Path(folder) / "f.csv", Path(folder) / "scratch"
        file.write_bytes(data.encode() if isinstance(data, str) else data)
        scratch.mkdir()
        content = open_content(file, EXTRACT, declared, scratch=scratch, place=PLACE)
        records = np.arange(1, content.record_count + 1)
        places = find_places(file, declared, content.marks, records, scratch=scratch, place=PLACE)
        with duckdb.connect() as connection:
            rows = connection.execute(f"select * from {content.relation}").fetchall()
    return Examined(content=content, places=places, rows=rows)
