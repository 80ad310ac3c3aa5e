"""What would release a record from quarantine, with the line of the contract that decides it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pyarrow as pa

from workspace.folder import Workspace
from workspace.given_rows import arrow_table, create_from
from workspace.row_codes import ROW_CODES
from workspace.yaml_file import Document

# What of a fault's detail its remedy depends on: the check that failed, the kind of range.
SUBJECT = """
    case code
        when 'ROW_CHECK' then split_part(detail, ':', 1)
        when 'ROW_RANGE'
            then trim(regexp_extract(detail, ' (does not fit|is below|is not an allowed value)'))
        else ''
    end
"""
KEY = ("system", "extract", "code", "column_name", "subject")
DISMISS = "Or dismiss it."


def land_remedies(connection: duckdb.DuckDBPyConnection, workspace: Workspace) -> None:
    """Create the temporary table _remedies: one row for each cause and place in control.row_faults.

    Its key is system, extract, code, column_name and subject; a fault's subject is SUBJECT.
    """
    causes = connection.execute(
        f"""
        select distinct system, extract, code, coalesce(column_name, '') as column_name,
            {SUBJECT} as subject
        from control.row_faults order by all
        """
    ).fetchall()
    remedies = [_Cause(workspace, *cause).remedy() for cause in causes]
    rows = [(*cause, remedy) for cause, remedy in zip(causes, remedies, strict=True)]
    table = arrow_table(dict.fromkeys((*KEY, "remedy"), pa.string()), rows)
    create_from(connection, "_remedies", table, is_temporary=True)


@dataclass(frozen=True)
class _Cause:
    """A code where it was given; for ROW_CHECK `subject` is the check's name."""

    workspace: Workspace
    system: str
    extract: str
    code: str
    column: str
    subject: str

    def remedy(self) -> str:
        """Return what would release the records; in general words where nothing is known."""
        say = REMEDIES.get(self.code)
        return say(self) if say is not None else f"{ROW_CODES[self.code]} {DISMISS}"

    @property
    def document(self) -> Document:
        """Return the contract of the system."""
        return self.workspace.sources[self.system].document

    def at(self, *path: str | int) -> str:
        """Return the file and line of a part of the contract, the file as the workspace has it."""
        file, line, _ = self.document.place(path).rsplit(":", 2)
        known = Path(file)
        if known.is_relative_to(self.workspace.root):
            return f"{known.relative_to(self.workspace.root)} line {line}"
        return f"{known.name} line {line}"

    def at_extract(self, *path: str | int) -> str:
        """Return the line of a part of the extract."""
        return self.at("extracts", self.extract, *path)

    def at_check(self) -> str:
        """Return the line of the check that failed."""
        checks = self.workspace.sources[self.system].value.extracts[self.extract].checks
        for number, check in enumerate(checks):
            if check.name == self.subject:
                return self.at_extract("checks", number, "expect")
        return self.at_extract("checks")

    def at_mapping(self) -> str:
        """Return the line that gives an entity's column its value, or that of the mapping."""
        numbers = list(self._mappings())
        for number in numbers:
            if self.column in self._columns(number):
                return self.at("mappings", number, "columns", self.column)
        return self.at("mappings", numbers[0]) if numbers else self.at("mappings")

    def at_where(self) -> str:
        """Return the line of the first condition that takes rows of the extract."""
        return self.at("mappings", next(self._mappings()), "where")

    def _mappings(self) -> Iterator[int]:
        mappings = self.workspace.sources[self.system].value.mappings
        return (n for n, mapping in enumerate(mappings) if mapping.extract == self.extract)

    def _columns(self, number: int) -> dict[str, str]:
        return self.workspace.sources[self.system].value.mappings[number].columns


def _range(cause: _Cause) -> str:
    correct, place = f"correct {cause.column} in the source", cause.at_mapping()
    if cause.subject == "is below":
        return f"Confirm it, {correct}, or map it into its range in {place}."
    if cause.subject == "is not an allowed value":
        return f"Map the word to an allowed one in {place}, or {correct}. {DISMISS}"
    return f"{correct.capitalize()}, or map a value that fits in {place}. {DISMISS}"


def _type(cause: _Cause) -> str:
    place = cause.at_extract("columns", cause.column)
    return f"Correct {cause.column} in the source, or its type or format in {place}. {DISMISS}"


REMEDIES: dict[str, Callable[[_Cause], str]] = {
    "ROW_CHECK": lambda c: (
        f"Confirm it, correct the record in the source, or widen the check {c.subject} "
        f"in {c.at_check()}."
    ),
    "ROW_RANGE": _range,
    "ROW_DATE_FUTURE": lambda c: (
        f"Confirm it, or correct {c.column} in the source; it is mapped in {c.at_mapping()}."
    ),
    "ROW_TOTAL_LINE": lambda c: (
        f"Confirm it if it is a record, or declare the line under `skip` in {c.at_extract()}."
    ),
    "ROW_KEY_DUP": lambda c: (
        f"Confirm the record that is right, and the others of its key ({c.column}) are left out; "
        f"or name `latest_by` in {c.at_extract()}."
    ),
    "ROW_TYPE": _type,
    "ROW_NONFINITE": _type,
    "ROW_NULL": lambda c: (
        f"Deliver a value for {c.column}, or map it from elsewhere in {c.at_mapping()}. {DISMISS}"
    ),
    "ROW_KEY_NULL": lambda c: (
        f"Deliver {c.column}, or name another key in {c.at_extract('key')}. {DISMISS}"
    ),
    "ROW_ORPHAN": lambda c: (
        f"Deliver the record that {c.column} names; the row is then loaded by itself. {DISMISS}"
    ),
    "ROW_ID_MANGLED": lambda c: (
        f"Deliver {c.column} as text, whole and with its zeros, or write it in {c.at_mapping()} "
        f"as the system writes it whose key it is. {DISMISS}"
    ),
    "ROW_UNMAPPED": lambda c: (
        f"Widen the condition in {c.at_where()}, or declare the row under `skip` "
        f"in {c.at_extract()}."
    ),
}
