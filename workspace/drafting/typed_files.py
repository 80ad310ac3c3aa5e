"""Parquet, workbooks and JSON Lines: read as the night reads them, every column as text."""

from __future__ import annotations

import tempfile
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import ParseError

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from workspace.config.file_format import Column, Format
from workspace.config.source_file import Extract
from workspace.errors import TierwiseError
from workspace.ingest.file_kinds import PARQUET, WORKBOOK, kind_of
from workspace.ingest.formats.content import Content
from workspace.ingest.formats.json_values import FaultyLineError, object_of
from workspace.ingest.formats.registry import module_of
from workspace.ingest.formats.workbook import unwarned
from workspace.ingest.parsing import identifier

CHUNK = 50_000
TITLE_ROWS = 50
WORDS = {"true_words": ("true",), "false_words": ("false",)}
NAMES = {"parquet": "Parquet", "json_lines": "JSON Lines", "xlsx": "An Excel workbook"}


@dataclass(frozen=True, kw_only=True)
class TypedFile:
    """A file that states its columns; `form` is the format that a contract must give."""

    file: Path
    header: tuple[str, ...]
    form: Format
    others: tuple[str, ...] = ()
    instants: tuple[str, ...] = ()
    encoding: None = None
    has_header: bool = True

    @property
    def said(self) -> str:
        """Say what the file is, for people."""
        if self.others:
            return f"{NAMES[self.form.kind]}; its other sheets: {', '.join(self.others)}."
        return f"{NAMES[self.form.kind]}."

    def format_keys(self) -> dict[str, Any]:
        """Return the keys that a contract's format needs for such a file."""
        keys = {"kind": self.form.kind, "sheet": self.form.sheet, "range": self.form.range}
        return {key: value for key, value in keys.items() if value is not None}

    def records(self) -> Iterator[list[str | None]]:
        """Yield the records as text; a broken one is empty."""
        listed = ", ".join(self._text(name) for name in self.header)
        with tempfile.TemporaryDirectory() as scratch, duckdb.connect() as connection:
            content = _opened(self.file, self.header, self.form, Path(scratch))
            found = connection.execute(f"select {listed} from {content.relation}")
            while chunk := found.fetchmany(CHUNK):
                yield from (list(row) for row in chunk)

    def _text(self, name: str) -> str:
        """Return SQL for a column's text; of an instant without fractions, as some have none."""
        text = f"cast({identifier(name)} as varchar)"
        if name not in self.instants:
            return text
        return f"strftime(try_cast({text} as timestamp), '%Y-%m-%d %H:%M:%S')"


def typed_file(file: Path) -> TypedFile | None:
    """Return a file that states its columns; None for text of any other kind.

    Raises TierwiseError with the FILE_ code that the file would have on the night.
    """
    kind = kind_of(file)
    others: tuple[str, ...] = ()
    if kind == WORKBOOK:
        form, others = _filled_sheet(file)
    elif kind == PARQUET:
        form = Format(kind="parquet", **WORDS)
    elif _is_json(file):
        form = Format(kind="json_lines", **WORDS)
    else:
        return None
    with tempfile.TemporaryDirectory() as scratch:
        header = _opened(file, ("-",), form, Path(scratch)).header
    instants: list[str] = []
    if kind == PARQUET:  # its schema has been read without a fault
        instants = [one.name for one in pq.read_schema(file) if pa.types.is_timestamp(one.type)]
    return TypedFile(file=file, header=header, form=form, others=others, instants=tuple(instants))


def _opened(file: Path, names: tuple[str, ...], form: Format, scratch: Path) -> Content:
    columns = {name: Column(optional=True) for name in names}
    extract = Extract.model_construct(
        path=file.name, description="", key=(), columns=columns, may_be_empty=True
    )
    return module_of(form).open_content(file, extract, form, scratch=scratch, place=str(file))


def _is_json(file: Path) -> bool:
    """Tell whether the first line that holds anything is a JSON object."""
    with file.open("rb") as lines:
        first = next((line for line in lines if line.strip()), b"")
    try:
        return bool(object_of(first.removeprefix(b"\xef\xbb\xbf")))
    except FaultyLineError:
        return False


def _filled_sheet(file: Path) -> tuple[Format, tuple[str, ...]]:
    """Return the first visible sheet that holds anything, from its header on, and other sheets.

    The header is the first of the widest rows: what stands above it is a title.
    """
    from openpyxl import load_workbook
    from openpyxl.utils import get_column_letter

    try:
        with unwarned():
            book = load_workbook(file, read_only=True, data_only=True)
            for sheet in book.worksheets:
                rows = islice(sheet.iter_rows(min_row=1, min_col=1, values_only=True), TITLE_ROWS)
                filled = [[n for n, value in enumerate(row) if value is not None] for row in rows]
                widest = max(map(len, filled), default=0)
                if sheet.sheet_state == "visible" and widest:
                    top = next(n for n, cells in enumerate(filled) if len(cells) == widest)
                    left, right = (get_column_letter(filled[top][n] + 1) for n in (0, -1))
                    cells = f"{left}{top + 1}:{right}"
                    form = Format(kind="xlsx", sheet=sheet.title, range=cells, **WORDS)
                    others = (one.title for one in book.worksheets if one.title != sheet.title)
                    return form, tuple(others)
    except (KeyError, ValueError, zipfile.BadZipFile, ParseError) as error:
        cause = f"The workbook cannot be read: {error}."
        raise TierwiseError("FILE_CORRUPT", place=str(file), cause=cause) from error
    raise TierwiseError("FILE_EMPTY", place=str(file), cause="No visible sheet holds anything.")
