from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from serving.release_reader import ReleaseReader, open_pair, open_release
from workspace.errors import TierwiseError

ENDLESS = "select count(*) from range(1000000) as a, range(1000000) as b where a.range <> b.range"


@pytest.mark.parametrize(
    "statement",
    [
        "create table mine as select 1",
        "update golden_product set product_name = ''",
        "copy (select 1) to '/tmp/tierwise_escape.csv'",
        "select * from read_csv('/etc/passwd')",
        "attach 'other.duckdb' as other",
        "set threads = 1",
        "use memory",
        "call pragma_version()",
        "select 1; select 2",
        "",
    ],
)
def test_an_analyst_cannot_write_or_leave_the_release(
    reader: ReleaseReader, statement: str
) -> None:
    with pytest.raises(duckdb.Error):
        reader.query(statement)


def test_a_query_cannot_see_our_own_variables(reader: ReleaseReader) -> None:
    mine = reader.query("select 1 as x")
    assert mine.height == 1
    with pytest.raises(duckdb.CatalogException):
        reader.query("select * from mine")


def test_a_query_past_its_time_limit_is_stopped_and_the_reader_goes_on(
    reader: ReleaseReader,
) -> None:
    with pytest.raises(TimeoutError, match=r"longer than 0\.05 seconds"):
        reader.query(ENDLESS, seconds=0.05)
    assert reader.value("select 1") == 1


def test_parameters_are_values_and_never_sql(reader: ReleaseReader) -> None:
    assert reader.rows("select ? as x", ["'; drop table x; --"]) == [{"x": "'; drop table x; --"}]


def test_decimals_arrive_exactly(reader: ReleaseReader) -> None:
    assert reader.value("select cast(0.1 as decimal(18, 4))") == Decimal("0.1000")


def test_columns_are_known_by_table(reader: ReleaseReader) -> None:
    assert reader.columns["segment_churn"] == {
        "scheme_id": "VARCHAR",
        "from_segment_id": "VARCHAR",
        "to_segment_id": "VARCHAR",
        "unit_count": "BIGINT",
        "value_at_stake_amount": "DECIMAL(18,4)",
    }


def test_two_readers_share_a_release(reader: ReleaseReader) -> None:
    with open_release(reader.folder) as second:
        assert second.manifest == reader.manifest


def test_a_folder_without_a_database_is_no_release(tmp_path: Path) -> None:
    with pytest.raises(TierwiseError, match="RELEASE_MISSING"):
        open_release(tmp_path)


def test_a_damaged_database_says_so(tmp_path: Path) -> None:
    (tmp_path / "tierwise.duckdb").write_bytes(b"not a database" * 400)
    with pytest.raises(TierwiseError, match="RELEASE_DAMAGED"):
        open_release(tmp_path)


def test_a_table_kept_as_parquet_only_reads_like_any_other(tmp_path: Path) -> None:
    (tmp_path / "tables").mkdir()
    with duckdb.connect(tmp_path / "tierwise.duckdb") as connection:
        connection.execute("create table small as select 1 as x")
        connection.execute(f"copy (select 2 as x) to '{tmp_path / 'tables' / 'large.parquet'}'")
    with open_release(tmp_path) as reader:
        assert reader.value("select large.x from large, small") == 2
        assert reader.columns == {"large": {"x": "INTEGER"}, "small": {"x": "INTEGER"}}
    with open_pair(tmp_path, tmp_path) as pair:
        assert pair.value("select before.large.x + after.small.x from before.large, after.small")
