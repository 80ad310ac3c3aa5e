"""A draft: delivered files measured, and the contract that they suggest."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from workspace.drafting.encoding import Encoding
from workspace.drafting.records import Dialect
from workspace.drafting.tables import Heard, Table, grouped, measured
from workspace.drafting.typed_files import TypedFile
from workspace.drafting.wording import contract, format_of
from workspace.errors import TierwiseError


@dataclass(frozen=True, kw_only=True)
class Draft:
    """A system's tables and the text of their contract."""

    system: str
    tables: tuple[Table, ...]
    text: str

    @property
    def document(self) -> dict[str, Any]:
        """Return all that was measured, ready for JSON."""
        return {
            "system": self.system,
            "contract": self.text,
            "tables": [_document(table) for table in self.tables],
        }


def _document(table: Table) -> dict[str, Any]:
    return {
        "name": table.name,
        "files": [str(dialect.file) for dialect in table.dialects],
        "records": table.records,
        "records_of_another_width": table.odd,
        "format": format_of(table),
        "written": table.dialect.said,
        "key": asdict(table.key),
        "delivery": table.delivery,
        "columns": [asdict(column) for column in table.columns],
        "entity": asdict(table.entity) if table.entity else None,
        "preset": asdict(table.preset) if table.preset else None,
    }


def _of_one_encoding(tables: list[Table]) -> list[Table]:
    """Let tables of ASCII alone take the encoding of the system's other tables, if that is one."""
    encodings = [table.dialect.encoding for table in tables if table.dialect.encoding]
    others = {encoding.codec for encoding in encodings if not encoding.is_ascii}
    if len(others) != 1 or others == {"utf-8"}:
        return tables
    reason = "ASCII throughout; the encoding of the system's other files"
    taken = Encoding(codec=others.pop(), reason=reason, is_ascii=True)
    return [
        replace(table, dialects=tuple(_taking(dialect, taken) for dialect in table.dialects))
        if table.dialect.encoding and table.dialect.encoding.is_ascii
        else table
        for table in tables
    ]


def _taking(dialect: Dialect | TypedFile, taken: Encoding) -> Dialect | TypedFile:
    return replace(dialect, encoding=taken) if isinstance(dialect, Dialect) else dialect


def draft(files: Sequence[Path], *, system: str | None, heard: Heard) -> Draft:
    """Measure files and draft the contract of the system that delivers them.

    Raises TierwiseError: CONFIG_MISSING for a file that is not there, a FILE_ code for one that is
    no delimited text, JSON Lines, Parquet or workbook.
    """
    for file in files:
        if not file.is_file():
            raise TierwiseError("CONFIG_MISSING", place=str(file), cause="There is no such file.")
    tables: list[Table] = []
    for name, group in grouped(files):
        heard(f"{name}: {len(group)} file{'s' if len(group) > 1 else ''} …")
        tables += measured(name, group, heard)
    tables = _of_one_encoding(tables)
    named = system or re.sub(r"\W+", "_", files[0].resolve().parent.name.lower()).strip("_")
    named = named if re.fullmatch(r"[a-z][a-z0-9_]*", named) else "system"
    return Draft(system=named, tables=tuple(tables), text=contract(named, tables))
