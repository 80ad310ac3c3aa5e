"""Names of columns in another case are the columns that the contract declares, in every format."""

from __future__ import annotations

import io
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from openpyxl.worksheet.worksheet import Worksheet

from tests.workspace.formats.orders_in_every_format import (
    DELIMITED,
    JSON,
    PARQUET,
    TEXT,
    XLSX,
    book,
    json_lines,
    parquet,
)
from tests.workspace.small_company import Company, ingested
from workspace.ingest.formats.column_names import declared_names, renamed_note


def shouted() -> bytes:
    """Return the orders as Parquet, their names in capitals."""
    table = pq.read_table(io.BytesIO(parquet()))
    stream = io.BytesIO()
    pq.write_table(table.rename_columns([name.upper() for name in table.column_names]), stream)
    return stream.getvalue()


def capitals(sheet: Worksheet) -> None:
    for number in range(1, sheet.max_column + 1):
        cell = sheet.cell(row=1, column=number)
        cell.value = str(cell.value).upper()


@pytest.mark.parametrize(
    ("format_", "data"),
    [
        (DELIMITED, TEXT.replace("order,", "ORDER,", 1).encode()),
        (JSON, json_lines().replace(b'"order"', b'"ORDER"')),
        (PARQUET, shouted()),
        (XLSX, book(capitals)),
    ],
    ids=["delimited", "json", "parquet", "xlsx"],
)
def test_case_of_names_counts_for_nothing_and_is_noted(
    format_: str, data: bytes, tmp_path: Path
) -> None:
    company = Company(root=tmp_path).configure(
        "sources/erp.yml",
        ("erp/orders_*.csv", "erp/orders_*"),
        ("    delivery: append\n", f"    delivery: full\n    {format_}\n"),
    )
    files = {"erp/orders_1.csv": None, "erp/orders_2.csv": data}
    with ingested(company.open(files)) as night:
        assert night.rows("select order_id, line_number from raw.order_lines order by all") == [
            ("O1", "1"),
            ("O1", "2"),
            ("O2", "1"),
        ]
        ((detail,),) = night.rows(
            "select detail from control.raw_extracts where extract = 'orders'"
        )
        assert "without regard to case: ORDER" in detail


def test_a_name_that_is_there_as_declared_is_not_taken_from_another() -> None:
    assert declared_names(["id", "ID", "Name"], ["id", "name"]) == ("id", "ID", "name")
    assert declared_names(["ID", "Id"], ["id"]) == ("ID", "Id")
    assert declared_names(["Straße"], ["STRASSE"]) == ("STRASSE",)
    assert renamed_note(("id",), ("id",)) == []
