"""The header line of delimited text."""

from __future__ import annotations

import csv
import unicodedata

from workspace.config.file_format import Format
from workspace.errors import TierwiseError
from workspace.ingest.formats.column_names import declared_names, renamed_note

LONGEST_HEADER_BYTES = 100_000
LARGEST_HEADER = 2_000  # columns: no table of an ERP has half as many
INVISIBLE = str.maketrans("", "", "\u200b\ufeff")


def names_of(
    line: bytes, dialect: Format, declared: tuple[str, ...], place: str
) -> tuple[tuple[str, ...], list[str]]:
    """Parse a header into names and notes on them.

    Names lose what is invisible in a mail; letters of odd width become plain unless the contract
    has them, and case is the contract's. Raises FILE_HEADER or FILE_ENCODING.
    """
    if len(line) > LONGEST_HEADER_BYTES:
        cause = f"The header line is longer than {LONGEST_HEADER_BYTES} bytes."
        raise TierwiseError("FILE_HEADER", place=place, cause=cause)
    try:
        text = line.decode("utf-8")
    except UnicodeDecodeError as error:
        cause = f"The header is not {dialect.encoding}: {error.reason} at byte {error.start}."
        raise TierwiseError("FILE_ENCODING", place=place, cause=cause) from error
    delivered = next(csv.reader([text], delimiter=dialect.delimiter, quotechar=dialect.quote))
    plain = tuple(_plain(name, declared) for name in delivered)
    names = declared_names(plain, declared)
    if len(names) > LARGEST_HEADER:
        cause = f"The header names {len(names)} columns; {LARGEST_HEADER} are the limit."
        raise TierwiseError("FILE_HEADER", place=place, cause=cause)
    # Names that differ only in case are one to DuckDB.
    if "" in names or len({name.lower() for name in names}) != len(names) or "\0" in text:
        cause = f"The header has an empty, repeated or broken name: {', '.join(names)[:200]!r}."
        raise TierwiseError("FILE_HEADER", place=place, cause=cause)
    changed = [name for name, was in zip(plain, delivered, strict=True) if name != was]
    notes = [f"Header names were made plain: {', '.join(changed)[:200]}."] if changed else []
    return names, notes + renamed_note(names, plain)


def _plain(name: str, declared: tuple[str, ...]) -> str:
    trimmed = name.translate(INVISIBLE).strip()
    return trimmed if trimmed in declared else unicodedata.normalize("NFKC", trimmed).strip()
