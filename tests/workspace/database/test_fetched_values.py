"""Values of a real PostgreSQL come exactly as they were stored."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from tests.workspace.database.fetched_tables import SALES, execute, quiet, rows, wanted
from tests.workspace.formats.delivered_formats import rows_of
from workspace.ingest.database import fetch
from workspace.ingest.formats import parquet

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


def test_names_that_need_quotes_are_names_and_nothing_else(tmp_path: Path, url: str) -> None:
    names = ["Id", "fill %%", 'a "b"', "order; drop table odd", "x:y"]
    quoted = [f'"{name.replace(chr(34), chr(34) * 2)}"' for name in names]
    execute(
        url,
        f'create table "Odd table" ({", ".join(f"{name} text" for name in quoted)})',
        """insert into "Odd table" values ('1', '2', '3', '4', '5')""",
    )
    columns = dict.fromkeys((name.replace("%%", "%") for name in names), "text")
    (fetched,) = fetch(url, [wanted(tmp_path, columns, "Odd table", incremental_by="Id")], quiet)
    assert rows(fetched.target) == [dict(zip(columns, "12345", strict=True))]
