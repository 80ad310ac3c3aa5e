"""What holds after every fault: release, books, archive, and an error or rows that say all.

Each check raises AssertionError with the name of what does not hold.
"""

from __future__ import annotations

import hashlib
from itertools import takewhile
from pathlib import Path
from typing import Protocol

import duckdb

from workspace.config.entities import entities
from workspace.errors import CATALOGUE, Exit, TierwiseError
from workspace.folder import Workspace
from workspace.ingest.control import table_of
from workspace.row_codes import ROW_CODES


class Night(Protocol):
    """A night whose ingest is done."""

    def rows(self, query: str) -> list[tuple]:
        """Return the rows of a query on its working database."""
        ...


def pointer_of(root: Path) -> bytes:
    """Return what CURRENT says, and the hash of what it names."""
    pointer = (root / "CURRENT").read_bytes()
    manifest = root / "releases" / pointer.decode().strip() / "manifest.json"
    return pointer + hashlib.sha256(manifest.read_bytes()).digest()


def release_stays(root: Path, published: bytes) -> None:
    """The pointer is as before, and the release answers."""
    assert pointer_of(root) == published, "the pointer moved"
    named = (root / "CURRENT").read_text(encoding="utf-8").strip()
    database = root / "releases" / named / "tierwise.duckdb"
    with duckdb.connect(str(database), read_only=True) as release:
        assert release.execute("select count(*) from extract_history").fetchone(), "no answer"


def books_add_up(night: Night) -> None:
    """Records are loaded, quarantined or skipped, and the loaded ones are there."""
    books = night.rows(
        "select system, extract, file_sha256, status, record_count, loaded_count, "
        "quarantined_count, skipped_count from control.raw_extracts"
    )
    for system, extract, sha256, status, records, *parts in books:
        assert records == sum(parts), f"{extract}: {records} records are not {parts}"
        if status not in {"loaded", "carried_forward"}:
            continue
        for table, what in (
            (table_of(system, extract), "typed"),
            ("control.quarantine", "quarantined"),
        ):
            file, record = (
                ("_file", "_record") if what == "typed" else ("file_sha256", "record_number")
            )
            ((present,),) = night.rows(
                f"select count(distinct {record}) from {table} where {file} = '{sha256}'"
            )
            stated = parts[0] if what == "typed" else parts[1]
            assert present == stated, f"{extract}: {stated} {what} in the books, {present} there"


def rows_are_loaded(night: Night, feeds: dict[str, str]) -> None:
    """Every loaded record of an extract that feeds one entity is a row of it."""
    for extract, entity in feeds.items():
        assert entity in entities(), entity
        ((loaded,),) = night.rows(
            f"select sum(loaded_count) from control.raw_extracts where extract = '{extract}'"
        )
        ((present,),) = night.rows(f"select count(*) from raw.{entity}")
        assert present == loaded, f"{entity}: {loaded} loaded, {present} there"


def bytes_are_kept(workspace: Workspace) -> None:
    """Every plain file of the inbox is in the archive by its hash, byte for byte."""
    for file in sorted(workspace.inbox.rglob("*.*")):
        if file.is_symlink() or not file.is_file():
            continue
        content = file.read_bytes()
        sha256 = hashlib.sha256(content).hexdigest()
        stored = workspace.archive / sha256[:2] / sha256
        assert stored.exists(), f"{file.name} is not in the archive"
        assert stored.read_bytes() == content, f"{file.name} is another in the archive"


def error_says_all(error: TierwiseError, *, exit_: Exit = Exit.INPUT) -> None:
    """Code, place, cause and remedy, and the exit status that the catalogue states."""
    said = error.as_json()
    assert said.keys() == {"code", "place", "cause", "remedy", "exit"}, "keys"
    for key in ("code", "place", "cause", "remedy"):
        assert str(said[key]).strip(), f"{key} is empty"
    assert CATALOGUE[error.code].remedy == error.remedy, "remedy"
    assert error.exit == CATALOGUE[error.code].exit == exit_, "exit"


def quarantine_says_all(night: Night, workspace: Workspace) -> None:
    """Code, detail, remedy, and the record's text where its byte offset says."""
    for code, file, sha256, offset, raw, detail, remedy in night.rows(
        "select code, file_name, file_sha256, byte_offset, raw_text, detail, remedy "
        "from control.quarantine"
    ):
        assert code in ROW_CODES, f"{code} is in no catalogue"
        assert file, f"{code} names no file"
        assert detail, f"{code} without a detail"
        assert remedy, f"{code} without a remedy"
        assert raw is not None, f"{code} without the text of its record"
        content = (workspace.archive / sha256[:2] / sha256).read_bytes()
        if offset is not None and content[:2] not in {b"\xff\xfe", b"\xfe\xff"}:
            start = "".join(takewhile(str.isascii, raw[:20])).encode()
            assert content[offset:].startswith(start), f"{code}: another record at {offset}"


def nothing_is_left_over(workspace: Workspace) -> None:
    """No scratch folder remains."""
    assert not list(workspace.landed.glob(".scratch-*")), "scratch remains"
