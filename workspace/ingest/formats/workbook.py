"""One sheet of an Excel workbook, cell by cell, within the declared range."""

from __future__ import annotations

import re
import warnings
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from xml.etree.ElementTree import ParseError

from workspace.config.file_format import Format
from workspace.config.strict import suggestion
from workspace.errors import TierwiseError

if TYPE_CHECKING:  # a fifth of a second, which only a workbook is worth
    from openpyxl import Workbook
    from openpyxl.worksheet._read_only import ReadOnlyWorksheet

SCAN_BYTES = 1 << 20
LONGEST_TAG = 200
LARGEST_RATIO = 100
# Sheets shrink well: what is smaller than this is no bomb, whatever its ratio.
HARMLESS_BYTES = 100_000_000
LAST_ROW = 1 << 20
RANGE = re.compile(r"([A-Z]+)([0-9]+):([A-Z]+)([0-9]+)?")
FORMULA = re.compile(rb"<(?:\w+:)?f[\s>/]")
MERGE = re.compile(rb'<(?:\w+:)?mergeCell\s[^>]*?ref="([A-Z]+[0-9]+:[A-Z]+[0-9]+)"')
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
# What openpyxl raises, by its own code, for parts that are missing or not as they should be.
DAMAGE = (
    zipfile.BadZipFile,
    zlib.error,
    ParseError,
    EOFError,
    LookupError,
    ValueError,
    TypeError,
    AttributeError,
    OverflowError,
)

Merge = tuple[str, tuple[int, int, int, int]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A row of the range: its number on the sheet, and its values, of formulas the stored ones.

    `formulas` and `uncalculated` count from 0 which of them are formulas, and have no value yet.
    """

    number: int
    values: tuple[Any, ...]
    formulas: tuple[int, ...] = ()
    uncalculated: tuple[int, ...] = ()

    @property
    def is_blank(self) -> bool:
        """Return whether nothing but spaces stands in the row."""
        return not self.formulas and all(
            value is None or (type(value) is str and not value.strip()) for value in self.values
        )


class Sheet:
    """A sheet and the range that is read of it; columns and rows count from 1, ends included."""

    def __init__(self, file: Path, dialect: Format, place: str) -> None:
        """Find the declared sheet, and read through its text once.

        Raises TierwiseError with FILE_CORRUPT, FILE_BOMB or FILE_SCHEMA_DRIFT.
        """
        assert dialect.sheet is not None
        assert dialect.range is not None
        self.file, self.name, self.place = file, dialect.sheet, place
        self._opened = ExitStack()
        left, top, right, bottom = _bounds(dialect.range)
        self.columns, self.lines = (left, right), (top, bottom)
        with _damage_of(place), ExitStack() as failed:
            failed.push(self._opened)
            with zipfile.ZipFile(file) as archive:
                _refuse_bomb(file, archive, dialect, place)
            self._values = self._open(data_only=True)
            self.has_formulas, self._merges = _scan(file, self._worksheet(self._values))
            failed.pop_all()

    @property
    def width(self) -> int:
        """Return how many columns the range has."""
        left, right = self.columns
        return right - left + 1

    def merged(self, row: int) -> str:
        """Return the merged cells of the range that touch a row, or nothing."""
        first, last = self.columns
        return ", ".join(
            text
            for text, (left, top, right, bottom) in self._merges
            if top <= row <= bottom and left <= last and right >= first
        )

    def rows(self) -> Iterator[Row]:
        """Yield the rows of the range."""
        first = self.lines[0]
        with _damage_of(self.place):
            if not self.has_formulas:
                for number, values in enumerate(self._cells(self._values, plain=True), first):
                    yield Row(number=number, values=values)
                return
            stored = self._cells(self._values, plain=False)
            written = self._cells(self._open(data_only=False), plain=False)
            for number, (cells, same) in enumerate(zip(stored, written, strict=True), first):
                yield _row(number, cells, same)

    def __enter__(self) -> Sheet:
        """Return the sheet."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close what was opened of the workbook."""
        self._opened.close()

    def _open(self, *, data_only: bool) -> Workbook:
        from openpyxl import load_workbook

        # Of a path openpyxl would judge the ending; the archive's names have none.
        stream = self._opened.enter_context(self.file.open("rb"))
        try:
            book = load_workbook(stream, read_only=True, data_only=data_only, keep_links=False)
        except OSError as error:  # openpyxl's word for parts that are not those of a workbook
            raise ValueError(str(error)) from error
        self._opened.callback(book.close)
        return book

    def _cells(self, book: Workbook, *, plain: bool) -> Iterator[tuple[Any, ...]]:
        sheet = self._worksheet(book)
        sheet.reset_dimensions()  # the size that some programs state is wrong
        (left, right), (top, bottom) = self.columns, self.lines
        cells: Iterator[tuple[Any, ...]] = sheet.iter_rows(
            min_row=top, max_row=bottom, min_col=left, max_col=right, values_only=plain
        )
        return cells

    def _worksheet(self, book: Workbook) -> ReadOnlyWorksheet:
        sheet = book[self.name] if self.name in book.sheetnames else None
        if not hasattr(sheet, "reset_dimensions"):  # a sheet that is a chart has no cells
            near = suggestion(self.name, book.sheetnames)
            cause = f"The workbook has no sheet of cells named `{self.name}`.{near}"
            raise TierwiseError("FILE_SCHEMA_DRIFT", place=self.place, cause=cause)
        return sheet


def _bounds(text: str) -> tuple[int, int, int, int]:
    """Return first column, first row, last column and last row of a range."""
    matched = RANGE.fullmatch(text)
    assert matched is not None
    left, top, right, bottom = matched.groups()
    return _column(left), int(top), _column(right), int(bottom or LAST_ROW)


def _column(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * len(LETTERS) + LETTERS.index(letter) + 1
    return number


def _row(number: int, cells: tuple[Any, ...], same: tuple[Any, ...]) -> Row:
    """Join stored values with what calculates them; a result of text may well be empty."""
    formulas = tuple(index for index, cell in enumerate(same) if cell.data_type == "f")
    return Row(
        number=number,
        values=tuple(cell.value for cell in cells),
        formulas=formulas,
        uncalculated=tuple(
            index
            for index in formulas
            if cells[index].value is None and cells[index].data_type == "n"
        ),
    )


def _scan(file: Path, sheet: ReadOnlyWorksheet) -> tuple[bool, list[Merge]]:
    """Tell whether a sheet has formulas, and which cells are merged, on its XML.

    openpyxl's stream tells neither. Reading to the end compares the checksum, too.
    """
    has_formulas, merges, tail = False, set[str](), b""
    part: str = sheet._worksheet_path  # no other name leads from a sheet to its part
    with zipfile.ZipFile(file) as archive, archive.open(part.lstrip("/")) as stream:
        while piece := stream.read(SCAN_BYTES):
            text = tail + piece
            has_formulas = has_formulas or FORMULA.search(text) is not None
            if b"mergeCell" in text:
                merges.update(found.decode() for found in MERGE.findall(text))
            tail = text[-LONGEST_TAG:]
    return has_formulas, [(text, _bounds(text)) for text in sorted(merges)]


def _refuse_bomb(file: Path, archive: zipfile.ZipFile, dialect: Format, place: str) -> None:
    packed, size = file.stat().st_size, sum(part.file_size for part in archive.infolist())
    limit = min(dialect.maximum_bytes, max(HARMLESS_BYTES, LARGEST_RATIO * packed))
    if size > limit:
        cause = f"{packed:,} bytes of the workbook unpack to {size:,}; {limit:,} are the limit."
        raise TierwiseError("FILE_BOMB", place=place, cause=cause)


@contextmanager
def _damage_of(place: str) -> Iterator[None]:
    """Say of a workbook that cannot be read that it is damaged."""
    try:
        yield
    except DAMAGE as error:
        cause = f"The workbook cannot be read: {type(error).__name__}: {str(error)[:200]}."
        raise TierwiseError("FILE_CORRUPT", place=place, cause=cause) from error


@contextmanager
def unwarned() -> Iterator[None]:
    """Keep openpyxl's remarks on styles and extensions, which hold no data, from the log."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", module="openpyxl")
        yield
