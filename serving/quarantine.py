"""What is in quarantine: of a release, or of the build that a held night has left."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import duckdb
import polars as pl

from serving.release_reader import open_release
from workspace.confirmable import refusal
from workspace.errors import TierwiseError
from workspace.folder import Folder
from workspace.ledger.deciding import Fault
from workspace.ledger.row_decisions import WHOLE_RECORD, RowDecision
from workspace.releases import named_release, previous_release
from workspace.warehouse import connect

KEY = ["file_sha256", "record_number", "code"]
QUERY = """
select file_sha256, record_number, code, system, extract, file_name, byte_offset, column_name,
    detail, remedy, raw_text
from {table}
order by system, extract, file_name, record_number, code
"""


@dataclass(frozen=True, kw_only=True)
class Quarantine:
    """The records held back, one row for each cause, and what they were held back from."""

    name: str
    rows: pl.DataFrame

    def only(self, **wanted: str | None) -> Quarantine:
        """Return the rows whose columns have the values given; None is any."""
        given = [pl.col(name) == value for name, value in wanted.items() if value is not None]
        return Quarantine(name=self.name, rows=self.rows.filter(*given))

    def since(self, home: Folder, day: date) -> Quarantine:
        """Return the rows that the last release before a day did not have."""
        before = previous_release(home, day)
        if before is None:
            return self
        known = _released(home, before.release_id).rows.select(KEY)
        return Quarantine(name=self.name, rows=self.rows.join(known, on=KEY, how="anti"))

    def of_record(self, file: str, record: int, code: str | None = None) -> Quarantine:
        """Return the rows of one record; a file goes by its name or by the start of its hash.

        Raises UNIT_UNKNOWN when there is none, or when two files go by that name.
        """
        named = pl.col("file_sha256").str.starts_with(file) | (pl.col("file_name") == file)
        found = self.rows.filter(named, pl.col("record_number") == record)
        if code is not None:
            found = found.filter(pl.col("code") == code)
        files = found["file_sha256"].unique().to_list()
        if len(files) == 1:
            return Quarantine(name=self.name, rows=found)
        for_cause = f" for {code}" if code else ""
        cause = f"Record {record} of {file} is not in quarantine of {self.name}{for_cause}."
        if files:
            names = ", ".join(sorted(name[:12] for name in files))
            cause = f"{len(files)} files go by {file}: {names}."
        raise TierwiseError("UNIT_UNKNOWN", place=file, cause=cause)

    def counts(self) -> list[dict[str, Any]]:
        """Return records by cause, the most frequent first, and whether any may be confirmed."""
        grouped: dict[str, list[str]] = {}
        for code, detail in self.rows.select("code", "detail").iter_rows():
            grouped.setdefault(code, []).append(detail)
        found = [
            {
                "code": code,
                "records": len(details),
                "confirmable": sum(refusal(code, detail) is None for detail in details),
            }
            for code, details in grouped.items()
        ]
        return sorted(found, key=lambda row: (-int(row["records"]), row["code"]))

    def faults(self) -> list[Fault]:
        """Return the rows as decisions need them."""
        names = list(Fault.__annotations__)
        return [
            Fault(**{**row, "raw_text": row["raw_text"] or ""})
            for row in self.rows.select(names).iter_rows(named=True)
        ]


def read_quarantine(home: Folder, release: str | None, *, of_build: bool) -> Quarantine:
    """Read what a release holds back, or what the last night's build does.

    Raises RELEASE_MISSING when there is nothing to read, NIGHT_BUSY while a night writes it.
    """
    return _built(home) if of_build else _released(home, release)


def _released(home: Folder, release: str | None) -> Quarantine:
    found = named_release(home, release)
    with open_release(found.folder) as reader:
        rows = reader.query(QUERY.format(table="quarantine"))
    return Quarantine(name=f"release {found.release_id}", rows=rows)


def _built(home: Folder) -> Quarantine:
    place = str(home.warehouse)
    if not home.warehouse.exists():
        raise TierwiseError("RELEASE_MISSING", place=place, cause="No night has left a build.")
    try:
        with connect(home.warehouse, read_only=True) as connection:
            rows: pl.DataFrame = connection.sql(QUERY.format(table="control.quarantine")).pl()
    except duckdb.IOException as error:
        raise TierwiseError("NIGHT_BUSY", place=place, cause="A night is writing it.") from error
    except duckdb.CatalogException as error:
        cause = "The night ended before its records were accounted for."
        raise TierwiseError("RELEASE_MISSING", place=place, cause=cause) from error
    return Quarantine(name="the last night's build", rows=rows)


def decided(
    row: dict[str, Any], decisions: Mapping[tuple[str, int, str], RowDecision]
) -> RowDecision | None:
    """Return the decision that is about a row of quarantine, if there is one."""
    record = row["file_sha256"], row["record_number"]
    return decisions.get((*record, row["code"])) or decisions.get((*record, WHOLE_RECORD))
