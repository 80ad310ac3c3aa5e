from __future__ import annotations

import json
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.workspace.formats.delivered_formats import Delivery, extract_of, rows_of
from workspace.config.file_format import Format
from workspace.errors import TierwiseError
from workspace.ingest.formats import parquet
from workspace.ingest.formats.native_types import INSTANT, native_value
from workspace.ingest.parsing import literal

DIALECT = Format(kind="parquet")
ROWS = pa.table(
    {
        "id": pa.array(range(20_000), pa.int64()),
        "name": [f"Name {number * 7919 % 20_000}" for number in range(20_000)],
    }
)


def written(folder: Path, table: pa.Table, **keys: Any) -> bytes:
    pq.write_table(table, folder / "written", **keys)
    return (folder / "written").read_bytes()


def delivered(folder: Path, table: pa.Table | bytes, columns: dict[str, Any]) -> Delivery:
    data = table if isinstance(table, bytes) else written(folder, table)
    return Delivery(parquet, folder, data, extract_of(columns), DIALECT)


def values(delivery: Delivery) -> list[tuple[Any, ...]]:
    """Return value and text of the first declared column, as the contract types it."""
    content = delivery.open()
    name, column = next(iter(delivery.extract.columns.items()))
    value, text = native_value(name, content.types[name], column, DIALECT)
    with duckdb.connect() as connection:
        return connection.execute(f"select {value}, {text} from {content.relation}").fetchall()


def test_native_types_are_kept_and_the_header_is_compared_by_name(tmp_path: Path) -> None:
    table = pa.table(
        {
            "price": pa.array([Decimal("12.3400")], pa.decimal128(18, 4)),
            "day": [date(2026, 1, 2)],
            "at": pa.array([datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)]),
            "id": ["007"],
            "extra": [1],
        }
    )
    columns = {"id": "text", "price": "decimal", "day": "date", "at": "timestamp"}
    content = delivered(tmp_path, table, columns).open()
    assert content.header == ("price", "day", "at", "id", "extra")
    assert content.types == {"price": "DECIMAL(18,4)", "day": "DATE", "at": INSTANT}
    assert rows_of(content) == [
        (
            Decimal("12.3400"),
            date(2026, 1, 2),
            datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC),
            "007",
            None,
        )
    ]


@pytest.mark.parametrize(
    ("zone", "declared", "hour"),
    [
        ("Europe/Berlin", None, 12),
        ("UTC", "Asia/Tokyo", 12),
        (None, "Asia/Tokyo", 3),
        (None, None, 12),
    ],
)
def test_an_instant_comes_in_utc_and_a_clock_is_read_in_the_declared_zone(
    tmp_path: Path, zone: str | None, declared: str | None, hour: int
) -> None:
    noon = datetime(2026, 7, 1, 12, tzinfo=UTC if zone else None)
    at = pa.array([noon], pa.timestamp("us", zone))
    column = {"type": "timestamp", "time_zone": declared}
    ((value, _),) = values(delivered(tmp_path, pa.table({"at": at}), {"at": column}))
    assert value == datetime(2026, 7, 1, hour)


@pytest.mark.parametrize(
    ("array", "text"),
    [
        (pa.array([17850.0, None, 1.5, 1e300]), ["17850", None, "1.5", "1e+300"]),
        (pa.array([12345678901234567], pa.int64()), ["12345678901234567"]),
        (pa.array([Decimal(7)], pa.decimal128(10, 0)), ["7"]),
        (pa.array([date(2026, 1, 2)]), ["2026-01-02"]),
        (pa.array([True]), ["true"]),
        (pa.array(["x"]).dictionary_encode(), ["x"]),
        (pa.array([{"a": 1, "b": ["x"]}]), ['{"a":1,"b":["x"]}']),
        (pa.array([[1, 2]]), ["[1,2]"]),
    ],
)
def test_what_the_contract_declares_text_comes_as_text(
    tmp_path: Path, array: pa.Array, text: list[str | None]
) -> None:
    delivery = delivered(tmp_path, pa.table({"id": array}), {"id": "text"})
    assert delivery.open().types == {}
    assert delivery.rows() == [(one,) for one in text]


def test_a_number_that_spells_a_date_is_parsed_as_text(tmp_path: Path) -> None:
    delivery = delivered(tmp_path, pa.table({"day": [20260102]}), {"day": "date"})
    assert (delivery.open().types, delivery.rows()) == ({}, [("20260102",)])


@pytest.mark.parametrize(
    ("array", "kind", "expected"),
    [
        (pa.array([3.0, 1.5, float("nan")]), "integer", [3, None, None]),
        (pa.array([Decimal("3.0"), Decimal("1.5")]), "integer", [3, None]),
        (pa.array([1 << 63], pa.uint64()), "integer", [None]),
        (
            pa.array([2.55, 1234567.89, 1e-7, 123456789012.123, 0.1, -0.0, float("inf")]),
            "decimal",
            ["2.55", "1234567.89", "1e-7", "123456789012.123", "0.1", "0", None],
        ),
        (pa.array([0.1], pa.float32()), "decimal", ["0.1"]),
        (pa.array([5], pa.int16()), "decimal", ["5"]),
        (
            pa.array([datetime(2026, 1, 2), datetime(2026, 1, 2, 3)]),
            "date",
            [date(2026, 1, 2), None],
        ),
        (pa.array([date(2026, 1, 2), date(1900, 1, 1), date(9999, 12, 31)]), "date",
         [date(2026, 1, 2), None, None]),
        (pa.array([date(2026, 1, 2)]), "timestamp", [datetime(2026, 1, 2)]),
        (pa.array([True, False, None]), "boolean", [True, False, None]),
    ],
)  # fmt: skip
def test_a_native_value_is_exactly_what_was_delivered_or_none(
    tmp_path: Path, array: pa.Array, kind: str, expected: list[Any]
) -> None:
    found = values(delivered(tmp_path, pa.table({"c": array}), {"c": kind}))
    wanted = [Decimal(value) if isinstance(value, str) else value for value in expected]
    assert [value for value, _ in found] == wanted
    assert [text is None for _, text in found] == array.is_null().to_pylist()


def test_a_word_for_null_holds_for_a_native_value(tmp_path: Path) -> None:
    table = pa.table({"day": [date(9999, 12, 31)]})
    delivery = delivered(tmp_path, table, {"day": {"type": "date", "null_words": ["9999-12-31"]}})
    assert values(delivery) == [(None, None)]


def test_bytes_are_no_value(tmp_path: Path) -> None:
    with pytest.raises(TierwiseError, match=r"FILE_SCHEMA_DRIFT .* id is of bytes"):
        delivered(tmp_path, pa.table({"id": [b"x"]}), {"id": "text"}).open()


def test_columns_whose_names_differ_in_case_alone_are_refused(tmp_path: Path) -> None:
    with pytest.raises(TierwiseError, match="FILE_HEADER"):
        delivered(tmp_path, pa.table({"id": [1], "ID": [2]}), {"id": "text"}).open()


def test_records_are_found_again_by_number_with_their_values(tmp_path: Path) -> None:
    delivery = delivered(tmp_path, ROWS, {"id": "text", "name": "text"})
    first, last = delivery.places(2, 20_000)
    assert json.loads(first.raw_text) == {"id": "1", "name": "Name 7919"}
    assert json.loads(last.raw_text)["id"] == "19999"
    assert first.byte_offset is None


def test_every_bit_that_turns_is_found_where_there_are_checksums(tmp_path: Path) -> None:
    sound = written(tmp_path, ROWS, write_page_checksum=True, row_group_size=5_000)
    metadata = pq.read_metadata(tmp_path / "written")
    pages = metadata.row_group(3).column(1)
    end = pages.dictionary_page_offset + pages.total_compressed_size
    delivery = delivered(tmp_path, sound, {"id": "text", "name": "text"})
    delivery.open()
    for at in range(4, end, end // 60):
        damaged = bytearray(sound)
        damaged[at] ^= 1 << at % 8
        delivery.file.write_bytes(damaged)
        with pytest.raises(TierwiseError, match="FILE_CORRUPT"):
            delivery.open()


@pytest.mark.parametrize("compression", ["none", "snappy", "zstd"])
@pytest.mark.parametrize("version", ["1.0", "2.0"])
def test_a_sound_file_has_no_fault_whatever_wrote_it(
    tmp_path: Path, compression: str, version: str
) -> None:
    keys = {"compression": compression, "data_page_version": version, "write_page_checksum": True}
    data = written(tmp_path, ROWS, data_page_size=4_096, **keys)
    assert delivered(tmp_path, data, {"id": "text"}).open().record_count == 20_000


def test_a_file_of_duckdb_has_no_fault(tmp_path: Path) -> None:
    file = tmp_path / "written"
    query = "select i as id, 'x' || i % 7 as name, null::date as d from range(300000) t(i)"
    duckdb.execute(f"copy ({query}) to {literal(str(file))} (format parquet)")
    content = delivered(tmp_path, file.read_bytes(), {"id": "integer"}).open()
    assert (content.record_count, content.header) == (300_000, ("id", "name", "d"))


@pytest.mark.parametrize("share", [0.0, 0.01, 0.5, 0.99])
def test_a_file_that_breaks_off_is_truncated(tmp_path: Path, share: float) -> None:
    data = written(tmp_path, ROWS)
    with pytest.raises(TierwiseError, match="FILE_TRUNCATED" if share else "FILE_EMPTY"):
        delivered(tmp_path, data[: int(share * len(data))], {"id": "text"}).open()


def test_a_damaged_schema_is_corrupt(tmp_path: Path) -> None:
    data = bytearray(written(tmp_path, ROWS))
    data[-200:-8] = b"\xff" * 192
    with pytest.raises(TierwiseError, match="FILE_CORRUPT"):
        delivered(tmp_path, bytes(data), {"id": "text"}).open()


def test_a_table_without_rows_has_its_header(tmp_path: Path) -> None:
    content = delivered(tmp_path, ROWS.slice(0, 0), {"id": "integer"}).open()
    assert (content.header, content.record_count) == (("id", "name"), 0)
