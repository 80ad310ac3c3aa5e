"""A scratch table of text: what a format writes whose records DuckDB cannot read by itself."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from workspace.ingest.parsing import identifier, literal


class TextTable:
    """Columns of text, written to a Parquet file below scratch, batch by batch."""

    def __init__(self, scratch: Path, columns: Sequence[str]) -> None:
        """Open the file; the columns are those that the contract declares."""
        self.columns = tuple(columns)
        self._file = scratch / "records.parquet"
        self._schema = pa.schema([(column, pa.string()) for column in self.columns])
        self._writer = pq.ParquetWriter(self._file, self._schema, use_dictionary=False)

    def add(self, values: Sequence[Sequence[str | None] | pa.Array]) -> None:
        """Write the values of each column, in order."""
        arrays = [pa.array(column, type=pa.string()) for column in values]
        self._writer.write_batch(pa.record_batch(arrays, schema=self._schema))

    def relation(self, header: Sequence[str]) -> str:
        """Close the file and return SQL for it; other columns of the header are null in it.

        Names that differ only in case are one to DuckDB: a declared column goes before others.
        """
        self._writer.close()
        wanted = {name.lower(): name for name in (*header, *self.columns) if name in header}
        values = ", ".join(
            identifier(name) if name in self.columns else f"null::varchar as {identifier(name)}"
            for name in wanted.values()
        )
        return f"(select {values} from read_parquet({literal(str(self._file))}))"

    def __enter__(self) -> TextTable:
        """Return the table."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close the file, whatever happened."""
        self._writer.close()
