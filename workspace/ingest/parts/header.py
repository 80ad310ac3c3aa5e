"""The columns that a file delivers, compared by name with those that its contract declares."""

from __future__ import annotations

from collections.abc import Sequence

from workspace.config.source_file import Extract
from workspace.config.strict import suggestion
from workspace.errors import TierwiseError
from workspace.ingest.formats.content import Content


def compare_header(content: Content, extract: Extract, place: str) -> tuple[str, ...]:
    """Compare by name; return the delivered columns that the contract does not know.

    Raises FILE_DIALECT, FILE_HEADER or FILE_SCHEMA_DRIFT for a header that is not the contract's.
    """
    declared, header = list(extract.columns), content.header
    missing = [
        name
        for name, column in extract.columns.items()
        if name not in header and not column.optional
    ]
    extra = [column for column in header if column not in declared]
    if missing:
        if len(header) == 1 and len(declared) > 1:
            cause = f"The header is one column, `{header[0][:80]}`: another delimiter?"
            raise TierwiseError("FILE_DIALECT", place=place, cause=cause)
        if not set(declared) & set(header):
            found = ", ".join(header[:5])[:200]
            cause = f"The first line names none of the declared columns, but {found}."
            raise TierwiseError("FILE_HEADER", place=place, cause=cause)
        near = suggestion(missing[0], extra)
        cause = f"The file lacks the columns {', '.join(missing)}.{near}"
        raise TierwiseError("FILE_SCHEMA_DRIFT", place=place, cause=cause)
    if extra and extract.strict:
        cause = f"The contract, which is strict, does not name the columns {few(extra)}."
        raise TierwiseError("FILE_SCHEMA_DRIFT", place=place, cause=cause)
    return tuple(extra)


def few(names: Sequence[str]) -> str:
    """List names as far as a person reads them."""
    more = f" and {len(names) - 10} more" if len(names) > 10 else ""
    return ", ".join(name[:60] for name in names[:10]) + more
