"""Which module reads which kind of file."""

from __future__ import annotations

from workspace.config.file_format import Format
from workspace.ingest.formats import delimited, fixed_width, json_lines, parquet, xlsx
from workspace.ingest.formats.content import FormatModule

MODULES: dict[str, FormatModule] = {
    "delimited": delimited,
    "fixed_width": fixed_width,
    "json_lines": json_lines,
    "parquet": parquet,
    "xlsx": xlsx,
    "database": parquet,  # what was fetched is delivered as Parquet
}


def module_of(dialect: Format) -> FormatModule:
    """Return the module for the kind of file a contract declares."""
    return MODULES[dialect.kind]
