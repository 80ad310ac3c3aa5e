"""Tables of a real PostgreSQL, and of SQLite, come exactly as they stood at one moment."""

from __future__ import annotations

import re
import subprocess
import sys
import threading
import traceback
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pyarrow.parquet as pq
import pytest
import sqlalchemy as sa

from tests.workspace.database.postgresql import PASSWORD
from tests.workspace.formats.delivered_formats import extract_of, rows_of
from workspace.config.file_format import Format
from workspace.errors import TierwiseError
from workspace.ingest.database import Fetch, fetch
from workspace.ingest.database_increment import newest_in
from workspace.ingest.formats import parquet

ROOT = Path(__file__).parents[3]
SALES = """
create schema sales;
create type sales.state as enum ('open', 'shipped');
create table sales.orders (
    id bigint primary key, code char(6), price numeric(12,4), rate numeric, day date,
    changed_at timestamptz, local_at timestamp, is_paid boolean, weight double precision,
    state sales.state, ref uuid, tags text[], note jsonb, picture bytea
);
insert into sales.orders values
    (2, 'B', 12.3400, 0.000000000123, '2026-01-02', '2026-07-01 12:00:00.123456+02',
     '2026-01-02 03:04:05', true, 0.1, 'open', '00000000-0000-0000-0000-000000000001',
     '{a,b}', '{"n": 12345678901234567890.10}', '\\x00'),
    (1, 'Ä', null, null, null, null, null, null, null, null, null, null, null, null);
create view sales.open_orders as select id, code from sales.orders where state = 'open';
"""
COLUMNS: dict[str, Any] = {
    "id": "integer",
    "code": "text",
    "price": "decimal",
    "rate": "decimal",
    "day": "date",
    "changed_at": "timestamp",
    "local_at": "timestamp",
    "is_paid": "boolean",
    "weight": "decimal",
    "state": "text",
    "ref": "text",
    "tags": "text",
    "note": "text",
}


def execute(url: str, *statements: str) -> None:
    engine = sa.create_engine(url, poolclass=sa.NullPool)
    with engine.begin() as connection:
        for statement in statements:
            connection.exec_driver_sql(statement)


def wanted(
    folder: Path, columns: dict[str, Any], table: str, since: str | None = None, **keys: Any
) -> Fetch:
    dialect = Format.model_validate(
        {"kind": "database", "url_variable": "ERP_URL", "table": table, **keys}
    )
    target = folder / f"{table}.parquet"
    return Fetch(
        extract=extract_of(columns), dialect=dialect, target=target, place="erp.x", since=since
    )


def quiet(*_: object) -> None:
    """Hear the progress."""


def rows(file: Path) -> list[dict[str, Any]]:
    return pq.read_table(file).to_pylist()


def test_every_value_of_postgresql_comes_exactly_and_in_the_order_of_the_key(
    tmp_path: Path, url: str
) -> None:
    execute(url, SALES)
    heard: list[tuple[str, int]] = []
    (fetched,) = fetch(
        url, [wanted(tmp_path, COLUMNS, "sales.orders")], lambda *one: heard.append(one)
    )
    empty, full = rows(fetched.target)
    assert full == {
        "id": 2,
        "code": "B",
        "price": Decimal("12.3400"),
        "rate": "0.000000000123",
        "day": date(2026, 1, 2),
        "changed_at": datetime(2026, 7, 1, 10, 0, 0, 123456, tzinfo=UTC),
        "local_at": datetime(2026, 1, 2, 3, 4, 5),
        "is_paid": True,
        "weight": 0.1,
        "state": "open",
        "ref": "00000000-0000-0000-0000-000000000001",
        "tags": "{a,b}",
        "note": '{"n": 12345678901234567890.10}',
    }
    assert empty == {**dict.fromkeys(COLUMNS), "id": 1, "code": "Ä"}
    assert (fetched.row_count, fetched.unknown, heard) == (2, ("picture",), [("erp.x", 2)])


def test_a_fetched_file_is_read_like_any_delivered_parquet(tmp_path: Path, url: str) -> None:
    execute(url, SALES)
    columns = {"id": "text", "changed_at": "timestamp", "rate": "decimal"}
    one = wanted(tmp_path, columns, "sales.orders")
    fetch(url, [one], quiet)
    content = parquet.open_content(
        one.target, one.extract, one.dialect, scratch=tmp_path, place="erp.x"
    )
    assert content.types == {"changed_at": "TIMESTAMP WITH TIME ZONE"}
    assert rows_of(content)[1] == (
        "2",
        datetime(2026, 7, 1, 10, 0, 0, 123456, tzinfo=UTC),
        "0.000000000123",
    )


def test_a_view_is_fetched_like_a_table_and_an_empty_one_has_its_columns(
    tmp_path: Path, url: str
) -> None:
    execute(url, SALES, "delete from sales.orders")
    (fetched,) = fetch(url, [wanted(tmp_path, {"id": "text"}, "sales.open_orders")], quiet)
    table = pq.read_table(fetched.target)
    assert (table.column_names, table.num_rows) == (["id"], 0)


def test_the_same_rows_give_the_same_bytes(tmp_path: Path, url: str) -> None:
    execute(url, SALES)
    one = wanted(tmp_path, COLUMNS, "sales.orders")
    fetch(url, [one], quiet)
    before = one.target.read_bytes()
    execute(url, "update sales.orders set code = code")
    fetch(url, [one], quiet)
    assert one.target.read_bytes() == before


def test_values_that_only_text_can_hold_reach_their_own_record(tmp_path: Path, url: str) -> None:
    execute(
        url,
        "create table odd (id int primary key, price numeric(10,2), day date, at timestamptz)",
        "insert into odd values (1, 1.5, '2026-01-02', '2026-01-02 03:04:05Z')",
        "insert into odd values (2, 'NaN', 'infinity', '-infinity')",
        "insert into odd values (3, 2.5, '0044-03-15 BC', '20000-01-01Z')",
    )
    columns = {"id": "text", "price": "decimal", "day": "date", "at": "timestamp"}
    (fetched,) = fetch(url, [wanted(tmp_path, columns, "odd")], quiet)
    assert [tuple(row.values()) for row in rows(fetched.target)] == [
        (1, "1.50", "2026-01-02", "2026-01-02 03:04:05"),
        (2, "NaN", "infinity", "-infinity"),
        (3, "2.50", "0044-03-15 BC", "20000-01-01 00:00:00+00"),
    ]


def test_all_extracts_show_one_moment_whatever_is_written_meanwhile(
    tmp_path: Path, url: str
) -> None:
    execute(
        url,
        "create table heads (id int primary key)",
        "create table lines (id int primary key, head int)",
        "insert into heads select generate_series(1, 50000)",
        "insert into lines select i, i from generate_series(1, 50000) i",
    )
    started = threading.Event()

    def write() -> None:
        started.wait()
        execute(url, "insert into heads values (0)", "insert into lines values (0, 0)",
                "delete from lines where id > 40000", "update lines set head = -1")  # fmt: skip

    writer = threading.Thread(target=write)
    writer.start()

    def when_the_first_rows_came(*_: object) -> None:
        started.set()
        writer.join()  # what it wrote is committed before any further row is read

    heads = wanted(tmp_path, {"id": "text"}, "heads")
    lines = wanted(tmp_path, {"id": "text", "head": "text"}, "lines")
    first, second = fetch(url, [heads, lines], when_the_first_rows_came)
    assert (first.row_count, second.row_count) == (50_000, 50_000)
    assert {row["head"] - row["id"] for row in rows(second.target)} == {0}


def test_the_next_fetch_begins_at_the_newest_value_and_misses_none(
    tmp_path: Path, url: str
) -> None:
    execute(
        url,
        "create table moves (id int primary key, at timestamptz)",
        "insert into moves values (1, '2026-01-01Z'), (2, '2026-01-02Z'), (9, null)",
    )
    columns, keys = {"id": "text", "at": "timestamp"}, {"incremental_by": "at"}
    first = wanted(tmp_path, columns, "moves", **keys)
    fetch(url, [first], quiet)
    since = newest_in(first.target)
    assert since == "datetime:2026-01-02T00:00:00+00:00"
    execute(url, "insert into moves values (3, '2026-01-02Z'), (4, '2026-01-03Z')")
    second = wanted(tmp_path, columns, "moves", since=since, **keys)
    (fetched,) = fetch(url, [second], quiet)
    assert [row["id"] for row in rows(second.target)] == [2, 3, 4, 9]
    assert fetched.newest == "datetime:2026-01-03T00:00:00+00:00"
    back = wanted(tmp_path, columns, "moves", since, **keys, incremental_overlap=86_400)
    fetch(url, [back], quiet)
    assert [row["id"] for row in rows(back.target)] == [1, 2, 3, 4, 9]


def test_a_number_counts_on_as_a_number(tmp_path: Path, url: str) -> None:
    execute(url, "create table moves (id int primary key)", "insert into moves values (9), (10)")
    one = wanted(tmp_path, {"id": "text"}, "moves", incremental_by="id")
    fetch(url, [one], quiet)
    assert newest_in(one.target) == "int:10"


def test_rows_by_the_hundred_thousand_come_in_groups(tmp_path: Path, url: str) -> None:
    execute(
        url,
        "create table many (id int primary key, name text)",
        "insert into many select i, 'Name ' || i from generate_series(1, 250001) i",
    )
    counts: list[int] = []
    columns = {"id": "integer", "name": "text"}
    fetch(url, [wanted(tmp_path, columns, "many")], lambda _, count: counts.append(count))
    metadata = pq.read_metadata(tmp_path / "many.parquet")
    assert counts == [100_000, 200_000, 250_001]
    assert (metadata.num_rows, metadata.num_row_groups) == (250_001, 3)


MEASURED = """
import resource, sys
from pathlib import Path
from tests.workspace.database.test_database import quiet, wanted
from workspace.ingest.database import fetch

for table in ("few", "many"):
    fetch(sys.argv[1], [wanted(Path(sys.argv[2]), {"id": "text", "name": "text"}, table)], quiet)
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)
"""


def test_memory_does_not_grow_with_the_rows(tmp_path: Path, url: str) -> None:
    rows_of_table = "select i as id, repeat('Name ' || i, 10) as name from generate_series(1, {}) i"
    for name, count in (("few", 100_000), ("many", 1_000_000)):
        execute(
            url,
            f"create table {name} as {rows_of_table.format(count)}",
            f"alter table {name} add primary key (id)",
        )
    said = subprocess.check_output(
        [sys.executable, "-c", MEASURED, url, str(tmp_path)], cwd=ROOT, text=True
    )
    few, many = (int(line) for line in said.split())
    assert pq.read_metadata(tmp_path / "many.parquet").num_rows == 1_000_000
    assert many - few < 100


@pytest.mark.parametrize(
    ("columns", "table", "cause"),
    [
        ({"id": "text", "cod": "text"}, "sales.orders", "lacks the columns cod."),
        ({"id": "text"}, "sales.order", "no table or view sales.order. Did you mean `orders`"),
        ({"id": "text", "picture": "text"}, "sales.orders", "picture of sales.orders holds bytes"),
    ],
)  # fmt: skip
def test_a_table_that_is_not_as_declared_is_refused_and_nothing_is_delivered(
    tmp_path: Path, url: str, columns: dict[str, Any], table: str, cause: str
) -> None:
    execute(url, SALES)
    sound = wanted(tmp_path, {"id": "text"}, "sales.open_orders")
    with pytest.raises(TierwiseError, match=f"FILE_SCHEMA_DRIFT erp.x: .*{re.escape(cause)}"):
        fetch(url, [sound, wanted(tmp_path, columns, table)], quiet)
    assert [file.name for file in tmp_path.glob("*.parquet")] == []


@pytest.mark.parametrize(
    "change",
    [
        ("/erp", "/other"),
        ("reader:", "writer:"),
        (quote(PASSWORD, safe=""), quote(f"{PASSWORD} wrong", safe="")),
        ("@127.0.0.1:", "@127.0.0.1:1"),
        ("/erp", f"/erp?sslmode=verify-full&sslpassword={quote(PASSWORD, safe='')}"),
        ("psycopg:", "missing_driver:"),
    ],
)
def test_a_database_that_does_not_answer_is_said_without_its_secrets(
    tmp_path: Path, url: str, change: tuple[str, str]
) -> None:
    broken = url.replace(*change)
    assert broken != url
    with pytest.raises(TierwiseError, match=r"SYS_DATABASE erp\.x") as caught:
        fetch(broken, [wanted(tmp_path, {"id": "text"}, "heads")], quiet)
    said = "".join(traceback.format_exception(caught.value))
    assert PASSWORD not in said
    assert quote(PASSWORD, safe="") not in said
    assert "p@ss" not in said


def test_a_variable_that_holds_no_url_is_said_without_its_content(tmp_path: Path) -> None:
    with pytest.raises(TierwiseError, match=r"CONFIG_ENVIRONMENT erp\.x") as caught:
        fetch(PASSWORD, [wanted(tmp_path, {"id": "text"}, "heads")], quiet)
    assert PASSWORD not in "".join(traceback.format_exception(caught.value))


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
