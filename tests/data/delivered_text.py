"""Delivered files read back by their contract, in plain Python, as an oracle for the generator."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

from workspace.config.file_format import Column, Format
from workspace.config.source_file import SourceFile
from workspace.config.strict import load

SOURCES = Path(__file__).parents[2] / "data" / "demo" / "sources"


def contracts() -> dict[str, SourceFile]:
    """Return the demo's contracts by system."""
    return {file.stem: load(SourceFile, file)[0] for file in sorted(SOURCES.glob("*.yml"))}


@dataclass(frozen=True, kw_only=True)
class DeliveredFile:
    """One file: its header and the bytes of its records, the first of which is number 1."""

    name: str
    extract: str
    format: Format
    columns: dict[str, Column]
    header: list[str]
    lines: list[bytes]

    def fields(self, number: int) -> list[str]:
        """Return the fields of a record."""
        return self._split(self.lines[number - 1].decode(self.format.encoding))

    def row(self, number: int) -> dict[str, str]:
        """Return the fields of a record by column."""
        return dict(zip(self.header, self.fields(number), strict=True))

    def _split(self, line: str) -> list[str]:
        reader = csv.reader([line], delimiter=self.format.delimiter, strict=True)
        return next(reader)

    def value(self, column: str, text: str) -> str | int | Decimal | date | bool | None:
        """Return a field as its contract types it; raises ValueError where it does not parse."""
        declared = self.columns[column]
        null_words = declared.null_words or self.format.null_words
        if text in null_words:
            return None
        if declared.type == "date":
            return datetime.strptime(text, self.format.date_format).date()
        if declared.type == "boolean":
            return {
                **dict.fromkeys(self.format.true_words, True),
                **dict.fromkeys(self.format.false_words, False),
            }[text]
        whole = text.replace(self.format.thousands_mark or "\0", "")
        if declared.type == "integer":
            return int(whole)
        if declared.type in {"decimal", "rate"}:
            return Decimal(whole.replace(self.format.decimal_mark, "."))
        return text


def delivered(workspace: Path) -> list[DeliveredFile]:
    """Return every file of a workspace that a contract's pattern finds."""
    found = []
    for system, source in contracts().items():
        root = workspace / ("inbox" if source.root == "inbox" else "reference")
        for name, extract in source.extracts.items():
            dialect = source.format_of(name)
            for path in sorted(root.glob(extract.path)):
                first, *lines = path.read_bytes().removesuffix(b"\n").split(b"\n")
                header = first.decode(dialect.encoding).split(dialect.delimiter)
                found.append(
                    DeliveredFile(
                        name=str(path.relative_to(root)),
                        extract=f"{system}.{name}",
                        format=dialect,
                        columns=extract.columns,
                        header=header,
                        lines=lines,
                    )
                )
    return found
