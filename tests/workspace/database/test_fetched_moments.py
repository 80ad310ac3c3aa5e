"""What a fetch shows of a PostgreSQL that is written to meanwhile, and how much memory it takes."""

from __future__ import annotations

import subprocess
import sys
import threading
from pathlib import Path

import pyarrow.parquet as pq

from tests.workspace.database.fetched_tables import execute, quiet, rows, wanted
from workspace.ingest.database import fetch
from workspace.ingest.database_increment import newest_in

ROOT = Path(__file__).parents[3]
MEASURED = """
import resource, sys
from pathlib import Path
from tests.workspace.database.fetched_tables import quiet, wanted
from workspace.ingest.database import fetch

for table in ("few", "many"):
    fetch(sys.argv[1], [wanted(Path(sys.argv[2]), {"id": "text", "name": "text"}, table)], quiet)
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)
"""


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
