"""Byte offset and text of the records whose fault only the whole night could show."""

from __future__ import annotations

import tempfile
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from workspace.folder import Workspace
from workspace.ingest.formats.content import Positions
from workspace.ingest.formats.registry import module_of
from workspace.ingest.parsing import literal
from workspace.ingest.parts.part import Part, read_part
from workspace.ingest.unpacking import unpack

PLACES = pa.schema(
    {"record_number": pa.int64(), "byte_offset": pa.int64(), "raw_text": pa.string()}
)


def complete_places(connection: duckdb.DuckDBPyConnection, workspace: Workspace) -> None:
    """Fill byte_offset and raw_text of control.row_faults where they are not known yet.

    A place once looked up is kept beside the part: an orphan is one every night.
    """
    wanting = connection.execute(
        """
        select f.system, f.extract, f.file_sha256, p.folder, list(distinct f.record_number)
        from control.row_faults as f
        join control.parts as p using (system, extract, file_sha256)
        where f.raw_text is null
        group by all order by all
        """
    ).fetchall()
    for system, extract, sha256, folder, records in wanting:
        part = read_part(Path(folder))
        if part is None:
            continue
        places = _places(
            workspace, system, extract, part, np.sort(np.array(records, dtype=np.int64))
        )
        connection.execute(
            f"""
            update control.row_faults as f
            set byte_offset = p.byte_offset, raw_text = p.raw_text
            from read_parquet({literal(str(places))}) as p
            where f.system = {literal(system)} and f.extract = {literal(extract)}
                and f.file_sha256 = {literal(sha256)} and f.record_number = p.record_number
                and f.raw_text is null
            """
        )


def _places(
    workspace: Workspace, system: str, extract: str, part: Part, records: Positions
) -> Path:
    """Return the file of the part's known places, with those of some records among them."""
    file = part.folder / "places.parquet"
    known = pq.read_table(file) if file.exists() else PLACES.empty_table()
    unknown = np.setdiff1d(records, np.asarray(known["record_number"], dtype=np.int64))
    if not len(unknown):
        return file
    dialect = workspace.sources[system].value.format_of(extract)
    stored = workspace.archive / part.sha256[:2] / part.sha256
    declared, place = workspace.sources[system].value.extracts[extract], f"{system}.{extract}"
    with tempfile.TemporaryDirectory() as folder:
        unpacked = unpack(stored, declared, dialect, scratch=Path(folder), place=place)
        found = module_of(dialect).find_places(
            unpacked, dialect, part.marks, unknown, scratch=Path(folder), place=place
        )
    added = pa.table(
        {
            "record_number": unknown,
            "byte_offset": pa.array([one.byte_offset for one in found], pa.int64()),
            "raw_text": pa.array([one.raw_text for one in found], pa.string()),
        }
    )
    partial = part.folder / "places.partial"
    pq.write_table(pa.concat_tables([known, added.cast(PLACES)]), partial)
    partial.replace(file)
    return file
