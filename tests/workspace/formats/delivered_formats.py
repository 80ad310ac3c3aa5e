"""Files of every format for tests, and their content as rows."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb
import numpy as np

from workspace.config.file_format import Format
from workspace.config.source_file import Extract
from workspace.ingest.formats.content import Content, FormatModule, Place
from workspace.ingest.parsing import identifier


def extract_of(columns: dict[str, Any], path: str = "erp/table_*", **keys: Any) -> Extract:
    """Return an extract with these columns; the first is its key."""
    return Extract.model_validate(
        {
            "path": path,
            "description": "A table.",
            "key": [next(iter(columns))],
            "columns": columns,
            **keys,
        }
    )


class Delivery:
    """One delivered file and what a format module makes of it."""

    def __init__(
        self, module: FormatModule, folder: Path, data: bytes, extract: Extract, dialect: Format
    ) -> None:
        """Write the file."""
        self.module, self.extract, self.dialect = module, extract, dialect
        self.file = folder / "file"
        self.file.write_bytes(data)
        self.scratch = folder / "scratch"
        self.scratch.mkdir()

    def open(self) -> Content:
        """Find the records."""
        return self.module.open_content(
            self.file, self.extract, self.dialect, scratch=self.scratch, place="erp.table (file)"
        )

    def rows(self) -> list[tuple[Any, ...]]:
        """Return the rows of the relation, in order."""
        return rows_of(self.open())

    def places(self, *records: int) -> list[Place]:
        """Return where records stand."""
        content = self.open()
        return self.module.find_places(
            self.file,
            self.dialect,
            content.marks,
            np.array(records, dtype=np.int64),
            scratch=self.scratch,
            place="erp.table (file)",
        )


def rows_of(content: Content) -> list[tuple[Any, ...]]:
    """Return the rows of a content's relation."""
    with duckdb.connect() as connection:
        columns = ", ".join(identifier(name) for name in content.header)
        return connection.execute(f"select {columns} from {content.relation}").fetchall()


def codes_of(content: Content) -> list[tuple[int, str]]:
    """Return record and code of each fault."""
    return [(fault.record, fault.code) for fault in content.faults]
