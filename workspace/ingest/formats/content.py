"""What every format comes to: counted records, their faults, and a query that reads them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

import numpy as np
import numpy.typing as npt

from workspace.config.file_format import Format
from workspace.config.source_file import Extract

Positions = npt.NDArray[np.int64]
NO_POSITIONS: Positions = np.empty(0, dtype=np.int64)


@dataclass(frozen=True, kw_only=True)
class Fault:
    """Why one record cannot be used; `record` counts from 1 after the header.

    `is_readable`: its values stand in the relation all the same, as a person may confirm it.
    """

    record: int
    code: str
    detail: str
    is_readable: bool = False


@dataclass(frozen=True, kw_only=True)
class Table:
    """What DuckDB reads: `relation` is SQL for a table with the columns of `header`.

    Columns are text but for those in `types`, which name their DuckDB type. `is_ascii` is said
    where no letter can be composed in two ways, or look like another.
    """

    header: tuple[str, ...]
    relation: str
    types: Mapping[str, str] = field(default_factory=dict)
    is_ascii: bool = False


@dataclass(frozen=True, kw_only=True)
class Content(Table):
    """The records of one file, counted and checked by us before DuckDB reads them.

    `relation` has one row for each record, in order: row i is record i. A faulty record stands in
    it as a row of nulls, so that every other one keeps its number.
    `marks` are byte offsets in the unpacked file, by which single records are found again.
    `natives` are given where DuckDB can read the file as it lies, at any time: its type of each
    column.
    `notes` are sentences on what a person should know of the file; the books carry them.
    """

    record_count: int
    faults: tuple[Fault, ...] = ()
    blank_count: int = 0
    marks: Positions = field(default_factory=lambda: NO_POSITIONS)
    natives: Mapping[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where a record stands in the unpacked file (null where a format has no offsets), its text."""

    byte_offset: int | None
    raw_text: str


class FormatModule(Protocol):
    """What a module of this package offers."""

    def open_content(
        self, file: Path, extract: Extract, dialect: Format, *, scratch: Path, place: str
    ) -> Content:
        """Find the records of an unpacked file, check them, and say how DuckDB reads them.

        `scratch` is an empty folder that lives until the rows are written. Raises TierwiseError
        with a FILE_ code for a file that must be refused whole.
        """

    def find_places(
        self,
        file: Path,
        dialect: Format,
        marks: Positions,
        records: Positions,
        *,
        scratch: Path,
        place: str,
    ) -> list[Place]:
        """Return where ascending record numbers stand, and their text."""
