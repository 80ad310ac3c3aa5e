"""Tables of SQLite, whose columns hold values of any type."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.workspace.database.fetched_tables import execute, quiet, rows, wanted
from workspace.errors import TierwiseError
from workspace.ingest.database import fetch
from workspace.ingest.database_increment import newest_in


def test_values_of_sqlite_come_as_the_text_they_are(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'erp.db'}"
    execute(
        url,
        "create table items (id integer primary key, code text, price numeric, day date)",
        "insert into items values (2, '007', 1.10, '2026-01-02'), (1, 'Ä', 1e-7, null)",
        "insert into items values (10, 8, 'twelve', 20260102)",
    )
    columns = {"id": "integer", "code": "text", "price": "decimal", "day": "date"}
    one = wanted(tmp_path, columns, "items", incremental_by="id")
    fetch(url, [one], quiet)
    assert [tuple(row.values()) for row in rows(one.target)] == [
        ("1", "Ä", "0.0000001", None),
        ("2", "007", "1.1", "2026-01-02"),
        ("10", "8", "twelve", "20260102"),
    ]
    second = wanted(tmp_path, columns, "items", since=newest_in(one.target), incremental_by="id")
    fetch(url, [second], quiet)
    assert [row["id"] for row in rows(second.target)] == ["10"]


def test_sqlite_shows_one_moment_and_is_not_written_to(tmp_path: Path) -> None:
    file = tmp_path / "erp.db"
    url = f"sqlite:///{file}"
    execute(url, "pragma journal_mode = wal")
    execute(url, "create table a (id int)", "create table b (id int)", "insert into a values (1)",
            "insert into b values (1)")  # fmt: skip

    def write(*_: object) -> None:
        execute(url, "insert into a values (2)", "insert into b values (2)")

    both = [wanted(tmp_path, {"id": "text"}, name) for name in ("a", "b")]
    assert [fetched.row_count for fetched in fetch(url, both, write)] == [1, 1]


def test_bytes_in_sqlite_are_refused(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'erp.db'}"
    execute(url, "create table a (id)", "insert into a values (x'00')")
    with pytest.raises(TierwiseError, match=r"FILE_SCHEMA_DRIFT erp\.x: id is of bytes"):
        fetch(url, [wanted(tmp_path, {"id": "text"}, "a")], quiet)
