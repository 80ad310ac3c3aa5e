"""Parquet that is read where it lies in the archive: all that was delivered, whatever it states."""

from __future__ import annotations

import gzip
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.workspace.formats.orders_in_every_format import HEADER, LINES, parquet
from tests.workspace.small_company import Company, ingested
from workspace.errors import TierwiseError

ERP, FILE = "sources/erp.yml", "erp/orders_1.parquet"
ROWS = "select * exclude (_file) from typed.erp__orders order by all"


@pytest.fixture
def parquet_company(company: Company) -> Company:
    return company.configure(
        ERP,
        ("erp/orders_*.csv", "erp/orders_*.parquet"),
        ("    delivery: append\n", "    delivery: append\n    format: {kind: parquet}\n"),
    )


def restated(data: bytes, old: bytes, new: bytes) -> bytes:
    """Change what the footer of a file states, and no value."""
    footer = len(data) - 8 - int.from_bytes(data[-8:-4], "little")
    assert old in data[footer:]
    return data[:footer] + data[footer:].replace(old, new)


def plain(folder: Path, **columns: Sequence[object]) -> bytes:
    """Write orders in which single columns differ."""
    table = {name: [line[n] for line in LINES] for n, name in enumerate(HEADER)}
    typed = {
        **table,
        "day": [date.fromisoformat(day) for day in table["day"]],
        "units": [float(units) for units in table["units"]],
        **columns,
    }
    pq.write_table(pa.table(typed), folder / "plain", use_dictionary=False)
    return (folder / "plain").read_bytes()


def test_rows_stay_in_the_archive_and_are_those_of_the_file(parquet_company: Company) -> None:
    workspace = parquet_company.open({FILE: parquet()})
    with ingested(workspace) as night:
        lying = night.rows(ROWS)
        assert night.totals["records"] == night.totals["loaded"] == 8
    assert not list((workspace.landed / "erp__orders").glob("*/rows.parquet"))
    assert [row[0] for row in lying] == [line[0] for line in LINES]


def test_a_packed_file_is_written_and_comes_to_the_same_rows(parquet_company: Company) -> None:
    packed = parquet_company.configure(ERP, ("orders_*.parquet", "orders_*.parquet*"))
    with ingested(packed.open({FILE: parquet()})) as night:
        lying = night.rows(ROWS)
    workspace = packed.open({FILE: None, f"{FILE}.gz": gzip.compress(parquet())})
    with ingested(workspace) as night:
        assert night.rows(ROWS) == lying
    assert len(list((workspace.landed / "erp__orders").glob("*/rows.parquet"))) == 1


def days(folder: Path) -> bytes:
    first, *_, newest = ordered = [date(2026, 1, day) for day in (5, 6, 7)]
    stored = [(day - date(1970, 1, 1)).days.to_bytes(4, "little") for day in (newest, first)]
    return restated(plain(folder, day=list(ordered)), *stored)


def keys(folder: Path) -> bytes:
    return restated(plain(folder, order=["OX1", "OX2", "OX9"]), b"OX9", b"OX1")


@pytest.mark.parametrize(
    ("lying", "condition"),
    [
        (days, "day = date '2026-01-07'"),
        (days, "day > date '2026-01-06'"),
        (keys, "\"order\" = 'OX9'"),
        (keys, "\"order\" in ('OX9', 'OX8')"),
    ],
)
def test_rows_that_a_file_states_it_has_not_are_found(
    parquet_company: Company, tmp_path: Path, lying: Callable[[Path], bytes], condition: str
) -> None:
    with ingested(parquet_company.open({FILE: lying(tmp_path)})) as night:
        assert night.totals["records"] == night.totals["loaded"] == 8
        assert night.rows(f"select _record from typed.erp__orders where {condition}") == [(3,)]
        assert night.rows("select max(day) from typed.erp__orders") == night.rows(
            "select day from typed.erp__orders order by day desc limit 1"
        )


def test_a_null_that_a_file_denies_is_a_fault(parquet_company: Company, tmp_path: Path) -> None:
    data = plain(tmp_path, customer=["C1", None, "C1"])
    data = restated(data, b"\x36\x02", b"\x36\x00")
    assert pq.read_table(pa.BufferReader(data))["customer"].null_count == 1
    with ingested(parquet_company.open({FILE: data})) as night:
        assert night.rows("select record_number, code from control.quarantine") == [(2, "ROW_NULL")]


def test_letters_are_composed_in_a_file_that_is_read_where_it_lies(
    parquet_company: Company, tmp_path: Path
) -> None:
    data = plain(tmp_path, order=["A\u0308", "O2", "O3 "])
    with ingested(parquet_company.open({FILE: data})) as night:
        assert night.rows('select "order" from typed.erp__orders order by _record') == [
            ("\u00c4",),
            ("O2",),
            ("O3 ",),
        ]


def test_files_with_other_types_of_a_column_are_one_table(
    parquet_company: Company, tmp_path: Path
) -> None:
    second = plain(tmp_path, order=["O7", "O8", "O9"], units=[4, 5, 6])
    workspace = parquet_company.open({FILE: parquet(), "erp/orders_2.parquet": second})
    with ingested(workspace) as night:
        assert night.rows("select count(*), count(distinct _file) from typed.erp__orders") == [
            (6, 2)
        ]
        kinds = "select distinct typeof(units) from typed.erp__orders"
        assert night.rows(kinds) == [("DECIMAL(38,10)",)]


@pytest.mark.parametrize("name", ["file_row_number", "_delivered_file", "FILE_ROW_NUMBER"])
def test_a_column_with_the_name_of_the_readers_own_refuses_the_file(
    parquet_company: Company, tmp_path: Path, name: str
) -> None:
    data = plain(tmp_path, **{name: ["1", "2", "3"]})
    workspace = parquet_company.open({FILE: data})
    with pytest.raises(TierwiseError, match="FILE_HEADER"), ingested(workspace):
        pass
