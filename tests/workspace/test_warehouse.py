from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from workspace.errors import TierwiseError
from workspace.warehouse import connect, create_by_contract, one_row, row_count, write_by_contract

NAME = "segments.segment_matrix"
CELL = {
    "scheme_id": "'abc_xyz'",
    "segment_id": "'AX'",
    "row_segment_id": "'A'",
    "column_segment_id": "'X'",
    "further_segment_ids": "cast(null as varchar)",
    "item_count": "1",
    "value_12m_amount": "2.5",
    "stock_value_amount": "0",
}


@pytest.fixture
def connection(tmp_path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    with connect(tmp_path / "night.duckdb") as opened:
        yield opened


def cell(**changed: str | None) -> str:
    """Return a query for one row; a column that is None is left out."""
    values = {**CELL, **changed}
    return "select " + ", ".join(f"{value} as {name}" for name, value in values.items() if value)


def test_rows_stand_in_the_order_of_the_key(connection: duckdb.DuckDBPyConnection) -> None:
    rows = " union all ".join(cell(segment_id=f"'{name}'") for name in ("CZ", "AX", "BY"))
    assert write_by_contract(connection, NAME, rows) == 3
    written = connection.execute(f"select segment_id from {NAME}").fetchall()
    assert written == [("AX",), ("BY",), ("CZ",)]


def test_columns_are_taken_by_name_and_cast_to_their_types(
    connection: duckdb.DuckDBPyConnection,
) -> None:
    create_by_contract(connection, NAME, is_written_once=True)
    declared = connection.execute(f"describe {NAME}").fetchall()
    reversed_query = "select " + ", ".join(f"{v} as {k}" for k, v in reversed(CELL.items()))
    write_by_contract(connection, NAME, reversed_query)
    assert connection.execute(f"describe {NAME}").fetchall() == declared
    assert one_row(connection, f"select segment_id, item_count from {NAME}") == ("AX", 1)


def test_writing_again_replaces_the_rows(connection: duckdb.DuckDBPyConnection) -> None:
    write_by_contract(connection, NAME, cell())
    write_by_contract(connection, NAME, cell(segment_id="'BY'"))
    assert one_row(connection, f"select segment_id from {NAME}") == ("BY",)


@pytest.mark.parametrize(
    ("query", "words"),
    [
        (cell(item_count=None), "differ by item_count"),
        (cell(surplus="1"), "differ by surplus"),
        (cell(segment_id="null"), "NOT NULL"),
        (f"{cell()} union all {cell()}", "More than one row has the key"),
        (cell(item_count="'many'"), "many"),
        (cell(value_12m_amount="1e30"), "."),
    ],
)
def test_rows_that_break_the_contract_are_refused(
    connection: duckdb.DuckDBPyConnection, query: str, words: str
) -> None:
    with pytest.raises(TierwiseError, match=f"TABLE_CONTRACT {NAME}: .*{words}"):
        write_by_contract(connection, NAME, query)


def test_an_empty_result_gives_an_empty_table(connection: duckdb.DuckDBPyConnection) -> None:
    assert write_by_contract(connection, NAME, f"{cell()} where false") == 0
    assert row_count(connection, NAME) == 0


def test_the_file_is_free_for_another_process_once_closed(tmp_path: Path) -> None:
    file = tmp_path / "night.duckdb"
    with connect(file) as opened:
        opened.execute("create table t as select 1 as a")
    with connect(file, read_only=True) as opened:
        assert one_row(opened, "select a from t") == (1,)
    assert not file.with_name("night.duckdb.wal").exists()
